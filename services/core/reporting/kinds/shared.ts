// Tables that several reports print alike.

import type { AnomalyFact, DispositionFact, RestrictionFact } from '../facts.js';
import type { Table } from '../report.js';

/** Open and not dismissed by an investigator. */
export const standing = <A extends Pick<AnomalyFact, 'status' | 'disposition'>>(anomalies: readonly A[]): A[] =>
  anomalies.filter(
    ({ status, disposition }) => status === 'open' && disposition !== 'benign' && disposition !== 'duplicate',
  );

export const entityOf = ({
  actor_id,
  seller_id,
  cluster_id,
}: Pick<AnomalyFact, 'actor_id' | 'seller_id' | 'cluster_id'>): string => actor_id || seller_id || cluster_id;

export function anomaliesTable(
  anomalies: readonly AnomalyFact[],
  empty: string,
  caption = 'Anomalies that meet the range',
): Table {
  return {
    kind: 'table',
    name: 'anomalies',
    caption,
    columns: [
      { name: 'detected_at', label: 'Detected', type: 'time', weight: 1.2 },
      { name: 'detection', label: 'Detection', type: 'text', weight: 1.5 },
      { name: 'entity', label: 'Who', type: 'id', weight: 1.1 },
      { name: 'severity', label: 'Severity', type: 'text', weight: 0.9 },
      { name: 'score', label: 'Score', type: 'number', weight: 0.7 },
      { name: 'state', label: 'State', type: 'text', weight: 1.15 },
      { name: 'summary', label: 'What', type: 'text', weight: 3.4 },
      { name: 'anomaly_id', label: 'Anomaly', type: 'id', weight: 1.2 },
    ],
    rows: anomalies.map((one) => [
      one.detected_at,
      one.detection,
      entityOf(one),
      one.severity,
      one.score,
      one.status === 'open' ? one.disposition : one.status,
      one.summary,
      one.anomaly_id,
    ]),
    empty,
  };
}

export function dispositionsTable(rows: readonly DispositionFact[]): Table {
  return {
    kind: 'table',
    name: 'dispositions',
    caption: 'What investigators found',
    columns: [
      { name: 'at', label: 'When', type: 'time', weight: 1.1 },
      { name: 'anomaly_id', label: 'Anomaly', type: 'id', weight: 1.4 },
      { name: 'disposition', label: 'Finding', type: 'text' },
      { name: 'by', label: 'By', type: 'id' },
      { name: 'note', label: 'Note', type: 'text', weight: 3 },
    ],
    rows: rows.map(({ at, anomaly_id, disposition, by, note }) => [at, anomaly_id, disposition, by, note]),
    empty: 'No investigator has recorded a finding.',
  };
}

export function restrictionsTable(rows: readonly RestrictionFact[]): Table {
  return {
    kind: 'table',
    name: 'restrictions',
    caption: 'What was recommended to the access gates',
    columns: [
      { name: 'at', label: 'When', type: 'time', weight: 1.1 },
      { name: 'actor_id', label: 'Whom', type: 'id' },
      { name: 'step', label: 'Step', type: 'text' },
      { name: 'by', label: 'By', type: 'id' },
      { name: 'expires_at', label: 'Until', type: 'time', weight: 1.1 },
      { name: 'reason', label: 'Why', type: 'text', weight: 2.5 },
    ],
    rows: rows.map(({ at, actor_id, step, by, expires_at, reason }) => [
      at,
      actor_id,
      step === '' ? 'lifted' : step,
      by,
      expires_at,
      reason,
    ]),
    empty: 'Nothing was recommended to the access gates.',
  };
}
