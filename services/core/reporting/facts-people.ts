// The facts of the reports about people: an incident, the customers affected, a breach. Units as in facts.ts.

import type {
  AccessFact,
  AnomalyFact,
  DayFact,
  DispositionFact,
  RangeFact,
  RestrictionFact,
  WorkFact,
} from './facts.js';

/** A day of work on average. */
export interface NormFact extends WorkFact {
  readonly people: number;
  readonly days: number;
}

export interface StaffFact {
  readonly employee_id: string;
  readonly manager_id: string;
  readonly department: string;
  readonly role: string;
  readonly peer_group: string;
  readonly marketplace: string;
  readonly status: string;
  readonly hired_at: string;
  readonly left_at: string;
  readonly valid_from: string;
}

export interface ClaimedCaseFact {
  readonly case_id: string;
  readonly accesses: number;
  readonly yes: number;
  readonly late: number;
  readonly self: number;
  readonly no: number;
  /** '' where no such case was ever reported */
  readonly kind: string;
  readonly opened_at: string;
  readonly opened_by: string;
  readonly assignee_id: string;
  readonly approved_by: string;
  readonly seller_id: string;
}

export interface GainFact extends WorkFact {
  readonly seller_id: string;
  readonly clusters: readonly string[];
  readonly actions: readonly string[];
  readonly last_enforcement: string;
}

export interface ColleagueFact {
  readonly actor_id: string;
  readonly shared_customers: number;
  readonly unexplained: number;
  readonly approvals: number;
  readonly cases_opened: number;
  readonly anomalies: number;
}

export interface IncidentFacts {
  readonly range: RangeFact;
  /** '' where the anomaly is about no single employee */
  readonly actor_id: string;
  readonly subject: string;
  /** whether the subject was chosen by Keyhole, none being given */
  readonly chosen: boolean;
  readonly history: readonly StaffFact[];
  readonly anomalies: readonly AnomalyFact[];
  readonly days: readonly DayFact[];
  readonly peers: NormFact;
  readonly totals: {
    readonly accesses: number;
    readonly explained: number;
    readonly denied: number;
    readonly question_customers: number;
    readonly canary_customers: number;
    readonly unlisted_records: number;
    readonly source_ips: number;
    readonly new_source_ips: number;
    readonly complaints: number;
    readonly complaining_customers: number;
  };
  readonly accesses: readonly AccessFact[];
  readonly cases: readonly ClaimedCaseFact[];
  readonly gains: readonly GainFact[];
  readonly colleagues: readonly ColleagueFact[];
  readonly enforcements: readonly { readonly at: string; readonly seller_id: string; readonly kind: string }[];
  readonly complaint_days: readonly { readonly at: string; readonly complaints: number }[];
  readonly unscored: readonly { readonly detection: string; readonly reason: string; readonly since: string }[];
  readonly dispositions: readonly DispositionFact[];
  readonly restrictions: readonly RestrictionFact[];
  readonly exceptions: number;
  readonly conflicts: number;
}

/** Whose accesses, in which windows, expose customers: one anomaly in scope. */
export interface ScopeFact {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly detected_at: string;
  readonly disposition: string;
}

export interface AffectedCustomerFact {
  readonly customer_id: string;
  readonly first_read: string;
  readonly last_read: string;
  readonly accesses: number;
  readonly actions: readonly string[];
  readonly actors: readonly string[];
  readonly sellers: readonly string[];
  readonly marketplaces: readonly string[];
  readonly complaints: number;
}

export interface AffectedFacts {
  readonly range: RangeFact;
  readonly subject: string;
  /** which anomalies count: those about the given subject, the confirmed ones, or where none is, the alerts nobody has dismissed */
  readonly basis: 'given' | 'confirmed' | 'alerts';
  readonly scope: readonly ScopeFact[];
  readonly customers: readonly AffectedCustomerFact[];
  readonly by_action: readonly { readonly action: string; readonly accesses: number; readonly customers: number }[];
  readonly by_marketplace: readonly { readonly marketplace: string; readonly customers: number }[];
  readonly by_day: readonly { readonly day: string; readonly accesses: number; readonly customers: number }[];
  readonly not_read: {
    /** of the people in scope, within the same windows */
    readonly explained_accesses: number;
    readonly explained_customers: number;
    readonly denied_accesses: number;
    readonly denied_customers: number;
    /** of the people in scope, in the range but in no window of an anomaly */
    readonly outside_accesses: number;
    readonly outside_customers: number;
    readonly outside_unexplained: number;
    /** customers of planted records among those read: nobody to notify */
    readonly planted: number;
    /** customers among those read who were erased since: nobody can be notified */
    readonly erased: number;
    /** exported records in scope that name no customer */
    readonly unlisted_records: number;
  };
}

export interface BreachFacts {
  readonly affected: AffectedFacts;
  /** '' where nobody says */
  readonly aware_at: string;
  /** the first finding `confirmed` about an anomaly in scope, or '' */
  readonly confirmed_at: string;
  readonly first_detected: string;
  readonly records: number;
  readonly accesses: number;
  readonly complaints: number;
  readonly dispositions: readonly DispositionFact[];
  readonly restrictions: readonly RestrictionFact[];
}
