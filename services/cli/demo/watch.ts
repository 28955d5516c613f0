// What the demo asks the database while traffic runs: progress, and anomalies not announced yet.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { Announced } from './screen.js';

export interface Figures {
  readonly landed: number;
  readonly eventDay: string;
  readonly anomalies: number;
  readonly alerts: number;
}

export async function readFigures(ch: ClickHouse): Promise<Figures> {
  const [row] = await ch.query<{ landed: string; day: string; anomalies: string; alerts: string }>(
    `SELECT (SELECT count() FROM {db}.access_events) AS landed, (SELECT if(count() = 0, '', toString(toDate(max(occurred_at)))) FROM {db}.access_events) AS day,
      (SELECT count() FROM {db}.anomalies WHERE status = 'open') AS anomalies,
      (SELECT count() FROM {db}.anomalies WHERE status = 'open' AND severity IN ('high', 'critical')) AS alerts`,
  );
  return {
    landed: Number(row?.landed ?? 0),
    eventDay: row?.day || 'no event yet',
    anomalies: Number(row?.anomalies ?? 0),
    alerts: Number(row?.alerts ?? 0),
  };
}

/** Open anomalies of severity high or above, each once, in order of their detection time. */
export class Announcements {
  private readonly told = new Set<string>();

  constructor(private readonly ch: ClickHouse) {}

  async fresh(): Promise<Announced[]> {
    const rows = await this.ch.query<Announced & { anomaly_id: string; score: number | string }>(
      `SELECT anomaly_id, severity, score, detection, summary FROM {db}.anomalies
      WHERE status = 'open' AND severity IN ('high', 'critical') ORDER BY detected_at, anomaly_id`,
    );
    const fresh = rows.filter((row) => !this.told.has(row.anomaly_id));
    for (const row of fresh) this.told.add(row.anomaly_id);
    return fresh.map((row) => ({ ...row, score: Number(row.score) }));
  }
}
