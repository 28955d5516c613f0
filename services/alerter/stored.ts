// The open anomalies as stored, in the shape in which the topic tells them.

import type { OpenNotice } from '../core/alerting/notice.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

type Row = Omit<OpenNotice, 'window_start' | 'window_end' | 'detected_at' | 'factors' | 'status'> & {
  readonly window_start_ms: string;
  readonly window_end_ms: string;
  readonly detected_ms: string;
};

export async function readOpenNotices(ch: ClickHouse): Promise<OpenNotice[]> {
  const rows = await ch.query<Row>(
    `SELECT anomaly_id, content, detection, detection_version, severity, toFloat64(score) AS score, actor_id, seller_id, cluster_id,
      toUnixTimestamp64Milli(window_start) AS window_start_ms, toUnixTimestamp64Milli(window_end) AS window_end_ms,
      toUnixTimestamp64Milli(detected_at) AS detected_ms, summary, event_count, customer_count
    FROM {db}.anomaly_details WHERE status = 'open' ORDER BY score DESC, anomaly_id`,
  );
  return rows.map(({ window_start_ms, window_end_ms, detected_ms, ...row }) => ({
    ...row,
    status: 'open',
    factors: [],
    window_start: Number(window_start_ms),
    window_end: Number(window_end_ms),
    detected_at: Number(detected_ms),
  }));
}
