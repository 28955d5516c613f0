// Explains accesses by the cases they name, against the database: read cases, decide in core, and for cases that changed find the
// accesses that cite them. Writes only rows whose explanation differs from the stored one, under a version that counts what it was
// decided on; reading after writing on both sides makes the last answer that of the whole set, whoever comes first.

import { accessKey, type ExplainableAccess, explain, withinBulkLimit } from '../core/explain/explain.js';
import type { AccessEvent, Explained, SupportCase } from '../core/feeds/records.js';
import { ensure } from '../core/maps.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { insertAccesses } from './access-rows.js';
import { rankOf, sqlStrings, TABLES } from './tables.js';
import type { Touched } from './touched.js';

export interface Cases {
  readonly byId: ReadonlyMap<string, readonly SupportCase[]>;
  /** changes whenever a version of one of the cases is added or replaced */
  readonly fingerprint: string;
}

const NO_CASES: Cases = { byId: new Map(), fingerprint: '0/0' };
const CHUNK = 20_000;

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
  for (let from = 0; from < ids.length; from += CHUNK) {
    const rows = await ch.query<CaseRow>(
      `SELECT case_id, kind, status, toUnixTimestamp64Milli(opened_at) AS opened_ms, toUnixTimestamp64Milli(closed_at) AS closed_ms,
        opened_by, assignee_id, seller_id, customer_ids, approved_by, toString(record_limit) AS limit,
        toUnixTimestamp64Milli(updated_at) AS updated_ms, version
      FROM {db}.support_cases FINAL WHERE case_id IN (${sqlStrings(ids.slice(from, from + CHUNK))}) ORDER BY case_id, updated_at`,
    );
    for (const row of rows) {
      count++;
      sum += BigInt(row.version);
      const list = byId.get(row.case_id);
      if (list === undefined) byId.set(row.case_id, [toCase(row)]);
      else list.push(toCase(row));
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
  for (let from = 0; from < ids.length; from += CHUNK) {
    const [row] = await ch.query<{ n: string; total: string }>(
      `SELECT count() AS n, toString(sum(toUInt128(version))) AS total FROM {db}.support_cases FINAL
      WHERE case_id IN (${sqlStrings(ids.slice(from, from + CHUNK))})`,
    );
    count += BigInt(row?.n ?? 0);
    sum += BigInt(row?.total ?? 0);
  }
  return `${count}/${sum}`;
}

export const citedCases = (events: readonly AccessEvent[]): string[] => {
  const ids = new Set<string>();
  for (const event of events) if (event.case_id !== null) ids.add(event.case_id);
  return [...ids].sort();
};

export interface Explanation {
  readonly explained: Explained;
  /** how many records it was decided on */
  readonly inputs: number;
}

const UNNAMED: Explanation = { explained: 'no', inputs: 0 };

/** Of each bulk task: which of the accesses that cite it are within its limit, and how many cite it. */
export type BulkLimits = ReadonlyMap<string, { readonly within: ReadonlySet<string>; readonly citing: number }>;

/** Without its task's limit, an access of a bulk task counts as outside. */
export const NO_LIMITS: BulkLimits = new Map();

/** The limits as of the stored accesses and these together, so that what is about to be stored is explained before anybody sees it. */
export async function readLimits(ch: ClickHouse, cases: Cases, events: readonly AccessEvent[]): Promise<BulkLimits> {
  const ids = bulkTasksOf(cases);
  if (ids.length === 0) return NO_LIMITS;
  const stored: readonly ExplainableAccess[] = await readCiting(ch, ids.sort());
  return limitsOf(cases, [...events, ...stored]);
}

/** Of two contents of one access the last counts. */
function limitsOf(cases: Cases, accesses: readonly ExplainableAccess[]): BulkLimits {
  const ids = new Set(bulkTasksOf(cases));
  const citing = new Map<string, Map<string, ExplainableAccess>>();
  for (const access of accesses) {
    if (access.case_id === null || !ids.has(access.case_id)) continue;
    ensure(citing, access.case_id, () => new Map<string, ExplainableAccess>()).set(accessKey(access), access);
  }
  return new Map(
    [...citing].map(([id, ofCase]) => [
      id,
      { within: withinBulkLimit([...ofCase.values()], cases.byId.get(id) ?? []), citing: ofCase.size },
    ]),
  );
}

export function explainAccess(event: AccessEvent, cases: Cases, limits: BulkLimits): Explanation {
  if (event.case_id === null) return UNNAMED;
  const versions = cases.byId.get(event.case_id) ?? [];
  const limit = limits.get(event.case_id);
  const explained = explain(event, versions, (one) => limit?.within.has(accessKey(one)) ?? false);
  return { explained, inputs: versions.length + (limit?.citing ?? 0) };
}

export const bulkTasksOf = (cases: Cases): string[] => {
  const ids: string[] = [];
  for (const [id, versions] of cases.byId) if (versions.some((version) => version.kind === 'bulk_task')) ids.push(id);
  return ids;
};

interface StoredAccess extends ExplainableAccess {
  readonly event: AccessEvent;
  readonly explained: Explained;
  readonly rank: number;
}

/** Explains every stored access that cites one of the cases anew, rewrites what differs and notes whom that touches. */
export async function reexplain(ch: ClickHouse, caseIds: readonly string[], touched: Touched): Promise<void> {
  for (let from = 0; from < caseIds.length; from += CHUNK) {
    const ids = caseIds.slice(from, from + CHUNK);
    const citing = await readCiting(ch, ids);
    if (citing.length === 0) continue;
    const cases = await readCases(ch, [...new Set(citing.map((access) => access.case_id as string))].sort());
    const limits = limitsOf(cases, citing);
    const changed = citing
      .map(({ event, rank, explained: stored }) => ({ event, rank, stored, ...explainAccess(event, cases, limits) }))
      .filter(({ explained, stored }) => explained !== stored);
    if (changed.length === 0) continue;
    await insertAccesses(ch, changed);
    for (const { event } of changed) touched.addTime(event.occurred_at, event.actor_id);
  }
}

async function readCiting(ch: ClickHouse, caseIds: readonly string[]): Promise<StoredAccess[]> {
  const columns = TABLES['access-log'].columns.filter((column) => column !== 'occurred_at');
  const rows = await ch.query<
    Omit<AccessEvent, 'record_count'> & {
      occurred_ms: string;
      record_count: string;
      explained: Explained;
      version: string;
    }
  >(
    `SELECT ${columns.join(', ')}, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, explained, version
    FROM {db}.access_events FINAL WHERE case_id IN (${sqlStrings(caseIds)})
    ORDER BY occurred_at, event_id, actor_id SETTINGS do_not_merge_across_partitions_select_final = 1`,
  );
  return rows.map(({ occurred_ms, explained, version, ...rest }) => {
    const event: AccessEvent = { ...rest, occurred_at: Number(occurred_ms), record_count: Number(rest.record_count) };
    return { ...event, event, explained, rank: rankOf(version) };
  });
}
