// The facts that reports are made of, as the views tell them. Times are ISO 8601, days YYYY-MM-DD, all counts whole numbers.
// Here what several reports say; facts-people.ts and facts-organisation.ts have the rest.

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

/** How much work something was. */
export interface WorkFact {
  readonly accesses: number;
  readonly unexplained: number;
  readonly customers: number;
  readonly records: number;
}

/** What somebody did on one day with any activity. */
export interface DayFact extends WorkFact {
  readonly day: string;
  readonly denied: number;
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
