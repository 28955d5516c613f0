// Cases beside other writers. Every writer says in a common log which cases it writes, before and after it writes them; whoever
// explains an access reads cases first, writes the access, and then reads the log: what it names since is explained again.
//
// Why this is enough. A writer of a case (1) logs, (2) stores the version, (3) logs again, (4) looks for accesses that the version
// can change. Whoever lands an access (a) reads the case, (b) stores the access, (c) reads the log. Either (c) sees (3), then the
// access is explained again; or (3) came after (c), then (4) finds the access, which (b) stored. A writer that dies repeats from
// (1), its offsets are not committed. (1) makes known that a version may be stored by somebody who never came to (3).
// The log is kept for days and trusted for an hour: whoever slept longer, or finds its place in the log gone, begins anew.

import { randomUUID } from 'node:crypto';
import type { SupportCase } from '../../core/feeds/records.js';
import type { CitingQuery, FactStore } from '../store/fact-store.js';
import { CaseBook, type Cases } from './case-book.js';

export interface SharedCasesOptions {
  readonly maxBytes: number;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

/** A moment in what this process has heard of cases. */
export type Tick = number;

interface Change {
  readonly tick: Tick;
  readonly ids: ReadonlySet<string>;
  readonly isOwn: boolean;
}

const TRUSTED_MS = 3_600_000;
const MAX_CHANGES = 200;

export class SharedCases {
  private readonly book: CaseBook;
  private readonly writer = randomUUID();
  private readonly nowMs: () => number;
  private seq = 0;
  private heads: ReadonlyMap<string, number> | null = null;
  private heardMs = 0;
  private tick: Tick = 0;
  /** What happened before this tick is no longer known in detail. */
  private horizon: Tick = 0;
  private changes: Change[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  /** of the last write: its cases are stored and can be read here */
  private stored: Promise<unknown> = Promise.resolve();
  private beginning: Promise<void> | null = null;

  constructor(
    private readonly store: FactStore,
    options: SharedCasesOptions,
  ) {
    this.book = new CaseBook(store, options.maxBytes);
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  /** The cases as of now, and the tick to ask `changedSince` with once what rests on them is stored. */
  async read(ids: readonly string[]): Promise<{ readonly cases: Cases; readonly tick: Tick }> {
    await this.begun();
    // What this process is about to store would be heard of right after, and all explained again.
    await this.stored.catch(() => undefined);
    const tick = this.tick;
    return { cases: await this.book.read(ids), tick };
  }

  /** Of these cases those of which anybody may have written since the tick, and the tick of this answer. */
  async changedSince(
    tick: Tick,
    ids: readonly string[],
  ): Promise<{ readonly ids: readonly string[]; readonly tick: Tick }> {
    await this.hear();
    if (tick < this.horizon) return { ids, tick: this.tick };
    const since = this.changes.filter((change) => change.tick > tick);
    const changed = since.length === 0 ? [] : ids.filter((id) => since.some((change) => change.ids.has(id)));
    return { ids: changed, tick: this.tick };
  }

  /**
   * Stores versions of cases by `insert`, one call at a time.
   * @returns stored: they can be read; citing: which accesses they can change, once others have been told. Where `stored` fails, so does
   * `citing`.
   */
  write(
    records: readonly SupportCase[],
    ranks: readonly number[],
    insert: () => Promise<void>,
  ): { readonly stored: Promise<void>; readonly citing: Promise<CitingQuery> } {
    const ids = [...new Set(records.map((record) => record.case_id))].sort();
    const storing = this.turn.catch(() => undefined).then(() => this.storeNow(ids, records, ranks, insert));
    const citing = storing.then(async ({ tick, fresh, before }) => {
      await this.store.announceCases(this.writer, ++this.seq, ids);
      await this.hear();
      return citingQuery(records, fresh, before, this.contestedSince(tick));
    });
    citing.catch(() => undefined);
    const stored = storing.then(() => undefined);
    this.stored = stored;
    this.turn = citing;
    return { stored, citing };
  }

  private async storeNow(
    ids: readonly string[],
    records: readonly SupportCase[],
    ranks: readonly number[],
    insert: () => Promise<void>,
  ): Promise<{ readonly tick: Tick; readonly fresh: ReadonlySet<string>; readonly before: Cases }> {
    await this.begun();
    // What others wrote unheard so far is heard once this is announced, and makes its cases contested.
    const { tick } = this;
    const fresh = new Set(ids.filter((id) => !this.book.mayBeStored(id)));
    const before = await this.book.read(ids.filter((id) => !fresh.has(id)));
    this.book.expect(ids);
    await this.store.announceCases(this.writer, ++this.seq, ids);
    await insert();
    const contestedMeanwhile = this.contestedSince(tick);
    this.book.add(records, ranks, (id) => fresh.has(id) && !contestedMeanwhile(id));
    this.note(ids, true);
    return { tick, fresh, before };
  }

  /** Whether another writer may have written of a case since. */
  private contestedSince(tick: Tick): (id: string) => boolean {
    if (tick < this.horizon) return () => true;
    const others = this.changes.filter((change) => change.tick > tick && !change.isOwn);
    return (id) => others.some((change) => change.ids.has(id));
  }

  /** Learns what others have written. What they wrote before the call is known when it resolves. */
  private async hear(): Promise<void> {
    await this.begun();
    const askedMs = this.nowMs();
    const heads = this.heads as ReadonlyMap<string, number>;
    const news = askedMs - this.heardMs > TRUSTED_MS ? null : await this.store.readCaseNews(heads, this.writer);
    if (news === null) {
      this.heads = null;
      return this.begun();
    }
    if (this.heads === null) return this.begun();
    this.heads = merged(this.heads, news.heads);
    this.heardMs = Math.max(this.heardMs, askedMs);
    if (news.ids.length === 0) return;
    this.book.forget(news.ids);
    this.note(news.ids, false);
  }

  private note(ids: readonly string[], isOwn: boolean): void {
    this.tick += 1;
    this.changes.push({ tick: this.tick, ids: new Set(ids), isOwn });
    if (this.changes.length <= MAX_CHANGES) return;
    this.horizon = this.changes[0]?.tick ?? this.tick;
    this.changes = this.changes.slice(1);
  }

  private begun(): Promise<void> {
    if (this.heads !== null) return Promise.resolve();
    this.beginning ??= this.begin().finally(() => {
      this.beginning = null;
    });
    return this.beginning;
  }

  private async begin(): Promise<void> {
    const askedMs = this.nowMs();
    const heads = await this.store.readCaseHeads();
    this.tick += 1;
    this.horizon = this.tick;
    this.changes = [];
    await this.book.begin();
    this.heads = heads;
    this.heardMs = askedMs;
  }
}

/** By the larger of each writer's numbers: answers may overtake each other. */
function merged(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const both = new Map(a);
  for (const [writer, seq] of b) both.set(writer, Math.max(seq, both.get(writer) ?? 0));
  return both;
}

/**
 * A version matters to accesses from its updated_at on; the first one to all that cite the case. Of a case that was not stored,
 * only accesses that were explained without any version can change. A repeat, or a version before all others, can change any.
 */
export function citingQuery(
  records: readonly SupportCase[],
  fresh: ReadonlySet<string>,
  before: Cases,
  isContested: (id: string) => boolean,
): CitingQuery {
  const unanswered = new Set<string>();
  const whole = new Set<string>();
  const later = new Set<string>();
  let fromMs = Number.POSITIVE_INFINITY;
  for (const { case_id: id, kind, updated_at } of records) {
    const versions = before.get(id)?.versions ?? [];
    const first = versions[0];
    const isBulk = kind === 'bulk_task' || versions.some((version) => version.kind === 'bulk_task');
    if (isBulk || isContested(id)) whole.add(id);
    else if (first === undefined) (fresh.has(id) ? unanswered : whole).add(id);
    else if (updated_at <= first.updated_at || versions.some((version) => version.updated_at === updated_at))
      whole.add(id);
    else {
      later.add(id);
      fromMs = Math.min(fromMs, updated_at);
    }
  }
  return { unanswered: [...unanswered], whole: [...whole], later: [...later], fromMs };
}
