// How the facts of an organisation arrive: late by hours, the odd one by weeks, more than once, with another content under the same
// identity, context before or after the accesses, and now and then bytes that nobody can read.

import { chance } from '../../../services/core/detections/cases/chance.js';
import { eventTimeMs, identityOf } from '../../../services/core/feeds/identity.js';
import type { FeedRecords } from '../../../services/core/feeds/records.js';
import { DAY_MS } from '../../../services/core/time.js';
import type { Fact } from './facts.js';
import type { ArrivalSpec } from './spec.js';

/** null: bytes that are no record. */
export type Delivery = Fact | null;

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;

export function deliveriesOf(facts: readonly Fact[], spec: ArrivalSpec): Delivery[] {
  const random = chance(spec.seed);
  const timed: { readonly delivery: Delivery; readonly at: number }[] = [];
  const stragglers = new Set(spec.stragglers.map((at) => at % facts.length));
  const times = facts.filter((fact) => fact.feed === 'access-log').map((fact) => eventTimeMs(fact.feed, fact.record));
  const first = Math.min(...times);
  const span = Math.max(...times) - first;
  const arrive = (fact: Fact): number => {
    const jitter = Math.floor(random.uniform() * spec.jitterHours * HOUR_MS);
    const happened = eventTimeMs(fact.feed, fact.record);
    if (fact.feed === 'access-log' || spec.context === 'as_it_happens') return happened + jitter;
    if (spec.context === 'before') return first - WEEK_MS + jitter;
    if (spec.context === 'after') return first + span + WEEK_MS + jitter;
    return first + Math.floor(random.uniform() * span);
  };
  facts.forEach((fact, i) => {
    timed.push({ delivery: fact, at: arrive(fact) + (stragglers.has(i) ? (1 + random.below(3)) * WEEK_MS : 0) });
  });
  for (const at of spec.repeats) {
    const fact = facts[at % facts.length] as Fact;
    timed.push({ delivery: fact, at: arrive(fact) + random.below(3) * 12 * HOUR_MS });
  }
  for (const { at, change } of spec.conflicts) {
    const fact = facts[at % facts.length] as Fact;
    const other = changed(fact, change);
    timed.push({ delivery: other, at: arrive(other) + random.below(2) * random.below(10) * DAY_MS });
  }
  for (let i = 0; i < spec.broken; i++) timed.push({ delivery: null, at: first + Math.floor(random.uniform() * span) });
  return timed.sort((a, b) => a.at - b.at).map(({ delivery }) => delivery);
}

type Change<R> = (record: R) => Partial<R>;

const ACCESS: readonly Change<FeedRecords['access-log']>[] = [
  (one) => ({ customer_ids: [...one.customer_ids, 'customer-more'] }),
  () => ({ seller_id: 'seller-4' }),
  () => ({ outcome: 'denied' }),
  (one) => ({ record_count: one.record_count + 3 }),
  () => ({ action: 'review.delete' }),
  () => ({ case_id: null }),
  () => ({ review_rating: 1 }),
  () => ({ country: 'CN' }),
];
const CASE: readonly Change<FeedRecords['support-cases']>[] = [
  () => ({ assignee_id: 'somebody-else' }),
  (one) => ({ status: 'closed', closed_at: one.opened_at }),
  () => ({ customer_ids: [], seller_id: null }),
  (one) => ({ record_limit: (one.record_limit ?? 0) + 2 }),
  (one) => ({ opened_at: one.opened_at + 12 * HOUR_MS }),
  () => ({ assignee_id: null, approved_by: null }),
  (one) => ({ opened_by: one.assignee_id ?? 'lead' }),
  () => ({ kind: 'bulk_task', record_limit: 3 }),
];

/** Another content under the same identity. */
function changed(fact: Fact, change: number): Fact {
  const other = contentChanged(fact, change);
  if (identityOf(other.feed, other.record) !== identityOf(fact.feed, fact.record)) throw new Error('another identity');
  return other;
}

function contentChanged(fact: Fact, change: number): Fact {
  const number = String(change);
  switch (fact.feed) {
    case 'access-log':
      return { feed: fact.feed, record: { ...fact.record, ...ACCESS[change % ACCESS.length]?.(fact.record) } };
    case 'support-cases':
      return { feed: fact.feed, record: { ...fact.record, ...CASE[change % CASE.length]?.(fact.record) } };
    case 'employees':
      return { feed: fact.feed, record: { ...fact.record, peer_group: `team-${change % 2}` } };
    case 'seller-enforcements':
      return { feed: fact.feed, record: { ...fact.record, kind: change % 2 === 0 ? 'warned' : 'closed' } };
    case 'customer-complaints':
      return { feed: fact.feed, record: { ...fact.record, customer_id: `customer-${change}` } };
    case 'sellers':
      return { feed: fact.feed, record: { ...fact.record, category: `category-${number}` } };
    case 'canaries':
      return { feed: fact.feed, record: { ...fact.record, label: `planted ${number}` } };
    case 'seller-links':
      return fact;
  }
}
