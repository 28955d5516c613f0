// What the judges read: the buckets of whole days, one row per (action, actor, justified). A day is the same whether its rows were
// read from the database or folded from events, and knows nothing of either.

import type { ActorKind } from '../feeds/records.js';
import type { Day } from '../time.js';

/** One actor's allowed accesses of one action on one day, explained or not; `denied` counts the refused ones. */
export interface ActionDay {
  readonly actor_id: string;
  readonly actor_kind: ActorKind;
  readonly action: string;
  /** whether a case explains these accesses (explained = yes) */
  readonly justified: boolean;
  readonly events: number;
  readonly denied: number;
  /** distinct customers under each seller, summed */
  readonly customers: number;
  /** records returned beyond the customers that events listed */
  readonly unlisted: number;
  readonly records: number;
  readonly explained_no: number;
  readonly explained_late: number;
  readonly explained_self: number;
  /** accesses without a second person, or with the actor as the second person */
  readonly unapproved: number;
  readonly canary_hits: number;
  /** ascending; '' where no seller was named */
  readonly sellers: readonly string[];
  readonly seller_events: readonly number[];
  readonly seller_customers: readonly number[];
  /** accesses whose review was rated one or two stars */
  readonly seller_low: readonly number[];
}

export interface DayBlock {
  readonly day: Day;
  /** rows of each action, ascending by actor_id */
  readonly byAction: ReadonlyMap<string, readonly ActionDay[]>;
  /** actors with any allowed access that day */
  readonly active: ReadonlySet<string>;
  /** sum of the weights of all events of the day: grows with every new fact, and with nothing else */
  readonly version: bigint;
}

/** @param rows ascending by actor_id within an action */
export function toDayBlock(day: Day, rows: readonly ActionDay[], version: bigint): DayBlock {
  const byAction = new Map<string, ActionDay[]>();
  const active = new Set<string>();
  for (const row of rows) {
    const list = byAction.get(row.action);
    if (list === undefined) byAction.set(row.action, [row]);
    else list.push(row);
    if (row.events > 0) active.add(row.actor_id);
  }
  return { day, byAction, active, version };
}
