// The two rules that most companies have, as SQL over the same events: a fixed threshold on a day's records, and a z-score against
// the person's own past. Each ranks (actor, day) pairs, so that any alert budget can be spent from the top.

import type { Finding } from '../../core/evaluate/alerts.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

export interface SimpleRule {
  readonly name: string;
  /** Scores rows of `daily` (actor_id, action, day, records, last_ms). */
  readonly scored: string;
}

const DAILY = `
  SELECT actor_id, action, toDate(occurred_at) AS day,
         sum(greatest(record_count, length(customer_ids))) AS records,
         toUnixTimestamp64Milli(max(occurred_at)) AS last_ms
  FROM {db}.access_events FINAL
  WHERE actor_kind != 'service'
  GROUP BY actor_id, action, day`;

export const SIMPLE_RULES: readonly SimpleRule[] = [
  {
    name: 'static threshold',
    scored: `
      SELECT actor_id, day, last_ms, records / greatest(limit, 1) AS score
      FROM daily INNER JOIN (SELECT action, quantileExact(0.99)(records) AS limit FROM daily GROUP BY action) AS limits
      USING action`,
  },
  {
    name: 'personal z-score',
    scored: `
      SELECT actor_id, day, last_ms, (records - usual) / greatest(spread, 1) AS score
      FROM (
        SELECT actor_id, day, last_ms, records,
               avg(records) OVER past AS usual, stddevPop(records) OVER past AS spread, count() OVER past AS days
        FROM daily
        WINDOW past AS (PARTITION BY actor_id, action ORDER BY day ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING)
      )
      WHERE days >= 5`,
  },
];

/** The largest budget told is ten alerts a day. */
const ROWS_PER_DAY = 10;

export async function simpleFindings(
  ch: ClickHouse,
  rule: SimpleRule,
  { judgedFromMs, days }: { readonly judgedFromMs: number; readonly days: number },
): Promise<Finding[]> {
  const rows = await ch.query<{ actor_id: string; score: number; detected_ms: string }>(
    `WITH daily AS (${DAILY})
     SELECT actor_id, max(score) AS score, max(last_ms) AS detected_ms
     FROM (${rule.scored})
     WHERE day >= toDate(toDateTime({fromSeconds:Int64}, 'UTC'), 'UTC')
     GROUP BY actor_id, day
     ORDER BY score DESC, detected_ms, actor_id
     LIMIT {rows:UInt32}`,
    { fromSeconds: Math.floor(judgedFromMs / 1_000), rows: ROWS_PER_DAY * days },
  );
  return rows.map((row) => ({
    entity: { kind: 'actor', id: row.actor_id },
    score: row.score,
    detectedMs: Number(row.detected_ms),
  }));
}
