// Accesses as stored: written with what was decided about them, found again by case, by customer, by actor.

import type { AccessEvent, Explained } from '../../core/feeds/records.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTime64, toDay } from '../../platform/clickhouse/time.js';
import { inputsOf, rankOf, rowVersion, sqlStrings, TABLES } from '../tables.js';
import type { Touched } from '../touched.js';
import type { CitingQuery, ExplainedAccesses, StoredAccess } from './fact-store.js';
import { MAX_IDS } from './fact-store-cases.js';

/** Of the table access_events, in the order of its rows. */
export const ACCESS_COLUMNS = [...TABLES['access-log'].columns, 'explained', 'version'];

export async function insertAccesses(ch: ClickHouse, accesses: ExplainedAccesses): Promise<void> {
  if (accesses.pack.length > 0) await ch.insertObjects('access_events', ACCESS_COLUMNS, rowsOf(accesses));
}

/** More than what follows an access in its row takes. */
const TAIL_BYTES = 64;
const NEWLINE = 0x0a;

/** The packed texts, which name their columns, each with its explanation and version in place of the closing brace. */
function rowsOf({ pack, explained, inputs }: ExplainedAccesses): Buffer {
  let bytes = pack.length * TAIL_BYTES;
  for (let i = 0; i < pack.length; i++) bytes += pack.sizeAt(i);
  const rows = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (let i = 0; i < pack.length; i++) {
    toDateTime64(pack.times[i] as number);
    pack.copyAt(i, rows, at);
    at += pack.sizeAt(i) - 1;
    const version = rowVersion(pack.ranks[i] as number, inputs[i] as number);
    at += rows.write(`,"explained":"${explained[i]}","version":${version}}`, at, 'latin1');
    rows[at++] = NEWLINE;
  }
  return rows.subarray(0, at);
}

/** In the order of TABLES['access-log'].columns. */
export const accessRow = (
  event: Omit<AccessEvent, 'occurred_at'>,
  occurredAt: unknown,
  explained: Explained,
  version: unknown,
): unknown[] => [
  event.event_id,
  occurredAt,
  event.actor_id,
  event.actor_kind,
  event.action,
  event.outcome,
  event.tool,
  event.marketplace,
  event.seller_id,
  event.customer_ids,
  event.review_id,
  event.review_rating,
  event.record_count,
  event.case_id,
  event.approver_id,
  event.session_id,
  event.source_ip,
  event.country,
  explained,
  version,
];

interface CitingRow extends Omit<AccessEvent, 'record_count' | 'occurred_at'> {
  readonly occurred_ms: string;
  readonly record_count: string;
  readonly explained: Explained;
  readonly version: string;
}

/**
 * In two steps, neither of which reads more of the past than it must: the narrow table of citations, ordered by case and cut by
 * time, names the accesses; they are then read by their identities.
 */
export async function readCiting(ch: ClickHouse, query: CitingQuery): Promise<StoredAccess[]> {
  const keys = new Map<string, AccessName>();
  for (const citation of await findCitations(ch, query)) keys.set(JSON.stringify(citation), citation);
  const citations = [...keys.values()];
  const found: StoredAccess[] = [];
  for (let from = 0; from < citations.length; from += MAX_IDS)
    for (const access of await readAccesses(ch, citations.slice(from, from + MAX_IDS))) found.push(access);
  return found;
}

interface AccessName {
  readonly actor_id: string;
  readonly ms: string;
  readonly event_id: string;
}

async function findCitations(ch: ClickHouse, { whole, unanswered, later, fromMs }: CitingQuery): Promise<AccessName[]> {
  const kinds: readonly (readonly [readonly string[], string])[] = [
    [whole, '1'],
    [unanswered, 'answered = 0'],
    [later, `occurred_at >= fromUnixTimestamp64Milli(${Number.isFinite(fromMs) ? fromMs : 0})`],
  ];
  const found: AccessName[] = [];
  for (const [ids, bound] of kinds) {
    for (let from = 0; from < ids.length; from += MAX_IDS) {
      const rows = await ch.query<AccessName>(
        `SELECT actor_id, toUnixTimestamp64Milli(occurred_at) AS ms, event_id FROM {db}.citations
        WHERE ${bound} AND case_id IN (${sqlStrings(ids.slice(from, from + MAX_IDS))})`,
      );
      for (const row of rows) found.push(row);
    }
  }
  return found;
}

async function readAccesses(ch: ClickHouse, citations: readonly AccessName[]): Promise<StoredAccess[]> {
  const columns = TABLES['access-log'].columns.filter((column) => column !== 'occurred_at');
  const times = citations.map(({ ms }) => Number(ms));
  const identities = citations.map(
    ({ actor_id, ms, event_id }) => `(${sqlStrings([actor_id])},${ms},${sqlStrings([event_id])})`,
  );
  const rows = await ch.query<CitingRow>(
    `SELECT ${columns.join(', ')}, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, explained, version
    FROM {db}.access_events FINAL
    WHERE toDate(occurred_at) IN (${[...new Set(times.map(toDay))].map((day) => `'${day}'`).join(',')})
      AND occurred_at >= fromUnixTimestamp64Milli(${times.reduce((a, b) => Math.min(a, b))})
      AND occurred_at <= fromUnixTimestamp64Milli(${times.reduce((a, b) => Math.max(a, b))})
      AND actor_id IN (${sqlStrings(new Set(citations.map(({ actor_id }) => actor_id)))})
      AND (actor_id, toUnixTimestamp64Milli(occurred_at), event_id) IN (${identities.join(',')})
    SETTINGS do_not_merge_across_partitions_select_final = 1`,
  );
  return rows.map(({ occurred_ms, explained, version, ...rest }) => {
    const event: AccessEvent = { ...rest, occurred_at: Number(occurred_ms), record_count: Number(rest.record_count) };
    return { event, explained, rank: rankOf(version), inputs: inputsOf(version) };
  });
}

export async function addReaders(ch: ClickHouse, customers: readonly string[], touched: Touched): Promise<void> {
  const rows = await ch.query<{ day: string; actor_id: string }>(
    `SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events WHERE hasAny(customer_ids, [${sqlStrings(customers)}])`,
  );
  touched.addArrays(
    rows.map((row) => row.day),
    rows.map((row) => row.actor_id),
  );
}

export async function firstDay(ch: ClickHouse, actors: readonly string[]): Promise<string | null> {
  const [row] = await ch.query<{ n: string; day: string }>(
    `SELECT count() AS n, toDate(min(occurred_at)) AS day FROM {db}.access_events WHERE actor_id IN (${sqlStrings(actors)})`,
  );
  return row === undefined || Number(row.n) === 0 ? null : row.day;
}

export async function firstRecords(ch: ClickHouse, employees: readonly string[]): Promise<Map<string, number>> {
  const rows = await ch.query<{ employee_id: string; ms: string }>(
    `SELECT employee_id, toUnixTimestamp64Milli(min(valid_from)) AS ms FROM {db}.employees
    WHERE employee_id IN (${sqlStrings(employees)}) GROUP BY employee_id`,
  );
  return new Map(rows.map(({ employee_id, ms }) => [employee_id, Number(ms)]));
}
