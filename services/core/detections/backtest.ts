// Two sets of rows side by side: what a change adds, removes and changes, and how many alerts a day either makes (CONTRACT §2).

import { dayOf } from '../time.js';

/** What of a row is compared. */
export interface BacktestRow {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly severity: string;
  readonly score: number;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  /** epoch ms */
  readonly detected_at: number;
  readonly summary: string;
}

export interface BacktestChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly anomaly_id: string;
  readonly detection: string;
  readonly entity: string;
  /** severity, '' where there is no row */
  readonly before: string;
  readonly after: string;
  readonly summary: string;
}

const entityOf = ({ actor_id, seller_id, cluster_id }: BacktestRow): string => actor_id || seller_id || cluster_id;

/** Rows whose severity is another, or that only one side has; alerts first, then by detection and id. */
export function compareRows(before: readonly BacktestRow[], after: readonly BacktestRow[]): BacktestChange[] {
  const earlier = new Map(before.map((row) => [row.anomaly_id, row]));
  const later = new Map(after.map((row) => [row.anomaly_id, row]));
  const changes: BacktestChange[] = [];
  for (const id of new Set([...earlier.keys(), ...later.keys()])) {
    const was = earlier.get(id);
    const is = later.get(id);
    const row = is ?? was;
    if (row === undefined || was?.severity === is?.severity) continue;
    changes.push({
      change: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed',
      anomaly_id: id,
      detection: row.detection,
      entity: entityOf(row),
      before: was?.severity ?? '',
      after: is?.severity ?? '',
      summary: row.summary,
    });
  }
  const rank = ({ before: was, after: is }: BacktestChange): number => (isAlert(was) === isAlert(is) ? 1 : 0);
  const text = ({ detection, anomaly_id }: BacktestChange): string => `${detection} ${anomaly_id}`;
  return changes.sort((a, b) => rank(a) - rank(b) || (text(a) < text(b) ? -1 : 1));
}

const isAlert = (severity: string): boolean => severity === 'high' || severity === 'critical';

/** Distinct (day of detection, entity) of rows of level high or above. */
export function countAlerts(rows: readonly BacktestRow[]): number {
  const alerts = new Set<string>();
  for (const row of rows) {
    const entity = entityOf(row);
    const kind = row.actor_id !== '' ? 'actor' : row.seller_id !== '' ? 'seller' : 'cluster';
    if (isAlert(row.severity) && entity !== '') alerts.add(`${dayOf(row.detected_at)} ${kind} ${entity}`);
  }
  return alerts.size;
}
