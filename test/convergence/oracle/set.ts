// The set of events as the contract says it: of the records under one identity, that with the smallest digest.

import { createHash } from 'node:crypto';
import type { Feed, FeedRecords } from '../../../services/core/feeds/records.js';
import type { Delivery } from '../world/arrival.js';

const IDENTITIES: { readonly [F in Feed]: (record: FeedRecords[F]) => readonly unknown[] } = {
  'access-log': (one) => [one.actor_id, one.occurred_at, one.event_id],
  employees: (one) => [one.employee_id, one.valid_from],
  'support-cases': (one) => [one.case_id, one.updated_at],
  'seller-enforcements': (one) => [one.enforcement_id],
  'customer-complaints': (one) => [one.complaint_id],
  'seller-links': (one) => [one.seller_id, one.cluster_id, one.basis, one.valid_from],
  sellers: (one) => [one.seller_id, one.valid_from],
  canaries: (one) => [one.customer_id],
};

/** SHA-256 of the record as JSON with sorted keys. */
export function digestOf(record: object): string {
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(sorted)))
    .digest('hex');
}

export type Facts = { readonly [F in Feed]: readonly FeedRecords[F][] };

/** Whatever the order and the number of deliveries. */
export function setOf(deliveries: readonly Delivery[]): Facts {
  const chosen = new Map<string, NonNullable<Delivery>>();
  for (const delivery of deliveries) {
    if (delivery === null) continue;
    const identity = `${delivery.feed} ${IDENTITIES[delivery.feed](delivery.record as never).join(' ')}`;
    const known = chosen.get(identity);
    if (known === delivery) continue;
    if (known === undefined || digestOf(delivery.record) < digestOf(known.record)) chosen.set(identity, delivery);
  }
  const all = <F extends Feed>(feed: F): FeedRecords[F][] =>
    [...chosen.values()].filter((one) => one.feed === feed).map((one) => one.record as FeedRecords[F]);
  return {
    'access-log': all('access-log'),
    employees: all('employees'),
    'support-cases': all('support-cases'),
    'seller-enforcements': all('seller-enforcements'),
    'customer-complaints': all('customer-complaints'),
    'seller-links': all('seller-links'),
    sellers: all('sellers'),
    canaries: all('canaries'),
  };
}
