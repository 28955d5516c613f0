// The rows of judgements and findings: what holds now, and the contents it names. Contents are written before the judgement that
// names them, so a crash between leaves unnamed contents, never a name without content.

import type { Finding } from '../../core/judge/finding.js';
import type { Unscored } from '../../core/judge/kind.js';
import { type Day, dayFromText, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTime64 } from '../../platform/clickhouse/time.js';
import { type JudgementWrite, type StoredJudgement, sheetKey } from './judge-store.js';

interface JudgementRow {
  readonly detection: string;
  readonly day: string;
  readonly config_seq: number;
  readonly version: string;
  readonly entities: number;
  readonly keys: readonly string[];
  readonly sample: readonly number[];
  readonly sample_version: string;
  readonly ids: readonly string[];
  readonly contents: readonly string[];
  readonly unscored: readonly Unscored[];
}

/** Longest window that a definition may have: how far before its day a sheet's row may lie. */
const MAX_WINDOW_DAYS = 90;

export async function readJudgements(ch: ClickHouse, from: Day, to: Day): Promise<Map<string, StoredJudgement>> {
  const rows = await ch.query<JudgementRow>(
    `SELECT detection, window_start + (window_days - 1) AS day, config_seq, toString(version) AS version, entities, sample_keys AS keys, sample,
      toString(sample_version) AS sample_version, findings.anomaly_id AS ids, findings.content AS contents, unscored
    FROM {db}.judgements FINAL
    WHERE window_start >= '${dayText(from - MAX_WINDOW_DAYS)}' AND window_start <= '${dayText(to)}' AND day >= '${dayText(from)}' AND day <= '${dayText(to)}'`,
  );
  return new Map(
    rows.map((row) => [
      sheetKey(row.detection, dayFromText(row.day)),
      {
        sample: { judged: row.entities, keys: row.keys, surprises: row.sample },
        sampleVersion: BigInt(row.sample_version),
        version: BigInt(row.version),
        configSeq: row.config_seq,
        findings: new Map(row.ids.map((id, i) => [id, row.contents[i] as string])),
        unscored: row.unscored,
      },
    ]),
  );
}

/** Of the table `findings`, in the order of its rows. */
export const FINDING_COLUMNS = [
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

const JUDGEMENT_COLUMNS = [
  'detection',
  'window_days',
  'window_start',
  'config_seq',
  'version',
  'entities',
  'sample_version',
  'sample',
  'sample_keys',
  'findings',
  'unscored',
];

export async function writeJudgements(
  ch: ClickHouse,
  { configSeq, judgements, contents }: JudgementWrite,
): Promise<void> {
  await ch.insert('findings', FINDING_COLUMNS, contents.map(toFindingRow));
  await ch.insert(
    'judgements',
    JUDGEMENT_COLUMNS,
    judgements.map((one) => [
      one.detection,
      one.windowDays,
      dayText(one.day - one.windowDays + 1),
      configSeq,
      one.version.toString(),
      one.sample.judged,
      one.sampleVersion.toString(),
      one.sample.surprises,
      one.sample.keys,
      one.findings,
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
