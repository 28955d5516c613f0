// What each actor did on one day, in the figures of one definition: what histories add up. A day is read by dozens of sheets,
// so its sums are made once and kept as long as its block is.

import type { Conduct } from '../detections/definition.js';
import { ensure } from '../maps.js';
import { amountOf, isCounted, unexplained } from './conduct.js';
import type { DayBlock } from './day.js';

/** All accesses, and those that the definition counts. */
export interface DaySum {
  events: number;
  counted: number;
  unexplained: number;
  unapproved: number;
  low: number;
  amount: number;
}

/** Side by side: everybody active on the day, and their sums. */
export interface ActorDays {
  readonly actors: readonly string[];
  readonly sums: readonly DaySum[];
}

const remembered = new WeakMap<DayBlock, Map<string, ActorDays>>();
const noSum = (): DaySum => ({ events: 0, counted: 0, unexplained: 0, unapproved: 0, low: 0, amount: 0 });
/** For the many who were active, but did nothing that the definition is about. */
const NOTHING: DaySum = Object.freeze(noSum());

export function actorDays(block: DayBlock, judge: Conduct): ActorDays {
  const ofBlock = ensure(remembered, block, () => new Map<string, ActorDays>());
  return ensure(ofBlock, measureKey(judge), () => addUp(block, judge));
}

/** Definitions with one key add up the same. */
export const measureKey = (judge: Conduct): string => `${judge.amount} ${judge.counts} ${judge.actions.join(' ')}`;

function addUp(block: DayBlock, judge: Conduct): ActorDays {
  const byActor = new Map<string, DaySum>();
  for (const action of judge.actions) {
    for (const row of block.byAction.get(action) ?? []) {
      if (row.events === 0) continue;
      const sum = ensure(byActor, row.actor_id, noSum);
      sum.events += row.events;
      sum.unexplained += unexplained(row);
      sum.unapproved += row.unapproved;
      if (!isCounted(judge, row.justified)) continue;
      sum.counted += row.events;
      for (const low of row.seller_low) sum.low += low;
      sum.amount += amountOf(row, judge.amount);
    }
  }
  const actors = [...block.active];
  return { actors, sums: actors.map((actor) => byActor.get(actor) ?? NOTHING) };
}
