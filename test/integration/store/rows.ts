// Rows of facts and judgements as the pipeline would write them, for the tests of the store: each function fills in what a test
// does not say.

import { FINDING_COLUMNS } from '../../../services/pipeline/store/judge-store-judgements.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { toDateTime64 } from '../../../services/platform/clickhouse/time.js';

export const dayMs = 86_400_000;
export const start = Date.UTC(2026, 2, 1);

interface AccessRow {
  readonly event_id: string;
  readonly occurred_at: number;
  readonly actor_id: string;
  readonly tool: string;
  readonly seller_id: string | null;
  readonly customer_ids: readonly string[];
  readonly explained: string;
  readonly version: string;
}

const accessColumns = [
  'event_id',
  'occurred_at',
  'actor_id',
  'tool',
  'seller_id',
  'customer_ids',
  'explained',
  'version',
  'actor_kind',
  'action',
  'outcome',
  'marketplace',
  'record_count',
];

/** Columns left out are null or, for text, empty. */
export async function landAccesses(ch: ClickHouse, rows: readonly Partial<AccessRow>[]): Promise<void> {
  const base = { event_id: 'ev-1', occurred_at: start, actor_id: 'emp-1', tool: 'desk', seller_id: 's-1' };
  const rest = { customer_ids: ['c-1'], explained: 'no', version: '1' };
  await ch.insert(
    'access_events',
    accessColumns,
    rows.map((row) => {
      const full = { ...base, ...rest, ...row };
      return [
        full.event_id,
        toDateTime64(full.occurred_at),
        full.actor_id,
        full.tool,
        full.seller_id,
        full.customer_ids,
        full.explained,
        full.version,
        'employee',
        'customer_email.read',
        'allowed',
        'US',
        1,
      ];
    }),
  );
}

interface FindingRow {
  readonly anomaly_id: string;
  readonly content: string;
  readonly detection: string;
  readonly severity: string;
  readonly score: number;
  readonly actor_id: string;
  readonly days: number;
}

export async function writeFindings(ch: ClickHouse, rows: readonly Partial<FindingRow>[]): Promise<void> {
  const base = {
    anomaly_id: 'a1',
    content: 'c1',
    detection: 'bulk',
    severity: 'high',
    score: 90,
    actor_id: 'emp-1',
    days: 1,
  };
  await ch.insert(
    'findings',
    FINDING_COLUMNS,
    rows.map((row) => {
      const full = { ...base, ...row };
      const factors = [{ name: `${full.detection}_factor`, observed: 9, expected: 1, contribution: full.score / 10 }];
      const times = [toDateTime64(start), toDateTime64(start + full.days * dayMs)];
      return [
        ...[
          full.anomaly_id,
          full.content,
          full.detection,
          1,
          full.severity,
          full.score.toFixed(4),
          full.actor_id,
          '',
          '',
        ],
        ...[...times, `summary ${full.content}`, factors, 9, 3, ['ev-1'], toDateTime64(start + 3_600_000), '{}'],
      ];
    }),
  );
}

interface JudgementRow {
  readonly detection: string;
  readonly start: string;
  readonly configSeq: number;
  readonly version: string;
  readonly findings: readonly { anomaly_id: string; content: string }[];
  readonly unscored: readonly { entity: string; reason: string }[];
}

export async function writeJudgement(ch: ClickHouse, row: Partial<JudgementRow>): Promise<void> {
  const base = { detection: 'bulk', start: '2026-03-01', configSeq: 1, version: '1', findings: [], unscored: [] };
  const full = { ...base, ...row };
  await ch.insert(
    'judgements',
    [
      'detection',
      'window_days',
      'window_start',
      'config_seq',
      'version',
      'entities',
      'sample_version',
      'sample',
      'findings',
      'unscored',
    ],
    [[full.detection, 1, full.start, full.configSeq, full.version, 1, '1', [], full.findings, full.unscored]],
  );
}

export const named = (anomaly_id: string, content: string) => ({ anomaly_id, content });

export async function anomalies(ch: ClickHouse): Promise<unknown[]> {
  return await ch.query(
    'SELECT anomaly_id, summary, status, disposition, revision FROM {db}.anomalies ORDER BY anomaly_id',
  );
}
