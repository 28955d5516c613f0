// The facts of the reports about the organisation and about sellers. Units as in facts.ts.

import type { AccessFact, AnomalyFact, DispositionFact, RangeFact, RestrictionFact, WorkFact } from './facts.js';

export interface VolumeFact extends WorkFact {
  readonly name: string;
  readonly people: number;
  readonly denied: number;
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
