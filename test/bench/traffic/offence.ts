// A planted offence: one person reads the e-mail addresses of many customers of one seller, mostly its low raters, in a few
// seconds and with no case behind it.

import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { chanceOf } from './chance.js';
import { actorId, customerId, customersOf, marketplaceOf, SELLERS, sellerId } from './organisation.js';

export interface OffenceOptions {
  readonly employee: number;
  readonly customers: number;
  /** Time of the first read; the others follow a millisecond apart. */
  readonly atMs: number;
}

export const OFFENCE_ACTION = 'customer_email.read';

export function offence({ employee, customers, atMs }: OffenceOptions): AccessEvent[] {
  const chance = chanceOf(employee, atMs);
  const seller = SELLERS / 2 + chance.below(SELLERS / 2);
  const first = chance.below(customersOf(seller));
  return Array.from({ length: customers }, (_, i) => ({
    event_id: `burst-${employee}-${i}`,
    occurred_at: atMs + i,
    actor_id: actorId(employee),
    actor_kind: 'employee' as const,
    action: OFFENCE_ACTION,
    outcome: 'allowed' as const,
    tool: 'support-desk',
    marketplace: marketplaceOf(employee),
    seller_id: sellerId(seller),
    customer_ids: [customerId(seller, (first + i) % customersOf(seller))],
    review_id: `review-${seller}-${i}`,
    review_rating: 1 + (i % 5 === 0 ? 3 : i % 2),
    record_count: 1,
    case_id: null,
    approver_id: null,
    session_id: `burst-${employee}`,
    source_ip: `10.${employee % 200}.${(employee >> 3) % 250}.${employee % 250}`,
    country: marketplaceOf(employee),
  }));
}
