// What one actor did on one day, added up in plain loops from that day's distinct accesses: what a row of actor_days must say.

import type { AccessEvent } from '../../../services/core/feeds/records.js';
import type { ActorDayColumns } from '../../../services/pipeline/store/judge-store.js';
import type { OracleAccess } from './explanations.js';

/** Actions whose sellers are told even where a case explains the access. */
const RARE = [
  'customer_contact.export',
  'order_report.export',
  'sales_metrics.export',
  'account.suspend',
  'account.reinstate',
  'review.delete',
  'review.restore',
];
const WORTH_MONEY = [
  'customer_email.read',
  'customer_contact.export',
  'order_history.read',
  'order_report.export',
  'sales_metrics.read',
  'sales_metrics.export',
];
const DECISIONS = ['account.reinstate', 'account.suspend', 'review.delete', 'review.restore'];

export function actorDay(accesses: readonly OracleAccess[], planted: ReadonlySet<string>): ActorDayColumns {
  const allowed = accesses.filter(({ event }) => event.outcome === 'allowed');
  const rows = grouped(allowed, ({ event, explained }) => [event.action, explained === 'yes' ? 1 : 0]);
  const figures = rows.map((row) => rowOf(row, planted));
  const places = grouped(allowed, ({ event }) => [event.source_ip ?? '', event.country ?? '']);
  const calls = grouped(accesses, ({ event }) => [event.tool, event.marketplace]);
  const decided = allowed
    .map(({ event }) => event)
    .filter((event) => DECISIONS.includes(event.action))
    .sort(byDecision);
  return {
    actor_kind:
      accesses
        .map(({ event }) => event.actor_kind)
        .sort()
        .at(-1) ?? '',
    actions: rows.map((row) => first(row).event.action),
    justified: rows.map((row) => (first(row).explained === 'yes' ? 1 : 0)),
    events: rows.map((row) => row.length),
    customers: figures.map((one) => one.sellers.reduce((sum, seller) => sum + seller.customers, 0)),
    unlisted: figures.map((one) => one.sellers.reduce((sum, seller) => sum + seller.unlisted, 0)),
    records: rows.map((row) => total(row, ({ record_count }) => record_count)),
    explained_no: rows.map((row) => row.filter(({ explained }) => explained === 'no').length),
    explained_late: rows.map((row) => row.filter(({ explained }) => explained === 'late').length),
    explained_self: rows.map((row) => row.filter(({ explained }) => explained === 'self').length),
    unapproved: rows.map((row) =>
      total(row, (one) => (one.approver_id === null || one.approver_id === one.actor_id ? 1 : 0)),
    ),
    canary_hits: figures.map((one) => one.hits),
    sellers: figures.map((one) => (one.isTold ? one.sellers.map((seller) => seller.name) : [])),
    seller_events: figures.map((one) => (one.isTold ? one.sellers.map((seller) => seller.events) : [])),
    seller_customers: figures.map((one) =>
      one.isTold ? one.sellers.map((seller) => seller.customers + seller.unlisted) : [],
    ),
    seller_low: figures.map((one) =>
      one.isTold ? one.sellers.map((seller) => seller.low) : [one.sellers.reduce((sum, seller) => sum + seller.low, 0)],
    ),
    places_ip: places.map((place) => first(place).event.source_ip ?? ''),
    places_country: places.map((place) => first(place).event.country ?? ''),
    places_events: places.map((place) => place.length),
    places_unexplained: places.map(
      (place) =>
        place.filter(({ event, explained }) => explained !== 'yes' && WORTH_MONEY.includes(event.action)).length,
    ),
    places_first: places.map((place) => Math.min(...place.map(({ event }) => event.occurred_at))),
    places_last: places.map((place) => Math.max(...place.map(({ event }) => event.occurred_at))),
    calls_tool: calls.map((call) => first(call).event.tool),
    calls_marketplace: calls.map((call) => first(call).event.marketplace),
    calls_events: calls.map((call) => call.length),
    decided_action: decided.map((one) => one.action),
    decided_seller: decided.map((one) => one.seller_id ?? ''),
    decided_review: decided.map((one) => one.review_id ?? ''),
    decided_at: decided.map((one) => one.occurred_at),
  };
}

function rowOf(row: readonly OracleAccess[], planted: ReadonlySet<string>) {
  const { event, explained } = first(row);
  const sellers = grouped(row, (one) => [one.event.seller_id ?? '']).map((ofSeller) => ({
    name: first(ofSeller).event.seller_id ?? '',
    events: ofSeller.length,
    customers: new Set(ofSeller.flatMap((one) => one.event.customer_ids)).size,
    unlisted: total(ofSeller, (one) => Math.max(0, one.record_count - one.customer_ids.length)),
    low: total(ofSeller, (one) => ((one.review_rating ?? 5) <= 2 ? 1 : 0)),
  }));
  const hits = total(row, (one) => new Set(one.customer_ids.filter((customer) => planted.has(customer))).size);
  return { sellers, hits, isTold: explained !== 'yes' || RARE.includes(event.action) };
}

const first = (list: readonly OracleAccess[]): OracleAccess => list[0] as OracleAccess;

const total = (list: readonly OracleAccess[], of: (event: AccessEvent) => number): number =>
  list.reduce((sum, { event }) => sum + of(event), 0);

/** Ascending by the key's parts. */
function grouped(
  list: readonly OracleAccess[],
  keyOf: (one: OracleAccess) => readonly (string | number)[],
): (readonly OracleAccess[])[] {
  const groups = new Map<string, OracleAccess[]>();
  for (const one of list) {
    const key = keyOf(one).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.keys()].sort().map((key) => groups.get(key) as OracleAccess[]);
}

function byDecision(a: AccessEvent, b: AccessEvent): number {
  const texts = ({ action, seller_id, review_id }: AccessEvent): string =>
    [action, seller_id ?? '', review_id ?? ''].join('\n');
  return texts(a) < texts(b) ? -1 : texts(a) > texts(b) ? 1 : a.occurred_at - b.occurred_at;
}
