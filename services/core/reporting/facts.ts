// The facts that reports are made of, as the views tell them. Times are ISO 8601, days YYYY-MM-DD, all counts whole numbers.

export interface RangeFact {
  readonly from: string;
  readonly to: string;
}

export interface AnomalyFact {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly severity: string;
  readonly score: number;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly detected_at: string;
  readonly summary: string;
  readonly factors: readonly {
    readonly name: string;
    readonly observed: number;
    readonly expected: number;
    readonly contribution: number;
  }[];
  readonly event_count: number;
  readonly customer_count: number;
  readonly evidence_event_ids: readonly string[];
  readonly status: string;
  readonly disposition: string;
}

export interface AccessFact {
  readonly occurred_at: string;
  readonly event_id: string;
  readonly actor_id: string;
  readonly action: string;
  readonly outcome: string;
  readonly tool: string;
  readonly marketplace: string;
  readonly seller_id: string;
  readonly customers: number;
  readonly records: number;
  readonly case_id: string;
  readonly explained: string;
  readonly approver_id: string;
  readonly named: number;
}

/** What somebody did on one day with any activity. */
export interface DayFact {
  readonly day: string;
  readonly accesses: number;
  readonly denied: number;
  readonly unexplained: number;
  readonly customers: number;
  readonly records: number;
}

/** A day of work on average. */
export interface NormFact {
  readonly people: number;
  readonly days: number;
  readonly accesses: number;
  readonly unexplained: number;
  readonly customers: number;
  readonly records: number;
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

export interface GainFact {
  readonly seller_id: string;
  readonly clusters: readonly string[];
  readonly accesses: number;
  readonly unexplained: number;
  readonly customers: number;
  readonly records: number;
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

export interface DispositionFact {
  readonly at: string;
  readonly anomaly_id: string;
  readonly disposition: string;
  readonly by: string;
  readonly note: string;
}

export interface RestrictionFact {
  readonly at: string;
  readonly actor_id: string;
  readonly step: string;
  readonly source: string;
  readonly reason: string;
  readonly by: string;
  readonly expires_at: string;
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

export interface VolumeFact {
  readonly name: string;
  readonly people: number;
  readonly accesses: number;
  readonly unexplained: number;
  readonly denied: number;
  readonly customers: number;
  readonly records: number;
}

export interface ExceptionFact {
  readonly exception_id: string;
  readonly detections: readonly string[];
  readonly about: string;
  readonly from_day: string;
  readonly until_day: string;
  readonly decided_by: string;
  readonly why: string;
  readonly covered: number;
}

export interface ReviewFacts {
  readonly range: RangeFact;
  readonly by_team: readonly VolumeFact[];
  readonly by_marketplace: readonly VolumeFact[];
  readonly by_action: readonly VolumeFact[];
  readonly by_day: readonly { readonly day: string; readonly alerts: number }[];
  readonly severities: readonly {
    readonly severity: string;
    readonly anomalies: number;
    readonly unreviewed: number;
    readonly confirmed: number;
    readonly benign: number;
    readonly duplicate: number;
  }[];
  readonly alerts: number;
  readonly top: readonly AnomalyFact[];
  readonly dispositions: readonly DispositionFact[];
  readonly restrictions: readonly RestrictionFact[];
  readonly exceptions: readonly ExceptionFact[];
  readonly repeat: readonly {
    readonly actor_id: string;
    readonly alerts: number;
    readonly detections: readonly string[];
    readonly confirmed: number;
    readonly first: string;
    readonly last: string;
    readonly highest: number;
  }[];
}

export interface ControlsFacts {
  readonly range: RangeFact;
  readonly people: {
    readonly directory: number;
    readonly current: number;
    readonly active: number;
    readonly unknown_people: number;
    readonly services: number;
    readonly apps: number;
    readonly entities: number;
    readonly unscored: number;
  };
  readonly unscored: readonly { readonly detection: string; readonly reason: string; readonly entities: number }[];
  readonly tools: readonly {
    readonly tool: string;
    readonly marketplace: string;
    readonly accesses: number;
    readonly last_event: string;
    readonly usual_per_day: number;
    readonly is_silent: number;
    readonly gaps: readonly string[];
  }[];
  readonly feeds: readonly {
    readonly feed: string;
    readonly records: number;
    readonly last_event: string;
    readonly gaps: readonly string[];
  }[];
  readonly actions: readonly { readonly action: string; readonly accesses: number }[];
  readonly dark_marketplaces: readonly { readonly marketplace: string; readonly people: number }[];
  readonly debt: readonly { readonly level: string; readonly alerts: number; readonly oldest: string }[];
  readonly tallies: readonly {
    readonly detection: string;
    readonly anomalies: number;
    readonly alerts: number;
    readonly confirmed: number;
    readonly benign: number;
    readonly duplicate: number;
  }[];
  readonly dead_letters: readonly { readonly topic: string; readonly reason: string; readonly letters: number }[];
  readonly conflicts: number;
  readonly content_conflicts: number;
  readonly exceptions: number;
}

/** What the catalogues say: which detection watches which action, for which control. */
export interface Catalogues {
  readonly detections: readonly {
    readonly id: string;
    readonly title: string;
    readonly actions: readonly string[] | null;
    readonly controls: readonly string[];
    readonly known_gaps: readonly string[];
  }[];
  readonly actions: readonly { readonly action: string; readonly sensitivity: string; readonly summary: string }[];
}

export interface SellerFacts {
  readonly range: RangeFact;
  readonly subject: string;
  readonly chosen: boolean;
  readonly sellers: readonly {
    readonly seller_id: string;
    readonly clusters: readonly string[];
    readonly bases: readonly string[];
    readonly marketplace: string;
    readonly category: string;
  }[];
  readonly anomalies: readonly AnomalyFact[];
  readonly people: readonly {
    readonly actor_id: string;
    readonly accesses: number;
    readonly unexplained: number;
    readonly customers: number;
    readonly records: number;
    readonly actions: readonly string[];
    readonly first: string;
    readonly last: string;
    readonly standing: number;
  }[];
  readonly by_action: readonly {
    readonly action: string;
    readonly accesses: number;
    readonly unexplained: number;
    readonly people: number;
    readonly customers: number;
    readonly records: number;
  }[];
  readonly by_day: readonly { readonly day: string; readonly accesses: number; readonly unexplained: number }[];
  readonly decisions: readonly AccessFact[];
  readonly enforcements: readonly {
    readonly at: string;
    readonly seller_id: string;
    readonly kind: string;
    readonly reason: string;
    readonly case_id: string;
    readonly decided_by: string;
  }[];
  readonly complaints: readonly {
    readonly kind: string;
    readonly complaints: number;
    readonly customers: number;
    readonly after_read: number;
  }[];
}
