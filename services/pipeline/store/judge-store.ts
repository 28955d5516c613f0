// Everything that the judge asks of a database, and nothing else: so that the same judge can run on a model that fails after any
// call. Every write may be repeated; what a read answers is as of the call or newer. Knows no SQL.

import type { Place } from '../../core/exceptions/apply.js';
import type { Exceptions } from '../../core/exceptions/exception.js';
import type { Employee, Seller, SellerLink } from '../../core/feeds/records.js';
import type { Sample } from '../../core/judge/calibration.js';
import type { JudgedAccess } from '../../core/judge/conduct.js';
import type { Finding } from '../../core/judge/finding.js';
import type { FrameColumns } from '../../core/judge/frame.js';
import type { AccessQuery, Unscored } from '../../core/judge/kind.js';
import type { ComplaintDay, DecisionDay, FeedDay, PresenceDay } from '../../core/judge/world.js';
import type { Day } from '../../core/time.js';
import type { JudgingConfig } from '../judging-config.js';
import type { MatchQuery, RuleMatchRow } from '../sigma/rule-matches.js';
import type { Touched } from '../touched.js';

export interface Duty {
  readonly batchId: string;
  readonly touched: Touched;
  /** everything from this day on must be judged anew */
  readonly touchedFrom: Day | null;
}

/** Actor-days that are computed together: all of these actors on each of these days. */
export interface BucketChunk {
  readonly actors: readonly string[];
  readonly from: Day;
  /** last day, inclusive */
  readonly to: Day;
}

/** What one actor did on one day, as its distinct events make it: a row of actor_days. Parallel arrays as the table says. */
export interface ActorDay {
  readonly day: Day;
  readonly actor_id: string;
  readonly version: bigint;
  /** the table's other columns, by name */
  readonly columns: ActorDayColumns;
}

export interface ActorDayColumns {
  readonly actor_kind: string;
  readonly actions: readonly string[];
  readonly justified: readonly number[];
  readonly events: readonly number[];
  readonly customers: readonly number[];
  readonly unlisted: readonly number[];
  readonly records: readonly number[];
  readonly explained_no: readonly number[];
  readonly explained_late: readonly number[];
  readonly explained_self: readonly number[];
  readonly unapproved: readonly number[];
  readonly canary_hits: readonly number[];
  readonly sellers: readonly (readonly string[])[];
  readonly seller_events: readonly (readonly number[])[];
  readonly seller_customers: readonly (readonly number[])[];
  readonly seller_low: readonly (readonly number[])[];
  readonly places_ip: readonly string[];
  readonly places_country: readonly string[];
  readonly places_events: readonly number[];
  readonly places_unexplained: readonly number[];
  readonly places_first: readonly number[];
  readonly places_last: readonly number[];
  readonly calls_tool: readonly string[];
  readonly calls_marketplace: readonly string[];
  readonly calls_events: readonly number[];
  readonly decided_action: readonly string[];
  readonly decided_seller: readonly string[];
  readonly decided_review: readonly string[];
  readonly decided_at: readonly number[];
}

/** A day's buckets with the version of each actor's: their sum is the day's. */
export interface StoredDay {
  readonly columns: FrameColumns;
  readonly versions: ReadonlyMap<string, bigint>;
}

/** The content that holds for an anomaly. */
export interface Named {
  readonly anomaly_id: string;
  readonly content: string;
}

/** The row of one sheet: what it found, by name. */
export interface Judgement {
  readonly detection: string;
  readonly windowDays: number;
  /** the sheet's day: the last of its window */
  readonly day: Day;
  readonly version: bigint;
  readonly sampleVersion: bigint;
  readonly sample: Sample;
  readonly findings: readonly Named[];
  readonly unscored: readonly Unscored[];
}

export interface StoredJudgement {
  readonly sample: Sample;
  readonly sampleVersion: bigint;
  readonly version: bigint;
  readonly configSeq: number;
  /** content by anomaly_id */
  readonly findings: ReadonlyMap<string, string>;
  readonly unscored: readonly Unscored[];
}

export const sheetKey = (detection: string, day: Day): string => `${detection} ${day}`;

export interface OpenDutiesQuery {
  /** duties wholly beyond it wait; Infinity when everything has been read to its end */
  readonly frontier: Day;
  readonly except: readonly string[];
}

export interface NewDuty {
  /** where it comes from, for people; a random part is added, so that a repeat is a duty of its own */
  readonly label: string;
  readonly touched: Touched;
  readonly touchedFrom: Day | null;
}

export interface JudgeStore {
  /** @returns the configuration's sequence number: judgements of a larger one replace those of a smaller one */
  adoptConfiguration(config: JudgingConfig): Promise<number>;

  /** The oldest open duties, so many that a round stays bounded. */
  openDuties(query: OpenDutiesQuery): Promise<Duty[]>;
  /** How many openDuties gives at most. */
  readonly dutiesAtOnce: number;
  hasOpenDuty(query: OpenDutiesQuery): Promise<boolean>;
  countOpenDuties(): Promise<number>;
  oblige(duty: NewDuty): Promise<void>;
  fulfil(batchIds: readonly string[]): Promise<void>;
  /** All judges with how often each has finished something. */
  judges(): Promise<ReadonlyMap<string, number>>;
  noteFinished(judge: string, times: number): Promise<void>;

  /** The chunk's actor-days as the stored events make them now. */
  computeActorDays(chunk: BucketChunk): Promise<ActorDay[]>;
  writeActorDays(rows: readonly ActorDay[]): Promise<void>;
  /** Both in one: for many. */
  rewriteActorDays(chunk: BucketChunk): Promise<void>;
  /** Days on which stored actor-days differ from what the events make of them. */
  differingDays(chunk: BucketChunk): Promise<Day[]>;
  /** (day, actor) pairs with stored events. */
  touchedIn(from: Day, to: Day): Promise<Touched>;
  storedDays(): Promise<{ readonly first: Day; readonly last: Day } | null>;
  /** Sum of the versions of each day's actor-days; days without any are missing. */
  dayVersions(from: Day, to: Day): Promise<Map<Day, bigint>>;
  readDay(day: Day): Promise<StoredDay>;

  /** Each of the days asked for is in the answer, also when it holds nothing. */
  readPresence(days: readonly Day[]): Promise<Map<Day, Omit<PresenceDay, 'version'>>>;
  readFeeds(days: readonly Day[]): Promise<Map<Day, Omit<FeedDay, 'version'>>>;
  /** Decisions made on the days; their undoing as of now. */
  readDecisions(days: readonly Day[]): Promise<Map<Day, Omit<DecisionDay, 'version'>>>;
  /** Complaints received on the days with who had read their customers in the `reach` days before each day. */
  readComplaints(days: readonly Day[], reach: number): Promise<Map<Day, Omit<ComplaintDay, 'version'>>>;
  contextVersion(part: ContextTable): Promise<bigint>;
  /** weights of the complaints received on each day */
  complaintVersions(from: Day, to: Day): Promise<Map<Day, bigint>>;
  readEmployees(): Promise<Employee[]>;
  readLinks(): Promise<SellerLink[]>;
  readSellers(): Promise<Seller[]>;
  readCanaries(): Promise<string[]>;
  /** Allowed accesses, ascending by (occurred_at, event_id). */
  readAccesses(query: AccessQuery): Promise<JudgedAccess[]>;

  readExceptions(): Promise<Exceptions>;
  /** Tools and marketplaces of the accesses that a finding cites as evidence. */
  readPlace(finding: Finding): Promise<Place>;
  /** What a Sigma rule matched on the days, as the stored accesses are now; ascending by day and entity. */
  readMatches(query: MatchQuery): Promise<RuleMatchRow[]>;

  /** Judgements of sheets on the days [from, to]. */
  readJudgements(from: Day, to: Day): Promise<Map<string, StoredJudgement>>;
  /** Contents first, then the judgements that name them, so a crash between leaves unnamed contents, never a name without content. */
  writeJudgements(write: JudgementWrite): Promise<void>;
}

export interface JudgementWrite {
  readonly configSeq: number;
  readonly judgements: readonly Judgement[];
  /** contents that may not be stored yet */
  readonly contents: readonly Finding[];
}

export type ContextTable = 'employees' | 'seller_links' | 'sellers' | 'seller_enforcements';
