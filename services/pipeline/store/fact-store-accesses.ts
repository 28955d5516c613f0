// Accesses as stored: written with what was decided about them, found again by case, by customer, by actor.

import type { AccessEvent, Explained } from '../../core/feeds/records.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTime64 } from '../../platform/clickhouse/time.js';
import { rankOf, rowVersion, sqlStrings, TABLES } from '../tables.js';
import type { Touched } from '../touched.js';
import type { ExplainedAccess, StoredAccess } from './fact-store.js';
import { MAX_IDS } from './fact-store-cases.js';

const COLUMNS = [...TABLES['access-log'].columns, 'explained', 'version'];

export async function insertAccesses(ch: ClickHouse, accesses: readonly ExplainedAccess[]): Promise<void> {
  if (accesses.length > 0) await ch.insert('access_events', COLUMNS, accesses.map(toRow));
}

/** In the order of TABLES['access-log'].columns; spelled out because it runs once for every event. */
const toRow = ({ event, rank, explained, inputs }: ExplainedAccess): unknown[] => [
  event.event_id,
  toDateTime64(event.occurred_at),
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
  rowVersion(rank, inputs),
];

interface CitingRow extends Omit<AccessEvent, 'record_count' | 'occurred_at'> {
  readonly occurred_ms: string;
  readonly record_count: string;
  readonly explained: Explained;
  readonly version: string;
}

export async function readCiting(ch: ClickHouse, caseIds: readonly string[]): Promise<StoredAccess[]> {
  const columns = TABLES['access-log'].columns.filter((column) => column !== 'occurred_at');
  const found: StoredAccess[] = [];
  for (let from = 0; from < caseIds.length; from += MAX_IDS) {
    const rows = await ch.query<CitingRow>(
      `SELECT ${columns.join(', ')}, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, explained, version
      FROM {db}.access_events FINAL WHERE case_id IN (${sqlStrings(caseIds.slice(from, from + MAX_IDS))})
      ORDER BY occurred_at, event_id, actor_id SETTINGS do_not_merge_across_partitions_select_final = 1`,
    );
    for (const { occurred_ms, explained, version, ...rest } of rows) {
      const event: AccessEvent = { ...rest, occurred_at: Number(occurred_ms), record_count: Number(rest.record_count) };
      found.push({ event, explained, rank: rankOf(version) });
    }
  }
  return found;
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

export async function firstDay(ch: ClickHouse, actors?: readonly string[]): Promise<string | null> {
  const where = actors === undefined ? '' : `WHERE actor_id IN (${sqlStrings(actors)})`;
  const [row] = await ch.query<{ n: string; day: string }>(
    `SELECT count() AS n, toDate(min(occurred_at)) AS day FROM {db}.access_events ${where}`,
  );
  return row === undefined || Number(row.n) === 0 ? null : row.day;
}
