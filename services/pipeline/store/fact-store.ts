// What landing and explaining ask of a database, all of it. Every call is idempotent or safe to repeat, and the lander holds
// nothing between calls that a crash could lose, so a store may fail before or after any of them. What a call has written is
// seen by every call that begins after it has resolved; nothing else is assumed of order.

import type { DeadLetter } from '../../core/feeds/batch.js';
import type { AccessEvent, ContextFeed, Explained, FeedRecords, SupportCase } from '../../core/feeds/records.js';
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
  insertAccesses(accesses: readonly ExplainedAccess[]): Promise<void>;
  readCases(ids: readonly string[]): Promise<Cases>;
  /** The same fingerprint as readCases gives, without the cases. */
  fingerprintCases(ids: readonly string[]): Promise<string>;
  /** Every stored access that cites one of the cases, each once. */
  readCiting(caseIds: readonly string[]): Promise<readonly StoredAccess[]>;
  /** The (day, actor) pairs of accesses to one of the customers are added. */
  addReaders(customers: readonly string[], touched: Touched): Promise<void>;
  /** `YYYY-MM-DD` of the first stored access, by one of these actors where they are given; null: there is none. */
  firstDay(actors?: readonly string[]): Promise<string | null>;
  /** Nothing touched, no duty. See duties.ts. */
  oblige(label: string, touched: Touched, touchedFrom: string | null): Promise<void>;
  recordProgress(rows: readonly ProgressRow[]): Promise<void>;
  holdsCases(): Promise<boolean>;
  holdsAccesses(): Promise<boolean>;
}

export interface ExplainedAccess {
  readonly event: AccessEvent;
  readonly rank: number;
  readonly explained: Explained;
  /** how many records it was decided on */
  readonly inputs: number;
}

export interface StoredAccess {
  readonly event: AccessEvent;
  readonly rank: number;
  readonly explained: Explained;
}

export interface Cases {
  /** versions ascending by updated_at, one for each; no entry for an unknown case */
  readonly byId: ReadonlyMap<string, readonly SupportCase[]>;
  /** changes whenever a version of one of the cases is added or replaced */
  readonly fingerprint: string;
}

export interface ProgressRow {
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
  readonly watermarkMs: number;
}
