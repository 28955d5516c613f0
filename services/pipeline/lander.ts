// Lands a batch: dead letters, context, accesses with their explanation, and last the durable duty to judge what they touched.
// Every step is idempotent, so a crash after any await repeats the batch and changes nothing; when land() has resolved, the
// batch's offsets may be committed. It does not know where the batch came from.

import type { DecodedBatch } from '../core/feeds/batch.js';
import type { AccessEvent, ContextFeed, Feed, SupportCase } from '../core/feeds/records.js';
import {
  type BulkLimits,
  bulkTasksOf,
  citedCases,
  explainAccess,
  NO_LIMITS,
  readLimits,
  reexplain,
} from './explainer.js';
import { RememberedCases } from './remembered-cases.js';
import type { Cases, ExplainedAccess, FactStore, ProgressRow } from './store/fact-store.js';
import { Touched } from './touched.js';

export interface LandInput {
  /** where the batch came from, for people; a random part is added, so that a repeat is a duty of its own */
  readonly batchId: string;
  readonly batches: readonly DecodedBatch[];
  readonly progress: readonly ProgressRow[];
}

export interface LandSummary {
  readonly landed: number;
  readonly deadLetters: number;
}

export interface Lander {
  land(input: LandInput): Promise<LandSummary>;
}

/** A lander that may put work off until everything has been landed. */
export interface ExclusiveLander extends Lander {
  /** Explains what could only be explained at the end; before it has resolved, nothing may be judged. */
  finish(): Promise<void>;
}

/** Lands beside others: what it reads may change behind its back, so it looks again after writing. */
export function createLander(store: FactStore): Lander {
  const explaining: Explaining = {
    readCases: (ids) => store.readCases(ids),
    readLimits: (cases, events) => readLimits(store, cases, events),
    isCurrent: async (cases, ids) => (await store.fingerprintCases(ids)) === cases.fingerprint,
    onCases: async (records, _ranks, touched) => reexplain(store, idsOf(records), touched),
    onBulkTasks: (ids, touched) => reexplain(store, ids, touched),
  };
  return { land: (input) => land(store, input, explaining) };
}

/**
 * Lands alone, as a replay of an embedded database does: cases are remembered, and what depends on all accesses of a case is
 * explained once at the end.
 */
export async function createExclusiveLander(store: FactStore): Promise<ExclusiveLander> {
  const [heldCases, heldAccesses] = await Promise.all([store.holdsCases(), store.holdsAccesses()]);
  const remembered = new RememberedCases();
  if (heldCases) remembered.forget();
  const due = new Set<string>();
  const explaining: Explaining = {
    async readCases(ids) {
      const byId = remembered.read(ids);
      return byId === null ? store.readCases(ids) : { byId, fingerprint: '' };
    },
    readLimits: async () => NO_LIMITS,
    isCurrent: async () => true,
    async onCases(records, ranks) {
      remembered.add(records, ranks);
      if (heldAccesses) for (const id of idsOf(records)) due.add(id);
    },
    async onBulkTasks(ids) {
      for (const id of ids) due.add(id);
    },
  };
  return {
    land: (input) => land(store, input, explaining),
    async finish() {
      const touched = new Touched();
      await reexplain(store, [...due].sort(), touched);
      due.clear();
      await store.oblige('explained-at-the-end', touched, null);
    },
  };
}

/** How cases are known, and what is done when they, or accesses that cite a bulk task, have been landed. */
interface Explaining {
  readCases(ids: readonly string[]): Promise<Cases>;
  readLimits(cases: Cases, events: readonly AccessEvent[]): Promise<BulkLimits>;
  isCurrent(cases: Cases, ids: readonly string[]): Promise<boolean>;
  onCases(records: readonly SupportCase[], ranks: readonly number[], touched: Touched): Promise<void>;
  onBulkTasks(ids: readonly string[], touched: Touched): Promise<void>;
}

const idsOf = (records: readonly SupportCase[]): string[] =>
  [...new Set(records.map((record) => record.case_id))].sort();

async function land(
  store: FactStore,
  { batchId, batches, progress }: LandInput,
  explaining: Explaining,
): Promise<LandSummary> {
  const touched = new Touched();
  let landed = 0;
  let deadLetters = 0;
  let touchedFrom: string | null = null;
  for (const batch of batches) {
    if (batch.deadLetters.length > 0) await store.insertDeadLetters(batch.deadLetters);
    deadLetters += batch.deadLetters.length;
    landed += batch.records.length;
    if (batch.records.length === 0) continue;
    if (isFeed(batch, 'access-log')) await landAccesses(store, batch, explaining, touched);
    else
      touchedFrom = earlier(
        touchedFrom,
        await landContext(store, batch as DecodedBatch<ContextFeed>, explaining, touched),
      );
  }
  await store.oblige(batchId, touched, touchedFrom);
  if (progress.length > 0) await store.recordProgress(progress);
  return { landed, deadLetters };
}

const isFeed = <F extends Feed>(batch: DecodedBatch, feed: F): batch is DecodedBatch<F> => batch.feed === feed;

const earlier = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b);

async function landAccesses(
  store: FactStore,
  batch: DecodedBatch<'access-log'>,
  explaining: Explaining,
  touched: Touched,
): Promise<void> {
  const ids = citedCases(batch.records);
  let cases = await explaining.readCases(ids);
  let rows = explainAll(batch, cases, await explaining.readLimits(cases, batch.records));
  await store.insertAccesses(rows);
  while (!(await explaining.isCurrent(cases, ids))) {
    cases = await explaining.readCases(ids);
    const again = explainAll(batch, cases, await explaining.readLimits(cases, batch.records));
    await store.insertAccesses(again.filter((row, i) => row.explained !== rows[i]?.explained));
    rows = again;
  }
  await explaining.onBulkTasks(bulkTasksOf(cases), touched);
  for (const event of batch.records) touched.addTime(event.occurred_at, event.actor_id);
}

const explainAll = (batch: DecodedBatch<'access-log'>, cases: Cases, limits: BulkLimits): ExplainedAccess[] =>
  batch.records.map((event: AccessEvent, i) => ({
    event,
    rank: batch.ranks[i] as number,
    ...explainAccess(event, cases, limits),
  }));

/** @returns the day from which everything must be judged anew, or null */
async function landContext(
  store: FactStore,
  batch: DecodedBatch<ContextFeed>,
  explaining: Explaining,
  touched: Touched,
): Promise<string | null> {
  await store.insertContext(batch.feed, batch.records, batch.ranks);
  if (isFeed(batch, 'support-cases')) await explaining.onCases(batch.records, batch.ranks, touched);
  if (isFeed(batch, 'canaries'))
    await store.addReaders(
      batch.records.map((record) => record.customer_id),
      touched,
    );
  // Links change what a seller's favours are part of, in every window; a directory record changes groups from the first
  // access of its employee on, at the earliest.
  if (isFeed(batch, 'seller-links')) return store.firstDay();
  if (isFeed(batch, 'employees'))
    return store.firstDay([...new Set(batch.records.map((record) => record.employee_id))]);
  return null;
}
