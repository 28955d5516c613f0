// Accesses folded into the buckets of their days, plainly: sets and sums, one seller at a time. This is what the database computes
// (schemas/clickhouse/0002_judgement.sql), written again so that tests can hold the two against each other.

import type { ActorKind } from '../../../services/core/feeds/records.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import { type ActionDay, type DayBlock, toDayBlock } from '../../../services/core/judge/day.js';
import { type Day, dayOf } from '../../../services/core/time.js';

export type KindOf = (actorId: string) => ActorKind;

const everyoneIsEmployed: KindOf = () => 'employee';

/** Blocks of the days that have accesses, ascending. */
export function foldDays(accesses: readonly JudgedAccess[], kindOf: KindOf = everyoneIsEmployed): DayBlock[] {
  const byDay = group(accesses, (access) => dayOf(access.occurred_at));
  return [...byDay.keys()].sort((a, b) => a - b).map((day) => foldDay(day, byDay.get(day) ?? [], kindOf));
}

function foldDay(day: Day, accesses: readonly JudgedAccess[], kindOf: KindOf): DayBlock {
  const byKey = group(accesses, (access) => `${access.action} ${access.actor_id} ${access.explained === 'yes'}`);
  const rows = [...byKey.keys()].sort().map((key) => foldRow(byKey.get(key) ?? [], kindOf));
  return toDayBlock(day, rows, BigInt(accesses.length));
}

function foldRow(accesses: readonly JudgedAccess[], kindOf: KindOf): ActionDay {
  const [first] = accesses;
  if (first === undefined) throw new Error('a row has accesses');
  const bySeller = group(accesses, (access) => access.seller_id ?? '');
  const sellers = [...bySeller.keys()].sort();
  const parts = sellers.map((seller) => {
    const own = bySeller.get(seller) ?? [];
    return {
      events: own.length,
      customers: new Set(own.flatMap((access) => access.customer_ids)).size,
      unlisted: sum(own, (access) => Math.max(0, access.record_count - access.customer_ids.length)),
      low: sum(own, (access) => ((access.review_rating ?? 5) <= 2 ? 1 : 0)),
    };
  });
  const explained = (what: string): number => sum(accesses, (access) => (access.explained === what ? 1 : 0));
  return {
    actor_id: first.actor_id,
    actor_kind: kindOf(first.actor_id),
    action: first.action,
    justified: first.explained === 'yes',
    events: accesses.length,
    denied: 0,
    customers: sum(parts, (part) => part.customers),
    unlisted: sum(parts, (part) => part.unlisted),
    records: sum(accesses, (access) => access.record_count),
    explained_no: explained('no'),
    explained_late: explained('late'),
    explained_self: explained('self'),
    unapproved: sum(accesses, (access) => ((access.approver_id ?? access.actor_id) === access.actor_id ? 1 : 0)),
    canary_hits: 0,
    sellers,
    seller_events: parts.map((part) => part.events),
    seller_customers: parts.map((part) => part.customers + part.unlisted),
    seller_low: parts.map((part) => part.low),
  };
}

function group<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [item]);
    else list.push(item);
  }
  return groups;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((all, item) => all + of(item), 0);
