// A fact is a record of a feed, as it is after validation. Short ways to write one.

import type { AccessEvent, Employee, Feed, FeedRecords, SupportCase } from '../../../services/core/feeds/records.js';

export type Fact = { readonly [F in Feed]: { readonly feed: F; readonly record: FeedRecords[F] } }[Feed];

export const access = (
  change: Pick<AccessEvent, 'event_id' | 'occurred_at' | 'actor_id'> & Partial<AccessEvent>,
): Fact => ({
  feed: 'access-log',
  record: {
    actor_kind: 'employee',
    action: 'customer_email.read',
    outcome: 'allowed',
    tool: 'desk',
    marketplace: 'US',
    seller_id: null,
    customer_ids: [],
    review_id: null,
    review_rating: null,
    record_count: 1,
    case_id: null,
    approver_id: null,
    session_id: null,
    source_ip: null,
    country: null,
    ...change,
  },
});

export const supportCase = (
  change: Pick<SupportCase, 'case_id' | 'opened_at' | 'updated_at' | 'opened_by'> & Partial<SupportCase>,
): Fact => ({
  feed: 'support-cases',
  record: {
    kind: 'support',
    status: 'open',
    closed_at: null,
    assignee_id: null,
    seller_id: null,
    customer_ids: [],
    approved_by: null,
    record_limit: null,
    ...change,
  },
});

export const employee = (change: Pick<Employee, 'employee_id' | 'valid_from'> & Partial<Employee>): Fact => ({
  feed: 'employees',
  record: {
    manager_id: 'lead',
    department: 'support',
    role: 'agent',
    peer_group: 'agents',
    marketplace: 'US',
    office: null,
    time_zone: null,
    status: 'active',
    hired_at: 946_684_800_000,
    left_at: null,
    ...change,
  },
});
