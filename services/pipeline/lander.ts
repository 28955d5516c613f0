// Lands a batch: dead letters, context, accesses with their explanation, and last the durable duty to judge what they touched.
// Every step is idempotent, so a crash after any await repeats the batch and changes nothing; when land() has resolved, the
// batch's offsets may be committed. It does not know where the batch came from.

import type { DeadLetter, DecodedBatch } from '../core/feeds/batch.js';
import type { AccessEvent, ContextFeed, Feed, SupportCase } from '../core/feeds/records.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';
import { type ExplainedAccess, insertAccesses } from './access-rows.js';
import { oblige } from './duties.js';
import {
  type BulkLimits,
  bulkTasksOf,
  type Cases,
  citedCases,
  explainAccess,
  fingerprintCases,
  NO_LIMITS,
  readCases,
  readLimits,
  reexplain,
} from './explainer.js';
import { RememberedCases } from './remembered-cases.js';
import { rowVersion, sqlStrings, TABLES, toValues } from './tables.js';
import { Touched } from './touched.js';

export interface ProgressRow {
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
  readonly watermarkMs: number;
}

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

/** Before every valid time: the watermark of a partition that has had dead letters only. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/** Lands beside others: what it reads may change behind its back, so it looks again after writing. */
export function createLander(ch: ClickHouse): Lander {
  const explaining: Explaining = {
    readCases: (ids) => readCases(ch, ids),
    readLimits: (cases, events) => readLimits(ch, cases, events),
    isCurrent: async (cases, ids) => (await fingerprintCases(ch, ids)) === cases.fingerprint,
    onCases: async (records, _ranks, touched) => reexplain(ch, idsOf(records), touched),
    onBulkTasks: (ids, touched) => reexplain(ch, ids, touched),
  };
  return { land: (input) => land(ch, input, explaining) };
}

/**
 * Lands alone, as a replay of an embedded database does: cases are remembered, and what depends on all accesses of a case is
 * explained once at the end.
 */
export async function createExclusiveLander(ch: ClickHouse): Promise<ExclusiveLander> {
  const [stored] = await ch.query<{ cases: string; accesses: string }>(
    'SELECT (SELECT count() FROM {db}.support_cases) AS cases, (SELECT count() FROM {db}.access_events) AS accesses',
  );
  const remembered = new RememberedCases();
  if (stored?.cases !== '0') remembered.forget();
  const due = new Set<string>();
  const explaining: Explaining = {
    async readCases(ids) {
      const byId = remembered.read(ids);
      return byId === null ? readCases(ch, ids) : { byId, fingerprint: '' };
    },
    readLimits: async () => NO_LIMITS,
    isCurrent: async () => true,
    async onCases(records, ranks) {
      remembered.add(records, ranks);
      if (stored?.accesses !== '0') for (const id of idsOf(records)) due.add(id);
    },
    async onBulkTasks(ids) {
      for (const id of ids) due.add(id);
    },
  };
  return {
    land: (input) => land(ch, input, explaining),
    async finish() {
      const touched = new Touched();
      await reexplain(ch, [...due].sort(), touched);
      due.clear();
      await oblige(ch, 'explained-at-the-end', touched, null);
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
  ch: ClickHouse,
  { batchId, batches, progress }: LandInput,
  explaining: Explaining,
): Promise<LandSummary> {
  const touched = new Touched();
  let landed = 0;
  let deadLetters = 0;
  let touchedFrom: string | null = null;
  for (const batch of batches) {
    await insertDeadLetters(ch, batch.deadLetters);
    deadLetters += batch.deadLetters.length;
    landed += batch.records.length;
    if (batch.records.length === 0) continue;
    if (isFeed(batch, 'access-log')) await landAccesses(ch, batch, explaining, touched);
    else
      touchedFrom = earlier(
        touchedFrom,
        await landContext(ch, batch as DecodedBatch<ContextFeed>, explaining, touched),
      );
  }
  await oblige(ch, batchId, touched, touchedFrom);
  await recordProgress(ch, progress);
  return { landed, deadLetters };
}

const isFeed = <F extends Feed>(batch: DecodedBatch, feed: F): batch is DecodedBatch<F> => batch.feed === feed;

const earlier = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b);

async function insertDeadLetters(ch: ClickHouse, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const columns = ['topic', 'partition', 'offset', 'reason', 'error', 'key', 'payload'];
  await ch.insert(
    'dead_letters',
    columns,
    letters.map((letter) => [
      letter.topic,
      letter.partition,
      letter.offset,
      letter.reason,
      letter.error,
      toText(letter.key),
      toText(letter.payload),
    ]),
  );
}

/** Bytes as text where they are valid UTF-8, else as base64 with that prefix, so that the original can always be had back. */
function toText(bytes: Buffer | null): string {
  if (bytes === null) return '';
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
}

async function landAccesses(
  ch: ClickHouse,
  batch: DecodedBatch<'access-log'>,
  explaining: Explaining,
  touched: Touched,
): Promise<void> {
  const ids = citedCases(batch.records);
  let cases = await explaining.readCases(ids);
  let rows = explainAll(batch, cases, await explaining.readLimits(cases, batch.records));
  await insertAccesses(ch, rows);
  while (!(await explaining.isCurrent(cases, ids))) {
    cases = await explaining.readCases(ids);
    const again = explainAll(batch, cases, await explaining.readLimits(cases, batch.records));
    await insertAccesses(
      ch,
      again.filter((row, i) => row.explained !== rows[i]?.explained),
    );
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
  ch: ClickHouse,
  batch: DecodedBatch<ContextFeed>,
  explaining: Explaining,
  touched: Touched,
): Promise<string | null> {
  const { name, columns } = TABLES[batch.feed];
  await ch.insert(
    name,
    [...columns, 'version'],
    batch.records.map((record, i) => [...toValues(batch.feed, record), rowVersion(batch.ranks[i] as number, 0)]),
  );
  if (isFeed(batch, 'support-cases')) await explaining.onCases(batch.records, batch.ranks, touched);
  if (isFeed(batch, 'canaries'))
    await touchReaders(
      ch,
      batch.records.map((record) => record.customer_id),
      touched,
    );
  if (isFeed(batch, 'seller-links')) return firstDay(ch);
  if (isFeed(batch, 'employees'))
    return firstDayOf(ch, [...new Set(batch.records.map((record) => record.employee_id))]);
  return null;
}

async function touchReaders(ch: ClickHouse, customers: readonly string[], touched: Touched): Promise<void> {
  const rows = await ch.query<{ day: string; actor_id: string }>(
    `SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events WHERE hasAny(customer_ids, [${sqlStrings(customers)}])`,
  );
  touched.addArrays(
    rows.map((row) => row.day),
    rows.map((row) => row.actor_id),
  );
}

/** The first day on which one of the employees has an access: a directory record changes groups from there on, at the earliest. */
async function firstDayOf(ch: ClickHouse, employees: readonly string[]): Promise<string | null> {
  const [row] = await ch.query<{ n: string; day: string }>(
    `SELECT count() AS n, toDate(min(occurred_at)) AS day FROM {db}.access_events WHERE actor_id IN (${sqlStrings(employees)})`,
  );
  return row === undefined || Number(row.n) === 0 ? null : row.day;
}

/** Links change what a seller's favours are part of, in every window. */
async function firstDay(ch: ClickHouse): Promise<string | null> {
  const [row] = await ch.query<{ n: string; day: string }>(
    'SELECT count() AS n, toDate(min(occurred_at)) AS day FROM {db}.access_events',
  );
  return row === undefined || Number(row.n) === 0 ? null : row.day;
}

async function recordProgress(ch: ClickHouse, progress: readonly ProgressRow[]): Promise<void> {
  if (progress.length === 0) return;
  await ch.insert(
    'progress',
    ['cluster', 'topic', 'partition', 'next_offset', 'watermark'],
    progress.map((row) => [
      row.cluster,
      row.topic,
      row.partition,
      row.next_offset,
      toDateTime64(Math.max(EARLIEST_MS, row.watermarkMs)),
    ]),
  );
}
