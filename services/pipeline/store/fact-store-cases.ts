// Support cases as stored: their versions, the hashes of their ids, and the log of who writes which of them.

import type { SupportCase } from '../../core/feeds/records.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { CaseVersion } from '../cases/case-cache.js';
import { rankOf, sqlStrings } from '../tables.js';
import type { CaseNews, StoredCases } from './fact-store.js';

/** Ids in one statement. */
export const MAX_IDS = 20_000;

interface CaseRow extends Omit<SupportCase, 'opened_at' | 'closed_at' | 'updated_at' | 'record_limit'> {
  readonly opened_ms: string;
  readonly closed_ms: string | null;
  readonly updated_ms: string;
  readonly limit: string | null;
  readonly version: string;
}

/** Contents are counted first: a version that comes between is read and not counted, and its writer explains again. */
export async function readCases(ch: ClickHouse, ids: readonly string[]): Promise<StoredCases> {
  const contents = new Map<string, number>();
  const versions: CaseVersion[] = [];
  for (let from = 0; from < ids.length; from += MAX_IDS) {
    const list = sqlStrings(ids.slice(from, from + MAX_IDS));
    const counts = await ch.query<{ case_id: string; n: string }>(
      `SELECT case_id, uniqExact(updated_at, rank) AS n FROM {db}.case_contents WHERE case_id IN (${list}) GROUP BY case_id`,
    );
    for (const { case_id, n } of counts) contents.set(case_id, Number(n));
    const rows = await ch.query<CaseRow>(
      `SELECT case_id, kind, status, toUnixTimestamp64Milli(opened_at) AS opened_ms, toUnixTimestamp64Milli(closed_at) AS closed_ms,
        opened_by, assignee_id, seller_id, customer_ids, approved_by, toString(record_limit) AS limit,
        toUnixTimestamp64Milli(updated_at) AS updated_ms, version
      FROM {db}.support_cases WHERE case_id IN (${list})`,
    );
    for (const row of rows) versions.push({ record: toCase(row), rank: rankOf(row.version) });
  }
  return { contents, versions };
}

/** Spelled out: a spread costs ten times as much. */
const toCase = (row: CaseRow): SupportCase => ({
  case_id: row.case_id,
  kind: row.kind,
  status: row.status,
  opened_at: Number(row.opened_ms),
  closed_at: row.closed_ms === null ? null : Number(row.closed_ms),
  opened_by: row.opened_by,
  assignee_id: row.assignee_id,
  seller_id: row.seller_id,
  customer_ids: row.customer_ids,
  approved_by: row.approved_by,
  record_limit: row.limit === null ? null : Number(row.limit),
  updated_at: Number(row.updated_ms),
});

/** Four bytes an id, once per process: ten million ids are 40 MB on the wire and never all in memory. */
export const scanCaseIds = (ch: ClickHouse, onHashes: (hashes: Uint32Array) => void): Promise<void> =>
  ch.scanIntegers('SELECT murmurHash3_32(case_id) FROM {db}.support_cases', onHashes);

const COLUMNS = ['writer', 'seq', 'case_ids'];

export const announceCases = (ch: ClickHouse, writer: string, seq: number, ids: readonly string[]): Promise<void> =>
  ch.insert('case_writes', COLUMNS, [[writer, seq, ids]]);

export async function readCaseHeads(ch: ClickHouse): Promise<Map<string, number>> {
  const rows = await ch.query<{ writer: string; last: number }>(
    'SELECT writer, max(seq) AS last FROM {db}.case_writes GROUP BY writer',
  );
  return new Map(rows.map(({ writer, last }) => [writer, last]));
}

/** Reads each known writer's last entry again, without its ids: its absence shows that the log was cut. */
export async function readCaseNews(
  ch: ClickHouse,
  heads: ReadonlyMap<string, number>,
  own: string,
): Promise<CaseNews | null> {
  const known = [...heads].map(([writer, seq]) => `(writer = '${writer}' AND seq >= ${seq})`);
  const isHead = [...heads].map(([writer, seq]) => `('${writer}', ${seq})`);
  const elided = [`writer = '${own}'`, ...(isHead.length > 0 ? [`(writer, seq) IN (${isHead.join(', ')})`] : [])];
  const others = heads.size > 0 ? `writer NOT IN (${sqlStrings(heads.keys())})` : '1';
  const rows = await ch.query<{ writer: string; seq: number; ids: string[] }>(
    `SELECT writer, seq, if(${elided.join(' OR ')}, [], case_ids) AS ids FROM {db}.case_writes
    WHERE ${[others, ...known].join(' OR ')}`,
  );
  const now = new Map<string, number>();
  const ids: string[] = [];
  for (const row of rows) {
    now.set(row.writer, Math.max(row.seq, now.get(row.writer) ?? 0));
    for (const id of row.ids) ids.push(id);
  }
  for (const writer of heads.keys()) if (!now.has(writer)) return null;
  return { heads: now, ids };
}
