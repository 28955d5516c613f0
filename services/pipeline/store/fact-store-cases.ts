// Support cases as stored: their versions, and a fingerprint that changes when one of them does.

import type { SupportCase } from '../../core/feeds/records.js';
import { push } from '../../core/maps.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';
import type { Cases } from './fact-store.js';

const NO_CASES: Cases = { byId: new Map(), fingerprint: '0/0' };
/** Ids in one statement. */
export const MAX_IDS = 20_000;

interface CaseRow extends Omit<SupportCase, 'opened_at' | 'closed_at' | 'updated_at' | 'record_limit'> {
  readonly opened_ms: string;
  readonly closed_ms: string | null;
  readonly updated_ms: string;
  readonly limit: string | null;
  readonly version: string;
}

export async function readCases(ch: ClickHouse, ids: readonly string[]): Promise<Cases> {
  if (ids.length === 0) return NO_CASES;
  const byId = new Map<string, SupportCase[]>();
  let count = 0;
  let sum = 0n;
  for (let from = 0; from < ids.length; from += MAX_IDS) {
    const rows = await ch.query<CaseRow>(
      `SELECT case_id, kind, status, toUnixTimestamp64Milli(opened_at) AS opened_ms, toUnixTimestamp64Milli(closed_at) AS closed_ms,
        opened_by, assignee_id, seller_id, customer_ids, approved_by, toString(record_limit) AS limit,
        toUnixTimestamp64Milli(updated_at) AS updated_ms, version
      FROM {db}.support_cases FINAL WHERE case_id IN (${sqlStrings(ids.slice(from, from + MAX_IDS))}) ORDER BY case_id, updated_at`,
    );
    for (const row of rows) {
      count++;
      sum += BigInt(row.version);
      push(byId, row.case_id, toCase(row));
    }
  }
  return { byId, fingerprint: `${count}/${sum}` };
}

/** Spelled out: it runs once for every case of every batch, and a spread costs ten times as much. */
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

/** The same fingerprint as readCases, without reading the cases. */
export async function fingerprintCases(ch: ClickHouse, ids: readonly string[]): Promise<string> {
  let count = 0n;
  let sum = 0n;
  for (let from = 0; from < ids.length; from += MAX_IDS) {
    const [row] = await ch.query<{ n: string; total: string }>(
      `SELECT count() AS n, toString(sum(toUInt128(version))) AS total FROM {db}.support_cases FINAL
      WHERE case_id IN (${sqlStrings(ids.slice(from, from + MAX_IDS))})`,
    );
    count += BigInt(row?.n ?? 0);
    sum += BigInt(row?.total ?? 0);
  }
  return `${count}/${sum}`;
}
