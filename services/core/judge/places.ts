// How much everybody works on a place, a seller or a set of sellers that belong together (a cluster, a niche), in the baseline and
// the window. Only the places that are weighed are added up.

import { meanClump } from './clumps.js';
import type { PlaceTraffic } from './evidence.js';
import { type MeasuredDay, MIN_CLUMP, positionOf } from './measures.js';
import type { Past } from './past.js';

interface PlaceTotal {
  amount: number;
  clumped: number;
  ofClumped: number;
}

/** A set of places by number: each seller is in none or some of them. */
export interface PlaceIndex {
  /** places of a seller id; empty for most */
  readonly of: (seller: number) => readonly number[];
  readonly count: number;
}

export class PlaceTraffics {
  /** everybody's amount, baseline and window */
  readonly all: number;
  private readonly totals: readonly PlaceTotal[];
  private readonly days: readonly MeasuredDay[];

  constructor(
    private readonly past: Past,
    private readonly index: PlaceIndex,
  ) {
    this.days = [...past.baseline, ...past.window];
    let all = 0;
    const totals = Array.from({ length: index.count }, (): PlaceTotal => ({ amount: 0, clumped: 0, ofClumped: 0 }));
    for (const { measure } of this.days) {
      all += measure.all;
      const { seller, amount, clumped, ofClumped } = measure.places;
      for (let i = 0; i < seller.length; i++) {
        for (const place of index.of(seller[i] as number)) {
          const total = totals[place] as PlaceTotal;
          total.amount += amount[i] as number;
          total.clumped += clumped[i] as number;
          total.ofClumped += ofClumped[i] as number;
        }
      }
    }
    this.all = all;
    this.totals = totals;
  }

  allOf(actor: number): number {
    let all = 0;
    for (const { measure } of this.days) {
      const at = positionOf(measure, actor);
      if (at >= 0) all += measure.amount[at] as number;
    }
    return all;
  }

  of(actor: number, place: number): PlaceTraffic {
    const total = this.totals[place] as PlaceTotal;
    const before = this.ownIn(this.past.baseline, actor, place);
    const now = this.ownIn(this.past.window, actor, place);
    return {
      own: before.amount,
      others: total.amount - before.amount - now.amount,
      othersClumped: total.clumped - before.clumped - now.clumped,
      ofOthersClumped: total.ofClumped - before.ofClumped - now.ofClumped,
    };
  }

  private ownIn(days: readonly MeasuredDay[], actor: number, place: number): PlaceTotal {
    const own = { amount: 0, clumped: 0, ofClumped: 0 };
    for (const { measure } of days) {
      const at = positionOf(measure, actor);
      if (at < 0) continue;
      for (let i = measure.entryFrom[at] as number; i < (measure.entryFrom[at + 1] as number); i++) {
        if (!this.index.of(measure.seller[i] as number).includes(place)) continue;
        const amount = measure.sellerAmount[i] as number;
        own.amount += amount;
        if (amount < MIN_CLUMP) continue;
        own.clumped += amount;
        own.ofClumped += measure.amount[at] as number;
      }
    }
    return own;
  }
}

/** People whose clumps are looked at: for windows of several days one window each, for days each day of the baseline. */
const MAX_SAMPLED = { window: 200, days: 60 };

/**
 * Size-biased mean of what one person has under one place in a window of this length. Those active on the last day are looked at,
 * at most so many, evenly spaced by name; for sellers and days, everybody.
 */
export function clumpOf(
  past: Past,
  nameOf: (actor: number) => string,
  placesOf: ((seller: number) => readonly string[]) | null = null,
): number {
  const isDaily = past.window.length <= 1;
  const counts = new Map<number, number>();
  if (isDaily && placesOf === null) {
    for (const { measure } of past.baseline) {
      for (const [amount, count] of measure.clumps) counts.set(amount, (counts.get(amount) ?? 0) + count);
    }
    return meanClump(counts);
  }
  const last = past.window.at(-1)?.measure;
  if (last === undefined) return 1;
  const present = [...last.actor].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const step = Math.max(1, present.length / (isDaily ? MAX_SAMPLED.days : MAX_SAMPLED.window));
  const stretches = isDaily ? past.baseline.map((day) => [day]) : [past.window];
  for (let i = 0; i < present.length; i += step) {
    const actor = present[Math.floor(i)] as number;
    for (const stretch of stretches) {
      for (const amount of amountsUnder(sellersOf(stretch, actor), placesOf)) {
        counts.set(amount, (counts.get(amount) ?? 0) + 1);
      }
    }
  }
  return meanClump(counts);
}

function amountsUnder(
  sellers: ReadonlyMap<number, SellerShare>,
  placesOf: ((seller: number) => readonly string[]) | null,
): Iterable<number> {
  const amounts = new Map<string | number, number>();
  for (const [seller, { amount }] of sellers) {
    for (const place of placesOf === null ? [seller] : placesOf(seller)) {
      amounts.set(place, (amounts.get(place) ?? 0) + amount);
    }
  }
  return amounts.values();
}

export interface SellerShare {
  amount: number;
  low: number;
}

/** An actor's sellers in these days, by seller id. */
export function sellersOf(days: readonly MeasuredDay[], actor: number): Map<number, SellerShare> {
  const sellers = new Map<number, SellerShare>();
  for (const { measure } of days) {
    const at = positionOf(measure, actor);
    if (at < 0) continue;
    for (let i = measure.entryFrom[at] as number; i < (measure.entryFrom[at + 1] as number); i++) {
      const id = measure.seller[i] as number;
      const share = sellers.get(id);
      if (share === undefined) {
        sellers.set(id, { amount: measure.sellerAmount[i] as number, low: measure.sellerLow[i] as number });
      } else {
        share.amount += measure.sellerAmount[i] as number;
        share.low += measure.sellerLow[i] as number;
      }
    }
  }
  return sellers;
}
