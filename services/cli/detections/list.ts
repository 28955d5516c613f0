// The catalogue as rows: what each detection looks for, what it found, and how often that was right as far as anybody looked.

import type { Definition } from '../../core/detections/definition.js';
import { precisionOf, precisionText } from '../../core/detections/precision.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toIso } from '../../platform/clickhouse/time.js';
import type { RowLayout } from '../../platform/terminal/rows.js';

/** What became of one detection's findings. */
export interface Tally {
  readonly detection: string;
  readonly open: number;
  /** open, of level high or above */
  readonly alerts: number;
  /** of those, not yet reviewed */
  readonly unreviewed_alerts: number;
  readonly confirmed: number;
  readonly benign: number;
  readonly duplicate: number;
  /** detected_at of the latest open finding of level high or above, ISO 8601, or '' */
  readonly last_alert: string;
}

export interface DetectionLine extends Tally {
  /** '' where it is no longer judged */
  readonly title: string;
  readonly threat: string;
  readonly window_days: number | null;
  readonly precision: number | null;
  readonly precision_from: number;
  readonly precision_to: number;
}

export async function readTallies(ch: ClickHouse): Promise<Tally[]> {
  const rows = await ch.query<Tally>(
    `SELECT detection, toUInt32(countIf(status = 'open')) AS open,
      toUInt32(countIf(status = 'open' AND severity IN ('high', 'critical'))) AS alerts,
      toUInt32(countIf(status = 'open' AND severity IN ('high', 'critical') AND disposition = 'unreviewed')) AS unreviewed_alerts,
      toUInt32(countIf(disposition = 'confirmed')) AS confirmed, toUInt32(countIf(disposition = 'benign')) AS benign,
      toUInt32(countIf(disposition = 'duplicate')) AS duplicate,
      if(alerts = 0, '', toString(maxIf(detected_at, status = 'open' AND severity IN ('high', 'critical')))) AS last_alert
    FROM {db}.anomalies GROUP BY detection`,
  );
  return rows.map((row) => ({ ...row, last_alert: row.last_alert === '' ? '' : toIso(row.last_alert) }));
}

const NOTHING = { open: 0, alerts: 0, unreviewed_alerts: 0, confirmed: 0, benign: 0, duplicate: 0, last_alert: '' };

/** Every detection of the catalogue, and those that left findings behind; ascending by id. */
export function listDetections(definitions: readonly Definition[], tallies: readonly Tally[]): DetectionLine[] {
  const known = new Map(definitions.map((definition) => [definition.id, definition]));
  const found = new Map(tallies.map((tally) => [tally.detection, tally]));
  return [...new Set([...known.keys(), ...found.keys()])].sort().map((id) => {
    const definition = known.get(id);
    const tally = found.get(id) ?? { detection: id, ...NOTHING };
    const { share, from, to } = precisionOf(tally.confirmed, tally.benign);
    return {
      ...tally,
      title: definition?.title ?? '',
      threat: definition?.threat ?? '',
      window_days: definition?.window.days ?? null,
      precision: share,
      precision_from: from,
      precision_to: to,
    };
  });
}

export const detectionLayout: RowLayout<DetectionLine> = {
  fields: [
    'detection',
    'title',
    'threat',
    'window_days',
    'open',
    'alerts',
    'unreviewed_alerts',
    'confirmed',
    'benign',
    'duplicate',
    'precision',
    'precision_from',
    'precision_to',
    'last_alert',
  ],
  columns: [
    { title: 'DETECTION', cell: (row) => row.detection },
    { title: 'WINDOW', align: 'right', cell: (row) => (row.window_days === null ? 'retired' : `${row.window_days} d`) },
    { title: 'OPEN', align: 'right', cell: (row) => String(row.open) },
    { title: 'ALERTS', align: 'right', cell: (row) => String(row.alerts) },
    { title: 'CONFIRMED', align: 'right', cell: (row) => String(row.confirmed) },
    { title: 'BENIGN', align: 'right', cell: (row) => String(row.benign) },
    { title: 'PRECISION', cell: (row) => precisionText(precisionOf(row.confirmed, row.benign)) },
    { title: 'LAST ALERT', cell: (row) => row.last_alert.slice(0, 10) },
    { title: 'TITLE', cell: (row) => row.title },
  ],
};
