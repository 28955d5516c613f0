// What an evaluation reads: the period of the data, the open anomalies, the budget, and which seller is in which cluster.

import { UsageError } from '../../core/errors.js';
import { entityOf } from '../../core/evaluate/alerts.js';
import type { Level, LevelledFinding } from '../../core/evaluate/calibration.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

/** Whole UTC days: from the first of the first to the end of the last. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

export async function fetchPeriod(ch: ClickHouse): Promise<Period> {
  const [row] = await ch.query<{ from_ms: string; to_ms: string; events: string }>(
    `SELECT toUnixTimestamp64Milli(toDateTime64(toStartOfDay(min(occurred_at)), 3, 'UTC')) AS from_ms,
            toUnixTimestamp64Milli(toDateTime64(toStartOfDay(max(occurred_at)) + INTERVAL 1 DAY, 3, 'UTC')) AS to_ms,
            count() AS events
     FROM {db}.access_events`,
  );
  if (!row || Number(row.events) === 0) {
    throw new UsageError('this data folder holds no accesses: replay the case folder into it first');
  }
  return { fromMs: Number(row.from_ms), toMs: Number(row.to_ms) };
}

/** Open rows with their level. */
export async function fetchFindings(ch: ClickHouse): Promise<LevelledFinding[]> {
  const rows = await ch.query<{
    actor_id: string;
    seller_id: string;
    cluster_id: string;
    score: number;
    severity: Level;
    detection: string;
    goes_on: boolean;
    detected_ms: string;
  }>(
    `SELECT actor_id, seller_id, cluster_id, toFloat64(score) AS score, toString(severity) AS severity, detection,
            JSONExtractBool(reasoning, 'goes_on_with_an_episode') AS goes_on,
            toUnixTimestamp64Milli(detected_at) AS detected_ms
     FROM {db}.anomaly_details WHERE status = 'open'`,
  );
  return rows.flatMap((row) => {
    const entity = entityOf(row);
    const { score, severity: level, detection, goes_on: goesOn } = row;
    return entity ? [{ entity, score, level, detection, goesOn, detectedMs: Number(row.detected_ms) }] : [];
  });
}

/** The alert budget that the newest configuration judged with; null when nothing was judged. */
export async function fetchBudget(ch: ClickHouse): Promise<number | null> {
  const [row] = await ch.query<{ budget: number }>(
    `SELECT JSONExtractFloat(body, 'alert_budget') AS budget FROM {db}.configurations FINAL ORDER BY seq DESC LIMIT 1`,
  );
  return row === undefined || !(row.budget > 0) ? null : row.budget;
}

export async function fetchClusters(ch: ClickHouse): Promise<Map<string, string[]>> {
  const rows = await ch.query<{ seller_id: string; clusters: string[] }>(
    'SELECT seller_id, groupUniqArray(cluster_id) AS clusters FROM {db}.seller_links FINAL GROUP BY seller_id',
  );
  return new Map(rows.map((row) => [row.seller_id, row.clusters]));
}
