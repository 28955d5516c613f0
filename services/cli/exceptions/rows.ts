// Exceptions as rows: those in force with what they cover, or every revision.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toIso } from '../../platform/clickhouse/time.js';
import type { RowLayout } from '../../platform/terminal/rows.js';

export interface ExceptionLine {
  readonly exception_id: string;
  readonly revision: number;
  readonly detections: readonly string[];
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly tool: string;
  readonly marketplace: string;
  readonly from_day: string;
  readonly until_day: string;
  readonly decided_by: string;
  readonly why: string;
  readonly at: string;
  /** open anomalies that it covers; of a revision, 0 */
  readonly covered_anomalies: number;
}

export async function readExceptionRows(ch: ClickHouse, all: boolean): Promise<ExceptionLine[]> {
  const rows = await ch.query<ExceptionLine>(
    all
      ? 'SELECT *, 0 AS covered_anomalies FROM {db}.exceptions FINAL ORDER BY exception_id, revision, content'
      : 'SELECT * FROM {db}.exceptions_in_force ORDER BY until_day DESC, exception_id',
  );
  return rows.map((row) => ({ ...row, at: toIso(row.at) }));
}

function about(row: ExceptionLine): string {
  const named = [
    ['actor', row.actor_id],
    ['seller', row.seller_id],
    ['cluster', row.cluster_id],
    ['tool', row.tool],
    ['marketplace', row.marketplace],
  ].filter(([, value]) => value !== '');
  return named.map(([name, value]) => `${name} ${value}`).join(', ') || 'anybody';
}

export const exceptionLayout: RowLayout<ExceptionLine> = {
  fields: [
    'exception_id',
    'revision',
    'detections',
    'actor_id',
    'seller_id',
    'cluster_id',
    'tool',
    'marketplace',
    'from_day',
    'until_day',
    'decided_by',
    'why',
    'at',
    'covered_anomalies',
  ],
  columns: [
    { title: 'EXCEPTION', cell: (row) => row.exception_id },
    { title: 'FROM', cell: (row) => row.from_day },
    { title: 'UNTIL', cell: (row) => row.until_day },
    { title: 'ABOUT', cell: about },
    { title: 'DETECTIONS', cell: (row) => row.detections.join(' ') || 'all but canaries' },
    { title: 'BY', cell: (row) => row.decided_by },
    { title: 'COVERS', align: 'right', cell: (row) => String(row.covered_anomalies) },
    { title: 'WHY', cell: (row) => row.why },
  ],
};
