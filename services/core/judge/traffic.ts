// Who works on what: everybody's amounts under each place, a seller or a cluster of sellers. Two things are told of a place: how
// much of all work falls under it, and how much of their work those colleagues give it who touch it at all (after an attack on a
// seller, or in an outage, several people work on little else). Looked up only for the places that are weighed.

import type { Conduct, ConductDefinition } from '../detections/definition.js';
import { ensure } from '../maps.js';
import { measureKey } from './actor-days.js';
import { meanClump } from './clumps.js';
import { amountOf, type ConductFigures, isCounted } from './conduct.js';
import type { ActionDay, DayBlock } from './day.js';
import type { PlaceTraffic } from './evidence.js';

interface PlaceTotal {
  amount: number;
  /** amounts of those who gave the place a clump, under it and in all */
  clumped: number;
  ofClumped: number;
}

/** From here on an amount under one place is a clump. */
export const MIN_CLUMP = 3;

/** A stretch of time as long as a window, in which an actor either touched a place or did not. */
interface Unit {
  readonly all: number;
  readonly places: ReadonlyMap<string, PlaceTotal>;
  /** how often each amount of one actor under one place occurs */
  readonly clumps: ReadonlyMap<number, number>;
  readonly actors: ReadonlyMap<string, { readonly all: number; readonly places: ReadonlyMap<string, number> }>;
}

type PlacesOf = (seller: string) => readonly string[];

const remembered = new WeakMap<DayBlock, Map<string, Unit>>();
const itself: PlacesOf = (seller) => [seller];

/** One day's unit by seller, added up once and kept as long as the day's block is. */
function dayUnit(block: DayBlock, judge: Conduct): Unit {
  const ofBlock = ensure(remembered, block, () => new Map<string, Unit>());
  return ensure(ofBlock, measureKey(judge), () => addUp([block], judge, itself));
}

function addUp(blocks: readonly DayBlock[], judge: Conduct, placesOf: PlacesOf): Unit {
  const actors = new Map<string, { all: number; places: Map<string, number> }>();
  let all = 0;
  for (const row of countedRows(blocks, judge)) {
    const actor = ensure(actors, row.actor_id, () => ({ all: 0, places: new Map<string, number>() }));
    const amount = amountOf(row, judge.amount);
    actor.all += amount;
    all += amount;
    const amounts = sellerAmounts(row, judge.amount);
    for (let i = 0; i < row.sellers.length; i++) {
      const seller = row.sellers[i] as string;
      if (seller === '') continue;
      for (const place of placesOf(seller)) {
        actor.places.set(place, (actor.places.get(place) ?? 0) + (amounts[i] as number));
      }
    }
  }
  const places = new Map<string, PlaceTotal>();
  const clumps = new Map<number, number>();
  for (const actor of actors.values()) {
    for (const [place, amount] of actor.places) {
      const total = ensure(places, place, () => ({ amount: 0, clumped: 0, ofClumped: 0 }));
      total.amount += amount;
      clumps.set(amount, (clumps.get(amount) ?? 0) + 1);
      if (amount < MIN_CLUMP) continue;
      total.clumped += amount;
      total.ofClumped += actor.all;
    }
  }
  return { all, places, clumps, actors };
}

function countedRows(blocks: readonly DayBlock[], judge: Conduct): ActionDay[] {
  const counted: ActionDay[] = [];
  for (const block of blocks) {
    for (const action of judge.actions) {
      for (const row of block.byAction.get(action) ?? []) if (isCounted(judge, row.justified)) counted.push(row);
    }
  }
  return counted;
}

const sellerAmounts = (row: ActionDay, kind: Conduct['amount']): readonly number[] =>
  kind === 'customers' ? row.seller_customers : row.seller_events;

export interface ActorTraffic {
  readonly othersAmount: number;
  seller(id: string): PlaceTraffic;
  cluster(id: string): PlaceTraffic;
}

export interface Traffic {
  /** see clumps.ts */
  readonly clump: number;
  of(actor: string): ActorTraffic;
}

export interface TrafficInput {
  readonly definition: ConductDefinition;
  readonly baseline: readonly DayBlock[];
  readonly window: readonly DayBlock[];
  readonly clustersOf: PlacesOf;
}

export function createTraffic({ definition, baseline, window, clustersOf }: TrafficInput): Traffic {
  const { judge } = definition;
  const isDaily = definition.window.days === 1;
  const before = isDaily ? baseline.map((block) => dayUnit(block, judge)) : [addUp(baseline, judge, itself)];
  const now = isDaily ? window.map((block) => dayUnit(block, judge)) : [addUp(window, judge, itself)];
  const sellers = new Places(before, now);
  let clusters: Places | null = null;
  return {
    clump: meanClump(clumpsOf(before)),
    of(actor) {
      return {
        othersAmount: sellers.all - sellers.allOf(actor),
        seller: (id) => sellers.traffic(actor, id),
        cluster(id) {
          clusters ??= new Places([addUp(baseline, judge, clustersOf)], [addUp(window, judge, clustersOf)]);
          return clusters.traffic(actor, id);
        },
      };
    },
  };
}

/** Every amount of an actor under a place, ascending: amounts are small integers, so they are counted, not sorted. */
function clumpsOf(units: readonly Unit[]): number[] {
  const counts = new Map<number, number>();
  for (const unit of units) {
    for (const [amount, count] of unit.clumps) counts.set(amount, (counts.get(amount) ?? 0) + count);
  }
  const clumps: number[] = [];
  for (const [amount, count] of [...counts].sort((a, b) => a[0] - b[0])) {
    for (let i = 0; i < count; i++) clumps.push(amount);
  }
  return clumps;
}

class Places {
  readonly all: number;
  private readonly totals = new Map<string, PlaceTotal>();

  constructor(
    private readonly before: readonly Unit[],
    private readonly now: readonly Unit[],
  ) {
    this.all = [...before, ...now].reduce((sum, unit) => sum + unit.all, 0);
  }

  allOf(actor: string): number {
    return [...this.before, ...this.now].reduce((sum, unit) => sum + (unit.actors.get(actor)?.all ?? 0), 0);
  }

  traffic(actor: string, place: string): PlaceTraffic {
    const total = this.total(place);
    let own = 0;
    let ownNow = 0;
    let clumped = 0;
    let ofClumped = 0;
    for (const [units, isNow] of [
      [this.before, false],
      [this.now, true],
    ] as const) {
      for (const unit of units) {
        const reader = unit.actors.get(actor);
        const amount = reader?.places.get(place);
        if (reader === undefined || amount === undefined) continue;
        if (isNow) ownNow += amount;
        else own += amount;
        if (amount < MIN_CLUMP) continue;
        clumped += amount;
        ofClumped += reader.all;
      }
    }
    return {
      own,
      others: total.amount - own - ownNow,
      othersClumped: total.clumped - clumped,
      ofOthersClumped: total.ofClumped - ofClumped,
    };
  }

  private total(place: string): PlaceTotal {
    return ensure(this.totals, place, () => {
      const total = { amount: 0, clumped: 0, ofClumped: 0 };
      for (const unit of [...this.before, ...this.now]) {
        const one = unit.places.get(place);
        if (one === undefined) continue;
        total.amount += one.amount;
        total.clumped += one.clumped;
        total.ofClumped += one.ofClumped;
      }
      return total;
    });
  }
}

/** Amounts of an actor's figures by cluster; a seller in several clusters counts in each. */
export function byCluster(figures: ConductFigures, clustersOf: PlacesOf): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [seller, { amount }] of figures.sellers) {
    for (const cluster of clustersOf(seller)) amounts.set(cluster, (amounts.get(cluster) ?? 0) + amount);
  }
  return amounts;
}
