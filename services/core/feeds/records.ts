// The records of the eight feeds, as they are after validation: snake_case names as on the wire,
// times as epoch milliseconds UTC, absent optional values as null. Nothing here knows Avro, JSON or ClickHouse.

export const FEEDS = [
  'access-log',
  'employees',
  'support-cases',
  'seller-enforcements',
  'customer-complaints',
  'seller-links',
  'sellers',
  'canaries',
] as const;

/** A feed is a Kafka topic, a schema and, in a case folder, the file `<feed>.ndjson[.gz]`. */
export type Feed = (typeof FEEDS)[number];

/** Every feed but the access log: what gives an access its meaning. */
export type ContextFeed = Exclude<Feed, 'access-log'>;

export type ActorKind = 'employee' | 'contractor' | 'service' | 'seller_app';
export type Outcome = 'allowed' | 'denied';

/** One call that an internal tool or API served or refused. Identity: (actor_id, occurred_at, event_id). */
export interface AccessEvent {
  readonly event_id: string;
  readonly occurred_at: number;
  readonly actor_id: string;
  readonly actor_kind: ActorKind;
  readonly action: string;
  readonly outcome: Outcome;
  readonly tool: string;
  readonly marketplace: string;
  readonly seller_id: string | null;
  readonly customer_ids: readonly string[];
  readonly review_id: string | null;
  readonly review_rating: number | null;
  readonly record_count: number;
  readonly case_id: string | null;
  readonly approver_id: string | null;
  readonly session_id: string | null;
  readonly source_ip: string | null;
  readonly country: string | null;
}

/** Key: (employee_id, valid_from). */
export interface Employee {
  readonly employee_id: string;
  readonly manager_id: string | null;
  readonly department: string;
  readonly role: string;
  readonly peer_group: string;
  readonly marketplace: string;
  readonly office: string | null;
  readonly time_zone: string | null;
  readonly status: 'active' | 'leave' | 'notice' | 'left';
  readonly hired_at: number;
  readonly left_at: number | null;
  readonly valid_from: number;
}

export type CaseKind = 'support' | 'appeal' | 'review_dispute' | 'investigation' | 'bulk_task';

/** One version of a case. Key: (case_id, updated_at). */
export interface SupportCase {
  readonly case_id: string;
  readonly kind: CaseKind;
  readonly status: 'open' | 'closed';
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly opened_by: string;
  readonly assignee_id: string | null;
  readonly seller_id: string | null;
  readonly customer_ids: readonly string[];
  readonly approved_by: string | null;
  readonly record_limit: number | null;
  readonly updated_at: number;
}

/** Key: enforcement_id. */
export interface SellerEnforcement {
  readonly enforcement_id: string;
  readonly seller_id: string;
  readonly kind: 'suspended' | 'reinstated' | 'closed' | 'funds_withheld' | 'warned';
  readonly at: number;
  readonly reason: string;
  readonly case_id: string | null;
  readonly decided_by: string | null;
}

/** Key: complaint_id. */
export interface CustomerComplaint {
  readonly complaint_id: string;
  readonly customer_id: string;
  readonly seller_id: string | null;
  readonly received_at: number;
  readonly kind: 'off_platform_contact' | 'review_pressure' | 'other';
  readonly channel: string;
}

/** Key: (seller_id, cluster_id, basis, valid_from). */
export interface SellerLink {
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly basis: 'bank' | 'device' | 'address' | 'broker' | 'manual';
  readonly valid_from: number;
}

/** Key: (seller_id, valid_from). */
export interface Seller {
  readonly seller_id: string;
  readonly marketplace: string;
  readonly category: string;
  readonly valid_from: number;
}

/** A customer who does not exist. Key: customer_id. */
export interface Canary {
  readonly customer_id: string;
  readonly label: string;
  readonly planted_at: number;
}

export interface FeedRecords {
  readonly 'access-log': AccessEvent;
  readonly employees: Employee;
  readonly 'support-cases': SupportCase;
  readonly 'seller-enforcements': SellerEnforcement;
  readonly 'customer-complaints': CustomerComplaint;
  readonly 'seller-links': SellerLink;
  readonly sellers: Seller;
  readonly canaries: Canary;
}

/** How an access is explained by the case it names (see core/explain). */
export type Explained = 'yes' | 'no' | 'late' | 'self';
