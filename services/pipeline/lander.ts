// Lands a batch: dead letters, context, accesses with their explanation, and last the durable duty to judge what they touched.
// Every step is idempotent, so a crash after any await repeats the batch and changes nothing; when land() has resolved, the
// batch's offsets may be committed. It does not know where the batch came from.

import type { RankedAccess } from '../core/feeds/access-pack.js';
import type { DecodedBatch } from '../core/feeds/batch.js';
import { eventTimeMs } from '../core/feeds/identity.js';
import type { ContextFeed, Employee, Feed, SupportCase } from '../core/feeds/records.js';
import { MAX_TIME_MS } from '../core/feeds/values.js';
import { dayFromText, dayOf } from '../core/time.js';
import { BulkTasks } from './cases/bulk-tasks.js';
import { CaseBook, type Cases } from './cases/case-book.js';
import { SharedCases, type Tick } from './cases/shared-cases.js';
import { type BulkLimits, bulkTasksOf, citedCases, NO_LIMITS, NO_QUERY, readLimits, reexplain } from './explainer.js';
import { Explanations } from './explanations.js';
import type { FactStore, ProgressRow } from './store/fact-store.js';
import { Touched } from './touched.js';

export interface LandInput {
  /** where the batch came from, for people; a random part is added, so that a repeat is a duty of its own */
  readonly batchId: string;
  readonly batches: readonly DecodedBatch[];
}

export interface LandSummary {
  readonly landed: number;
  readonly deadLetters: number;
}

export interface Lander {
  /** Several may be under way at once. */
  land(input: LandInput): Promise<LandSummary>;
  /** Says how far has been landed: in the order of the offsets, and only once all before them has been landed. */
  recordProgress(rows: readonly ProgressRow[]): Promise<void>;
}

/** A lander that may put work off until everything has been landed. */
export interface ExclusiveLander extends Lander {
  /** Explains what could only be explained at the end; before it has resolved, nothing may be judged. */
  finish(): Promise<void>;
}

export interface LanderOptions {
  /** how much memory the remembered cases may take; results are the same with any */
  readonly caseBytes?: number;
}

const SHARED_CASE_BYTES = 64_000_000;
const EXCLUSIVE_CASE_BYTES = 160_000_000;
/** A decision is read with what undid it within so many days. */
const UNDOING_DAYS = 60;
/** Cases of one query for citations. */
const MAX_DUE = 20_000;

/** Lands beside others: what it reads may change behind its back, so it looks again after writing. */
export function createLander(store: FactStore, { caseBytes = SHARED_CASE_BYTES }: LanderOptions = {}): Lander {
  const shared = new SharedCases(store, { maxBytes: caseBytes });
  const casesNow = async (ids: readonly string[]) => (await shared.read(ids)).cases;
  const explaining: Explaining = {
    readCases: (ids) => shared.read(ids),
    changedSince: (tick, ids) => shared.changedSince(tick, ids),
    readLimits: (cases, accesses) => readLimits(store, cases, accesses),
    async landCases({ records, ranks }, touched) {
      const { stored, citing } = shared.write(records, ranks, () =>
        store.insertContext('support-cases', records, ranks),
      );
      await stored;
      return { rest: citing.then((query) => reexplain(store, { query, readCases: casesNow }, touched)) };
    },
    async onBulkTasks(fromMs, touched) {
      const query = { ...NO_QUERY, whole: [...fromMs.keys()].sort() };
      await reexplain(store, { query, fromMs, readCases: casesNow }, touched);
    },
  };
  return { land: (input) => land(store, input, explaining), recordProgress: (rows) => store.recordProgress(rows) };
}

/**
 * Lands alone, as a replay of an embedded database does: nobody else writes cases, and what depends on all accesses of a case is
 * explained once at the end.
 */
export async function createExclusiveLander(
  store: FactStore,
  { caseBytes = EXCLUSIVE_CASE_BYTES }: LanderOptions = {},
): Promise<ExclusiveLander> {
  const heldAccesses = await store.holdsAccesses();
  const book = new CaseBook(store, caseBytes);
  await book.begin();
  const due = new Set<string>();
  const explaining: Explaining = {
    readCases: async (ids) => ({ cases: await book.read(ids), tick: 0 }),
    changedSince: async (tick) => ({ ids: [], tick }),
    readLimits: async () => NO_LIMITS,
    async landCases({ records, ranks }) {
      const fresh = new Set(idsOf(records).filter((id) => !book.mayBeStored(id)));
      book.expect([...fresh]);
      await store.insertContext('support-cases', records, ranks);
      book.add(records, ranks, (id) => fresh.has(id));
      if (heldAccesses) for (const id of idsOf(records)) due.add(id);
      return { rest: Promise.resolve() };
    },
    async onBulkTasks(fromMs) {
      for (const id of fromMs.keys()) due.add(id);
    },
  };
  return {
    land: (input) => land(store, input, explaining),
    recordProgress: (rows) => store.recordProgress(rows),
    async finish() {
      const touched = new Touched();
      const ids = [...due].sort();
      for (let from = 0; from < ids.length; from += MAX_DUE)
        await reexplain(
          store,
          { query: { ...NO_QUERY, whole: ids.slice(from, from + MAX_DUE) }, readCases: (cited) => book.read(cited) },
          touched,
        );
      due.clear();
      await store.oblige('explained-at-the-end', touched, null);
    },
  };
}

/** How cases are known, and what is done when they, or accesses that cite a bulk task, have been landed. */
interface Explaining {
  readCases(ids: readonly string[]): Promise<{ readonly cases: Cases; readonly tick: Tick }>;
  /** Of these cases those that may have changed since they were read at that tick; to be asked again from the answer's tick. */
  changedSince(tick: Tick, ids: readonly string[]): Promise<{ readonly ids: readonly string[]; readonly tick: Tick }>;
  readLimits(cases: Cases, accesses: readonly RankedAccess[]): Promise<BulkLimits>;
  /** Stores them; the rest, which may go on beside the landing of accesses, sees to the stored accesses that they explain. */
  landCases(batch: DecodedBatch<'support-cases'>, touched: Touched): Promise<{ readonly rest: Promise<void> }>;
  /** Accesses that cite these tasks, or did, have been landed, the earliest of each at that time. */
  onBulkTasks(fromMs: ReadonlyMap<string, number>, touched: Touched): Promise<void>;
}

const idsOf = (records: readonly SupportCase[]): string[] =>
  [...new Set(records.map((record) => record.case_id))].sort();

async function land(store: FactStore, { batchId, batches }: LandInput, explaining: Explaining): Promise<LandSummary> {
  const touched = new Touched();
  const rests: Promise<void>[] = [];
  const beside = (work: Promise<void>): void => {
    work.catch(() => undefined);
    rests.push(work);
  };
  const letters = batches.flatMap((batch) => batch.deadLetters);
  if (letters.length > 0) beside(store.insertDeadLetters(letters));
  let landed = 0;
  for (const batch of batches) {
    landed += batch.records.length;
    if (batch.records.length === 0) continue;
    if (isFeed(batch, 'access-log')) await landAccesses(store, batch, explaining, touched);
    else if (isFeed(batch, 'support-cases')) {
      const { rest } = await explaining.landCases(batch, touched);
      beside(rest);
    } else await landContext(store, batch as DecodedBatch<ContextFeed>, touched);
  }
  await Promise.all(rests);
  await store.oblige(batchId, touched, null);
  return { landed, deadLetters: letters.length };
}

const isFeed = <F extends Feed>(batch: DecodedBatch, feed: F): batch is DecodedBatch<F> => batch.feed === feed;

async function landAccesses(
  store: FactStore,
  { records: pack }: DecodedBatch<'access-log'>,
  explaining: Explaining,
  touched: Touched,
): Promise<void> {
  const ids = citedCases(pack.caseIds);
  let { cases, tick } = await explaining.readCases(ids);
  const bulk = new BulkTasks(store);
  const decided = new Explanations(pack);
  let places = decided.all;
  for (;;) {
    const ofBulk = decided.citing(new Set(bulkTasksOf(cases)), places);
    await bulk.add(ofBulk);
    const limits = await explaining.readLimits(cases, ofBulk);
    const newer = decided.decide(places, cases, limits);
    if (newer.length > 0) await store.insertAccesses(decided.of(newer));
    const changed = await explaining.changedSince(tick, ids);
    if (changed.ids.length === 0) break;
    tick = changed.tick;
    ({ cases } = await explaining.readCases(changed.ids));
    const concerned = new Set<string | null>(changed.ids);
    places = decided.all.filter((i) => concerned.has(pack.caseIds[i] as string | null));
  }
  await bulk.addReplaced(pack);
  if (bulk.fromMs.size > 0) await explaining.onBulkTasks(bulk.fromMs, touched);
  for (let i = 0; i < pack.length; i++) touched.addTime(pack.times[i] as number, pack.actorIds[i] as string);
}

async function landContext(store: FactStore, batch: DecodedBatch<ContextFeed>, touched: Touched): Promise<void> {
  await store.insertContext(batch.feed, batch.records, batch.ranks);
  if (isFeed(batch, 'canaries')) {
    const customers = batch.records.map((record) => record.customer_id);
    return store.addReaders(customers, touched);
  }
  if (isFeed(batch, 'employees')) return touchDirectory(store, batch.records, touched);
  const from = dayOf(
    batch.records.reduce((min, record) => Math.min(min, eventTimeMs(batch.feed, record)), MAX_TIME_MS),
  );
  if (isFeed(batch, 'sellers')) touched.addPart('sellers', from);
  if (isFeed(batch, 'seller-links')) touched.addPart('clusters', from);
  if (isFeed(batch, 'seller-enforcements')) touched.addPart('decisions', from - UNDOING_DAYS);
  if (isFeed(batch, 'customer-complaints')) touched.addPart('complaints', from);
}

/** A record matters from its own time on; an employee's first one to all that the employee did before it, too. */
async function touchDirectory(store: FactStore, records: readonly Employee[], touched: Touched): Promise<void> {
  const earliest = await store.firstRecords([...new Set(records.map((record) => record.employee_id))]);
  const firsts = new Set<string>();
  for (const { employee_id, valid_from } of records) {
    if (valid_from <= (earliest.get(employee_id) ?? valid_from)) firsts.add(employee_id);
    touched.addPart('directory', dayOf(valid_from));
  }
  if (firsts.size === 0) return;
  const day = await store.firstDay([...firsts]);
  if (day !== null) touched.addPart('directory', dayFromText(day));
}
