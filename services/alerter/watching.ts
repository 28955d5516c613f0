// What the alerter learns from the database while it runs: investigators' findings and silences, each looked up again every few
// seconds. Decides nothing about what follows from them.

import type { Item } from '../core/alerting/item.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

export interface Reviewed {
  readonly anomaly_id: string;
  readonly disposition: string;
}

export async function readReviewed(ch: ClickHouse): Promise<Reviewed[]> {
  return ch.query<Reviewed>(
    "SELECT anomaly_id, argMax(toString(disposition), at) AS disposition FROM {db}.dispositions GROUP BY anomaly_id HAVING disposition != 'unreviewed'",
  );
}

export interface Silence {
  readonly destination: string;
  readonly detection: string;
  readonly entity: string;
  readonly untilMs: number;
}

export async function readSilences(ch: ClickHouse): Promise<Silence[]> {
  const rows = await ch.query<Omit<Silence, 'untilMs'> & { until_ms: string }>(
    `SELECT destination, detection, entity, toUnixTimestamp64Milli(until) AS until_ms FROM {db}.alert_silences FINAL WHERE until > now64(3)`,
  );
  return rows.map(({ until_ms, ...rest }) => ({ ...rest, untilMs: Number(until_ms) }));
}

/** @returns when the last silence that fits ends; 0 where none does. What ends an alert is never held back. */
export function heldUntil(item: Item, silences: readonly Silence[]): number {
  if (item.action === 'resolve') return 0;
  let until = 0;
  for (const one of silences) {
    const fits =
      (one.destination === '' || one.destination === item.destination) &&
      (one.detection === '' || one.detection === item.notice.detection) &&
      (one.entity === '' || one.entity === item.entity);
    if (fits) until = Math.max(until, one.untilMs);
  }
  return until;
}
