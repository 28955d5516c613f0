// What a sheet may read beside its definition. Days are whole UTC days and each carries the version of its content; where the days
// come from, and how long they are kept, is not known here.

import type { ActorKind } from '../feeds/records.js';
import type { Day } from '../time.js';
import type { Clusters } from './clusters.js';
import type { Directory } from './directory.js';
import type { DayFrame } from './frame.js';
import type { FrameNames } from './names.js';
import type { Sellers } from './sellers.js';

/** Parts that come in days, and parts that come as a whole. */
export type DayPart = 'frames' | 'presence' | 'decisions' | 'complaints' | 'feeds';
export type WholePart = 'directory' | 'clusters' | 'sellers';
export type WorldPart = DayPart | WholePart;

/** Undefined: nothing is stored of that day. */
export interface World {
  readonly names: FrameNames;
  readonly directory: Directory;
  readonly clusters: Clusters;
  readonly sellers: Sellers;
  frame(day: Day): DayFrame | undefined;
  presence(day: Day): PresenceDay | undefined;
  decisions(day: Day): DecisionDay | undefined;
  complaints(day: Day): ComplaintDay | undefined;
  feeds(day: Day): FeedDay | undefined;
  /** What a rule matched on a day; undefined: nothing is known of it. @param detection of kind sigma */
  matches(detection: string, day: Day): MatchDay | undefined;
}

export interface MatchDay {
  /** by entity key: accesses that take part, and epoch ms of the first moment of the day at which the rule held */
  readonly entities: ReadonlyMap<string, { readonly matches: number; readonly reachedMs: number }>;
}

/** Where an actor worked from on a day: one row per (actor, source_ip, country), of allowed accesses; '' where not told. */
export interface PresenceDay {
  readonly version: bigint;
  readonly actor_id: readonly string[];
  readonly source_ip: readonly string[];
  readonly country: readonly string[];
  readonly events: ArrayLike<number>;
  /** accesses to customer data or figures (email, contact, order, metrics reads and exports) that no case explains */
  readonly unexplained: ArrayLike<number>;
  /** epoch ms of the first and last access */
  readonly first_ms: ArrayLike<number>;
  readonly last_ms: ArrayLike<number>;
}

/** Reinstatements, suspensions and deletions made on a day (allowed accesses), and when each was first undone, if it was. */
export interface DecisionDay {
  readonly version: bigint;
  readonly decisions: readonly Decision[];
}

export interface Decision {
  readonly actor_id: string;
  readonly action: 'account.reinstate' | 'account.suspend' | 'review.delete';
  readonly seller_id: string;
  readonly at_ms: number;
  /**
   * reinstate: the first `suspended` or `closed` enforcement of the seller after it; suspend: the first `reinstated` after it;
   * delete: the first review.restore of the same review after it. null: not so far.
   */
  readonly undone_ms: number | null;
}

/** Complaints received on a day (off_platform_contact and review_pressure), with who had read the customer in the 60 days before each. */
export interface ComplaintDay {
  readonly version: bigint;
  readonly complaints: readonly ComplaintFacts[];
}

export interface ComplaintFacts {
  readonly complaint_id: string;
  readonly customer_id: string;
  readonly seller_id: string | null;
  readonly received_ms: number;
  readonly readers: readonly EarlierReader[];
}

/**
 * One row per (actor, seller) that returned the customer's contact data in allowed accesses before the complaint: of
 * customer_email.read, customer_contact.export and order_report.export. Services are left out.
 */
export interface EarlierReader {
  readonly actor_id: string;
  readonly actor_kind: ActorKind;
  readonly seller_id: string;
  readonly reads: number;
  readonly unexplained: number;
  /** the actor's order_history.read accesses of the customer in the same time; left out: not known */
  readonly orders_read?: number;
  /** the latest read before the complaint; of the unexplained ones where there are any */
  readonly last_ms: number;
}

/** Calls by (tool, marketplace) on a day, allowed or denied. */
export interface FeedDay {
  readonly version: bigint;
  readonly tool: readonly string[];
  readonly marketplace: readonly string[];
  readonly events: ArrayLike<number>;
}
