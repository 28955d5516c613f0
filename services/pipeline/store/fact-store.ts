// What landing and explaining ask of a database, all of it. Every call is idempotent or safe to repeat, and the lander holds
// nothing between calls that a crash could lose, so a store may fail before or after any of them. What a call has written is
// seen by every call that begins after it has resolved; nothing else is assumed of order.

import type { AccessPack } from '../../core/feeds/access-pack.js';
import type { DeadLetter } from '../../core/feeds/batch.js';
import type { AccessEvent, ContextFeed, Explained, FeedRecords } from '../../core/feeds/records.js';
import type { CaseVersion } from '../cases/case-cache.js';
import type { Touched } from '../touched.js';

export interface FactStore {
  insertDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** @param ranks of each record's content: of two records with one key the larger rank stays */
  insertContext<F extends ContextFeed>(
    feed: F,
    records: readonly FeedRecords[F][],
    ranks: readonly number[],
  ): Promise<void>;
  /** Of two rows of one access the one with the larger (rank, inputs) stays. */
  insertAccesses(accesses: ExplainedAccesses): Promise<void>;
  /** Every stored version of these cases, in any order, repeats and replaced contents included or not. */
  readCases(ids: readonly string[]): Promise<StoredCases>;
  /** Hands over the hashes (see idHash) of all stored cases' ids, in pieces. */
  scanCaseIds(onHashes: (hashes: Uint32Array) => void): Promise<void>;
  /** Adds to the log of who writes which cases. @param seq rises with each of a writer's entries */
  announceCases(writer: string, seq: number, ids: readonly string[]): Promise<void>;
  /** Each writer's last entry in that log. */
  readCaseHeads(): Promise<ReadonlyMap<string, number>>;
  /** What others than `own` announced behind these heads, and the heads now; null when one of them is no longer in the log. */
  readCaseNews(heads: ReadonlyMap<string, number>, own: string): Promise<CaseNews | null>;
  /** Stored accesses that cite one of the cases: at least those that the query names, each once. */
  readCiting(query: CitingQuery): Promise<readonly StoredAccess[]>;
  /** How many contents have cited each of these cases so far, or were noted as if; replaced ones included. */
  countCitations(caseIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** These contents count among the citations of a case, though they may cite another or none. */
  noteCitations(citations: readonly Citation[]): Promise<void>;
  /** Remembers accesses that cite bulk tasks, by time. */
  noteBulkCitations(citations: readonly Citation[]): Promise<void>;
  /** Those remembered between these times, both included. */
  readBulkCitations(fromMs: number, toMs: number): Promise<readonly Citation[]>;
  /** The (day, actor) pairs of accesses to one of the customers are added. */
  addReaders(customers: readonly string[], touched: Touched): Promise<void>;
  /** `YYYY-MM-DD` of the first stored access of these actors; null: there is none. */
  firstDay(actors: readonly string[]): Promise<string | null>;
  /** valid_from of each of these employees' earliest stored record, epoch ms. */
  firstRecords(employees: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Nothing touched, no duty. See duties.ts. */
  oblige(label: string, touched: Touched, touchedFrom: string | null): Promise<void>;
  recordProgress(rows: readonly ProgressRow[]): Promise<void>;
  holdsAccesses(): Promise<boolean>;
}

export interface ExplainedAccess {
  readonly event: AccessEvent;
  readonly rank: number;
  readonly explained: Explained;
  /** grows with all that its explanation was decided on, see explainer.ts */
  readonly inputs: number;
}

/** Many of them: each one's explanation beside the pack. */
export interface ExplainedAccesses {
  readonly pack: AccessPack;
  readonly explained: readonly Explained[];
  readonly inputs: readonly number[];
}

export type StoredAccess = ExplainedAccess;

export interface StoredCases {
  readonly versions: readonly CaseVersion[];
  /** how many contents each case has ever had, as of a moment before the versions were read */
  readonly contents: ReadonlyMap<string, number>;
}

/** One content of an access. */
export interface Citation {
  readonly case_id: string;
  readonly actor_id: string;
  readonly occurred_at: number;
  readonly event_id: string;
  readonly rank: number;
}

export interface CaseNews {
  readonly heads: ReadonlyMap<string, number>;
  readonly ids: readonly string[];
}

/** Which accesses are looked for by the cases that they cite. */
export interface CitingQuery {
  /** all that cite one of these */
  readonly whole: readonly string[];
  /** those that were explained without any version of the case (inputs 0) */
  readonly unanswered: readonly string[];
  /** those at or after fromMs */
  readonly later: readonly string[];
  readonly fromMs: number;
}

export interface ProgressRow {
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
  readonly watermarkMs: number;
}
