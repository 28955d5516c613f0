// How reports ask: counts as numbers, times as ISO 8601, the range as parameters. Knows no report.

import type { AnomalyFact, RangeFact } from '../../core/reporting/facts.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTimeText, toIso } from '../../platform/clickhouse/time.js';

export interface Asking {
  readonly ch: ClickHouse;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows as they are; `{from:DateTime64(3)}` and `{to:DateTime64(3)}` are the range. */
export function ask<Row>(
  { ch, fromMs, toMs }: Asking,
  sql: string,
  params: Record<string, unknown> = {},
): Promise<Row[]> {
  const range = { from: toDateTimeText(fromMs), to: toDateTimeText(toMs) };
  return ch.query<Row>(sql, { ...range, ...params }, { output_format_json_quote_64bit_integers: 0 });
}

export async function askOne<Row>(asking: Asking, sql: string, params: Record<string, unknown> = {}): Promise<Row> {
  const [row] = await ask<Row>(asking, sql, params);
  if (row === undefined) throw new RangeError('an aggregate without GROUP BY always has a row');
  return row;
}

export const rangeOf = ({ fromMs, toMs }: Asking): RangeFact => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

/** The named columns of a row as ISO 8601; '' stays ''. */
export function timesOf<Row extends object>(row: Row, ...columns: (keyof Row)[]): Row {
  const changed = { ...row };
  for (const column of columns) {
    const value = row[column];
    if (typeof value === 'string' && value !== '') Object.assign(changed, { [column]: toIso(value) });
  }
  return changed;
}

const ANOMALY_COLUMNS = `anomaly_id, detection, severity, toFloat64(score) AS score, actor_id, seller_id, cluster_id, window_start, window_end, detected_at, summary,
  factors, event_count, customer_count, evidence_event_ids, status, disposition`;

/** Anomalies that satisfy the condition, earliest first. */
export async function askAnomalies(
  asking: Asking,
  where: string,
  params: Record<string, unknown> = {},
): Promise<AnomalyFact[]> {
  const sql = `SELECT ${ANOMALY_COLUMNS} FROM {db}.anomalies WHERE ${where} ORDER BY detected_at, score DESC, anomaly_id`;
  const rows = await ask<AnomalyFact>(asking, sql, params);
  return rows.map((row) => timesOf(row, 'window_start', 'window_end', 'detected_at'));
}

export const IN_RANGE = 'occurred_at >= {from:DateTime64(3)} AND occurred_at < {to:DateTime64(3)}';
/** An anomaly is in the range when its window meets it. */
export const WINDOW_IN_RANGE = 'window_start < {to:DateTime64(3)} AND window_end > {from:DateTime64(3)}';
/** What nobody has dismissed. */
export const STANDS = `status = 'open' AND disposition NOT IN ('benign', 'duplicate')`;

/** What in-question means in SQL; `whose` keeps to one actor, or to a seller where the anomaly is nobody's. */
export interface Question {
  readonly sql: string;
  readonly params: Record<string, unknown>;
}
