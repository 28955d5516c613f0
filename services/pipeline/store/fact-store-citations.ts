// Citations as stored: which contents of accesses cite which case, and those of bulk tasks by time.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTime64 } from '../../platform/clickhouse/time.js';
import { sqlStrings } from '../tables.js';
import type { Citation } from './fact-store.js';
import { MAX_IDS } from './fact-store-cases.js';

const COLUMNS = ['case_id', 'occurred_at', 'actor_id', 'event_id', 'rank'];

const toRow = ({ case_id, occurred_at, actor_id, event_id, rank }: Citation): unknown[] => [
  case_id,
  toDateTime64(occurred_at),
  actor_id,
  event_id,
  rank,
];

export async function countCitations(ch: ClickHouse, caseIds: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let from = 0; from < caseIds.length; from += MAX_IDS) {
    const rows = await ch.query<{ case_id: string; n: string }>(
      `SELECT case_id, uniqExact(actor_id, occurred_at, event_id, rank) AS n FROM {db}.citations
      WHERE case_id IN (${sqlStrings(caseIds.slice(from, from + MAX_IDS))}) GROUP BY case_id`,
    );
    for (const { case_id, n } of rows) counts.set(case_id, Number(n));
  }
  return counts;
}

export const noteCitations = (ch: ClickHouse, citations: readonly Citation[]): Promise<void> =>
  ch.insert(
    'citations',
    [...COLUMNS, 'answered'],
    citations.map((citation) => [...toRow(citation), 1]),
  );

export const noteBulkCitations = (ch: ClickHouse, citations: readonly Citation[]): Promise<void> =>
  ch.insert('bulk_citations', COLUMNS, citations.map(toRow));

export async function readBulkCitations(ch: ClickHouse, fromMs: number, toMs: number): Promise<Citation[]> {
  const rows = await ch.query<{ case_id: string; ms: string; actor_id: string; event_id: string; rank: string }>(
    `SELECT case_id, toUnixTimestamp64Milli(occurred_at) AS ms, actor_id, event_id, rank FROM {db}.bulk_citations
    WHERE occurred_at >= fromUnixTimestamp64Milli(${fromMs}) AND occurred_at <= fromUnixTimestamp64Milli(${toMs})`,
  );
  return rows.map(({ ms, rank, ...rest }) => ({ ...rest, occurred_at: Number(ms), rank: Number(rank) }));
}
