// The rows of judgements and findings: what holds now, and the contents it names. Contents are written before the judgement that
// names them, so a crash between leaves unnamed contents, never a name without content.

import type { Sample } from '../core/judge/calibration.js';
import type { Finding } from '../core/judge/finding.js';
import type { Unscored } from '../core/judge/sheet.js';
import { type Day, dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';

export interface Judgement {
  readonly detection: string;
  readonly windowDays: number;
  readonly start: Day;
  readonly version: bigint;
  readonly sampleVersion: bigint;
  readonly sample: Sample;
  readonly findings: readonly Finding[];
  readonly unscored: readonly Unscored[];
}

export interface StoredJudgement {
  readonly sample: Sample;
  readonly sampleVersion: bigint;
  /** content by anomaly_id */
  readonly findings: ReadonlyMap<string, string>;
}

export const sheetKey = (detection: string, start: Day): string => `${detection} ${start}`;

interface JudgementRow {
  readonly detection: string;
  readonly window_start: string;
  readonly entities: number;
  readonly sample: readonly number[];
  readonly sample_version: string;
  readonly ids: readonly string[];
  readonly contents: readonly string[];
}

export async function readJudgements(ch: ClickHouse, from: Day, to: Day): Promise<Map<string, StoredJudgement>> {
  const rows = await ch.query<JudgementRow>(
    `SELECT detection, window_start, entities, sample, toString(sample_version) AS sample_version,
      findings.anomaly_id AS ids, findings.content AS contents
    FROM {db}.judgements FINAL WHERE window_start >= '${dayText(from)}' AND window_start <= '${dayText(to)}'`,
  );
  return new Map(
    rows.map((row) => [
      sheetKey(row.detection, dayFromText(row.window_start)),
      {
        sample: { entities: row.entities, surprises: row.sample },
        sampleVersion: BigInt(row.sample_version),
        findings: new Map(row.ids.map((id, i) => [id, row.contents[i] as string])),
      },
    ]),
  );
}

const FINDING_COLUMNS = [
  'anomaly_id',
  'content',
  'detection',
  'detection_version',
  'severity',
  'score',
  'actor_id',
  'seller_id',
  'cluster_id',
  'window_start',
  'window_end',
  'summary',
  'factors',
  'event_count',
  'customer_count',
  'evidence_event_ids',
  'detected_at',
  'reasoning',
];

export async function writeJudgements(
  ch: ClickHouse,
  configSeq: number,
  judgements: readonly Judgement[],
  isKnown: (judgement: Judgement, finding: Finding) => boolean,
): Promise<void> {
  const fresh = judgements.flatMap((one) => one.findings.filter((finding) => !isKnown(one, finding)));
  if (fresh.length > 0) await ch.insert('findings', FINDING_COLUMNS, fresh.map(toFindingRow));
  if (judgements.length === 0) return;
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
    judgements.map((one) => [
      one.detection,
      one.windowDays,
      dayText(one.start),
      configSeq,
      one.version.toString(),
      one.sample.entities,
      one.sampleVersion.toString(),
      one.sample.surprises,
      one.findings.map(({ anomaly_id, content }) => ({ anomaly_id, content })),
      one.unscored,
    ]),
  );
}

const toFindingRow = (finding: Finding): unknown[] => [
  finding.anomaly_id,
  finding.content,
  finding.detection,
  finding.detection_version,
  finding.severity,
  finding.score.toFixed(4),
  finding.actor_id,
  finding.seller_id,
  finding.cluster_id,
  toDateTime64(finding.window_start),
  toDateTime64(finding.window_end),
  finding.summary,
  finding.factors,
  finding.event_count,
  finding.customer_count,
  finding.evidence_event_ids,
  toDateTime64(finding.detected_at),
  finding.reasoning,
];
