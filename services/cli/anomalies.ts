// keyhole anomalies: the rows of keyhole.anomalies, highest score first. Decides which of them and how they look; what
// an anomaly is, the view says.

import type { Command } from 'commander';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTimeText, toIso } from '../platform/clickhouse/time.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId, parseNumber, parseRange } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat, type RowLayout } from '../platform/terminal/rows.js';
import { createStyle, type Style } from '../platform/terminal/style.js';

export interface Anomaly {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly detection_version: number;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly score: number;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly summary: string;
  readonly factors: readonly {
    readonly name: string;
    readonly observed: number;
    readonly expected: number;
    readonly contribution: number;
  }[];
  readonly event_count: number;
  readonly customer_count: number;
  readonly evidence_event_ids: readonly string[];
  readonly status: 'open' | 'withdrawn';
  readonly disposition: string;
  readonly detected_at: string;
  readonly first_written_at: string;
  readonly updated_at: string;
  readonly revision: number;
}

export interface AnomalyFilters {
  /** Of detected_at: included. */
  readonly fromMs?: number | undefined;
  /** Of detected_at: not included. */
  readonly toMs?: number | undefined;
  readonly actorId?: string | undefined;
  readonly detection?: string | undefined;
  readonly minScore?: number | undefined;
  readonly status?: 'open' | 'withdrawn' | undefined;
}

interface AnomaliesOptions {
  readonly format?: RowFormat;
  readonly since?: string;
  readonly until?: string;
  readonly actor?: string;
  readonly detection?: string;
  readonly minScore?: string;
  readonly openOnly?: boolean;
  readonly data?: string;
}

const fields = [
  'anomaly_id',
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
  'status',
  'disposition',
  'detected_at',
  'first_written_at',
  'updated_at',
  'revision',
] as const satisfies readonly (keyof Anomaly)[];

export function anomaliesQuery(filters: AnomalyFilters): { sql: string; params: Record<string, unknown> } {
  const conditions: [condition: string, name: string, value: unknown][] = [
    [
      'detected_at >= {from:DateTime64(3)}',
      'from',
      filters.fromMs === undefined ? undefined : toDateTimeText(filters.fromMs),
    ],
    ['detected_at < {to:DateTime64(3)}', 'to', filters.toMs === undefined ? undefined : toDateTimeText(filters.toMs)],
    ['actor_id = {actor:String}', 'actor', filters.actorId],
    ['detection = {detection:String}', 'detection', filters.detection],
    ['score >= {min_score:Float64}', 'min_score', filters.minScore],
    ['status = {status:String}', 'status', filters.status],
  ];
  const given = conditions.filter(([, , value]) => value !== undefined);
  const where = given.length === 0 ? '' : ` WHERE ${given.map(([condition]) => condition).join(' AND ')}`;
  return {
    sql: `SELECT ${fields.join(', ')} FROM {db}.anomalies${where} ORDER BY score DESC, detected_at DESC, anomaly_id`,
    params: Object.fromEntries(given.map(([, name, value]) => [name, value])),
  };
}

export async function readAnomalies(ch: ClickHouse, filters: AnomalyFilters): Promise<Anomaly[]> {
  const { sql, params } = anomaliesQuery(filters);
  const rows = await ch.query<Anomaly>(sql, params);
  return rows.map((row) => ({
    ...row,
    window_start: toIso(row.window_start),
    window_end: toIso(row.window_end),
    detected_at: toIso(row.detected_at),
    first_written_at: toIso(row.first_written_at),
    updated_at: toIso(row.updated_at),
  }));
}

function paintSeverity(text: string, row: Anomaly, style: Style): string {
  if (row.status === 'withdrawn') return style.dim(text);
  if (row.severity === 'critical') return style.bold(style.red(text));
  return row.severity === 'high' ? style.red(text) : row.severity === 'medium' ? style.yellow(text) : text;
}

export const anomalyLayout: RowLayout<Anomaly> = {
  fields,
  columns: [
    { title: 'SCORE', align: 'right', cell: (row) => row.score.toFixed(4), paint: paintSeverity },
    { title: 'SEVERITY', cell: (row) => row.severity, paint: paintSeverity },
    { title: 'DETECTION', cell: (row) => row.detection },
    { title: 'WHO', cell: (row) => row.actor_id || row.seller_id || row.cluster_id },
    { title: 'DETECTED', cell: (row) => `${row.detected_at.slice(0, 16).replace('T', ' ')}Z` },
    { title: 'STATUS', cell: (row) => (row.status === 'open' ? row.disposition : row.status) },
    { title: 'ANOMALY', cell: (row) => row.anomaly_id.slice(0, 12) },
    { title: 'SUMMARY', cell: (row) => row.summary },
  ],
};

export function registerAnomalies(program: Command): void {
  const command = program
    .command('anomalies')
    .description('print what was found, highest score first')
    .option('--since <time>', 'detected at or after, such as 2026-03-01 or 2026-03-01T09:30:00Z')
    .option('--until <time>', 'detected before')
    .option('--actor <id>', 'of one actor')
    .option('--detection <id>', 'of one detection')
    .option('--min-score <score>', 'of this score or above, 0 to 100')
    .option('--open-only', 'leave out what was withdrawn')
    .option('--data <path>', 'data folder (default .keyhole)');
  addFormatOption(command).action(async (options: AnomaliesOptions) => {
    const filters = filtersOf(options);
    const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
    try {
      const rows = await readAnomalies(database.reader, filters);
      const style = createStyle(process.stdout, process.env);
      await writeOut(formatRows(anomalyLayout, rows, options.format, style));
      if (rows.length === 0) say('no anomalies');
    } finally {
      await database.close();
    }
  });
}

function filtersOf(options: AnomaliesOptions): AnomalyFilters {
  const { since, until, actor, detection, minScore } = options;
  return {
    ...parseRange({ option: '--since', text: since }, { option: '--until', text: until }),
    actorId: actor === undefined ? undefined : parseId('--actor', actor),
    detection: detection === undefined ? undefined : parseId('--detection', detection),
    minScore: minScore === undefined ? undefined : parseNumber('--min-score', minScore, { min: 0, max: 100 }),
    status: options.openOnly === true ? 'open' : undefined,
  };
}
