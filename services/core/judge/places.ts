// How much everybody works on a place, a seller or a set of sellers that belong together (a cluster, a niche), in the baseline and
// the window. Only the places that are weighed are added up.

import { ensure } from '../maps.js';
import { type Clumps, clumpsOf } from './clumps.js';
import { type MeasuredDay, MIN_CLUMP, PARTS, positionOf } from './measures.js';
import type { Past } from './past.js';
import type { PlaceTraffic } from './place-evidence.js';

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
    return amountIn(this.days, actor);
  }

  /** everybody's under a place but what one person has there now; nothing is known of that person's past */
  besides(place: number, { amount, whole }: Pick<Pile, 'amount' | 'whole'>): PlaceTraffic {
    const total = this.totals[place] as PlaceTotal;
    const clumped = Math.max(0, total.clumped - amount);
    return {
      own: 0,
      others: Math.max(0, total.amount - amount),
      othersClumped: clumped,
      ofOthersClumped: Math.max(clumped, total.ofClumped - whole),
    };
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

/** A place that a seller belongs to, and the marketplace in which its share is taken, where that is not all work. */
export interface Spot {
  readonly id: string | number;
  readonly within: string | null;
}

/** What one person has under one place, of so much under all that its share is taken in. */
export interface Pile extends Spot {
  readonly amount: number;
  readonly whole: number;
  /** the same in days of work on single sellers */
  readonly visits: number;
  readonly wholeVisits: number;
}

/**
 * What people have under places in windows of this length: of those active on the last day at most so many, evenly spaced by name;
 * for days, each day of the baseline.
 */
export function samplePiles(
  past: Past,
  nameOf: (actor: number) => string,
  spotsOf: (seller: number) => readonly Spot[],
): Pile[] {
  const last = past.window.at(-1)?.measure;
  if (last === undefined) return [];
  const isDaily = past.window.length <= 1;
  const present = [...last.actor].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const step = Math.max(1, present.length / (isDaily ? MAX_SAMPLED.days : MAX_SAMPLED.window));
  const stretches = isDaily ? past.baseline.map((day) => [day]) : [past.window];
  const piles: Pile[] = [];
  for (let i = 0; i < present.length; i += step) {
    const actor = present[Math.floor(i)] as number;
    for (const stretch of stretches) {
      piles.push(...pilesOf(stretch, actor, spotsOf));
    }
  }
  return piles;
}

function pilesOf(
  days: readonly MeasuredDay[],
  actor: number,
  spotsOf: (seller: number) => readonly Spot[],
): Iterable<Pile> {
  const piles = new Map<string | number, { -readonly [K in keyof Pile]: Pile[K] }>();
  const within = new Map<string | null, { amount: number; visits: number }>();
  const all = ensure(within, null, () => ({ amount: amountIn(days, actor), visits: 0 }));
  for (const [seller, { amount, visits }] of sellersOf(days, actor)) {
    all.visits += visits;
    for (const spot of spotsOf(seller)) {
      const pile = ensure(piles, spot.id, () => ({ ...spot, amount: 0, whole: 0, visits: 0, wholeVisits: 0 }));
      pile.amount += amount;
      pile.visits += visits;
      if (spot.within === null) continue;
      const whole = ensure(within, spot.within, () => ({ amount: 0, visits: 0 }));
      whole.amount += amount;
      whole.visits += visits;
    }
  }
  for (const pile of piles.values()) {
    const whole = within.get(pile.within);
    pile.whole = whole?.amount ?? 0;
    pile.wholeVisits = whole?.visits ?? 0;
  }
  return piles.values();
}

function amountIn(days: readonly MeasuredDay[], actor: number): number {
  let amount = 0;
  for (const { measure } of days) {
    const at = positionOf(measure, actor);
    if (at >= 0) amount += measure.amount[at] as number;
  }
  return amount;
}

/** @param beyond of a pile, what nothing else explains */
export function clumpsOfPiles<P extends Pile>(
  piles: readonly P[],
  beyond: (pile: P) => number,
  enough?: number,
): Clumps {
  const counts = new Map<number, number>();
  for (const pile of piles) {
    const amount = Math.max(1, Math.round(beyond(pile)));
    counts.set(amount, (counts.get(amount) ?? 0) + 1);
  }
  return clumpsOf(counts, enough);
}

/** Sellers are many: of fewer clumps the largest were hardly seen. */
const ENOUGH_SELLERS = 1_000;

/** Clumps under sellers in windows of this length, whoever else works on them. */
export function clumpsUnderSellers(past: Past, nameOf: (actor: number) => string): Clumps {
  if (past.window.length > 1)
    return clumpsOfPiles(
      samplePiles(past, nameOf, (id) => [{ id, within: null }]),
      ({ amount }) => amount,
      ENOUGH_SELLERS,
    );
  const counts = new Map<number, number>();
  for (const { measure } of past.baseline) {
    for (const [amount, count] of measure.clumps) counts.set(amount, (counts.get(amount) ?? 0) + count);
  }
  return clumpsOf(counts, ENOUGH_SELLERS);
}

export interface SellerShare {
  amount: number;
  low: number;
  /** of the amount, in PARTS: decided alone or without a good case */
  unchecked: number;
  /** of the amount, in PARTS: by a case opened later or by themselves */
  doubtful: number;
  /** days with some of it */
  visits: number;
}

export const noShare = (): SellerShare => ({ amount: 0, low: 0, unchecked: 0, doubtful: 0, visits: 0 });

/** An actor's sellers in these days, by seller id. */
export function sellersOf(days: readonly MeasuredDay[], actor: number): Map<number, SellerShare> {
  const sellers = new Map<number, SellerShare>();
  for (const { measure } of days) {
    const at = positionOf(measure, actor);
    if (at < 0) continue;
    for (let i = measure.entryFrom[at] as number; i < (measure.entryFrom[at + 1] as number); i++) {
      const share = ensure(sellers, measure.seller[i] as number, noShare);
      const amount = measure.sellerAmount[i] as number;
      share.amount += amount;
      share.low += measure.sellerLow[i] as number;
      share.unchecked += measure.sellerUnchecked[i] ?? PARTS * amount;
      share.doubtful += measure.sellerDoubtful[i] ?? 0;
      share.visits += 1;
    }
  }
  return sellers;
}
