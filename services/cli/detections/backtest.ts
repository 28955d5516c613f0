// keyhole detections backtest: which open rows a changed folder of detections, rules, exceptions or budget would add and remove. Reads
// stored history and writes nothing.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type BacktestChange, type BacktestRow, compareRows, countAlerts } from '../../core/detections/backtest.js';
import { UsageError } from '../../core/errors.js';
import { checkException, type Exception } from '../../core/exceptions/exception.js';
import { type Day, dayFromText, dayText, startOf } from '../../core/time.js';
import { backtest, unchangedDetections } from '../../pipeline/backtest.js';
import type { JudgingConfig } from '../../pipeline/judging-config.js';
import { clickHouseJudgeStore } from '../../pipeline/store/judge-store-clickhouse.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64, toDateTimeText } from '../../platform/clickhouse/time.js';
import type { RowLayout } from '../../platform/terminal/rows.js';

export interface BacktestQuestion {
  readonly config: JudgingConfig;
  readonly exceptions: readonly Exception[];
  readonly from: Day;
  readonly to: Day;
  onProgress(done: number, total: number): void;
}

export interface BacktestAnswer {
  readonly changes: readonly BacktestChange[];
  readonly days: number;
  readonly alertsBefore: number;
  readonly alertsAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

export async function runBacktest(ch: ClickHouse, question: BacktestQuestion): Promise<BacktestAnswer> {
  const { config, from, to } = question;
  const [stored] = await ch.query<{ body: string }>(
    'SELECT body FROM {db}.configurations FINAL ORDER BY seq DESC LIMIT 1',
  );
  const before = await readOpenRows(ch, from, to);
  const unchanged = unchangedDetections(config, stored?.body);
  const after = await backtest(clickHouseJudgeStore(ch), { ...question, unchanged });
  return {
    changes: compareRows(before, after),
    days: to - from + 1,
    alertsBefore: countAlerts(before),
    alertsAfter: countAlerts(after),
    rowsBefore: before.length,
    rowsAfter: after.length,
  };
}

/** Rows of sheets on the days: those whose window's last day is one of them. */
async function readOpenRows(ch: ClickHouse, from: Day, to: Day): Promise<BacktestRow[]> {
  const rows = await ch.query<Omit<BacktestRow, 'detected_at'> & { detected_at: string }>(
    `SELECT anomaly_id, detection, severity, score, actor_id, seller_id, cluster_id, detected_at, summary FROM {db}.anomalies
    WHERE status = 'open' AND window_end > {from:DateTime64(3)} AND window_end <= {to:DateTime64(3)}`,
    { from: toDateTimeText(startOf(from)), to: toDateTimeText(startOf(to + 1)) },
  );
  return rows.map((row) => ({ ...row, detected_at: fromDateTime64(row.detected_at) }));
}

const dayField = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-03-01')
  .transform(dayFromText);
const idField = z.string().default('');
const exceptionFile = z.array(
  z.strictObject({
    detections: z.array(z.string()).default([]),
    actor_id: idField,
    seller_id: idField,
    cluster_id: idField,
    tool: idField,
    marketplace: idField,
    from: dayField,
    until: dayField,
    decided_by: z.string().default('backtest'),
    why: z.string().default('what this would change'),
  }),
);

/** A YAML or JSON list of exceptions that are only thought of. @throws UsageError */
export function readExceptionFile(path: string): Exception[] {
  const parsed = exceptionFile.safeParse(parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new UsageError(
      `--exceptions ${path}: ${parsed.error.issues.map(({ path: at, message }) => `${at.map(String).join('.')}: ${message}`).join('; ')}`,
    );
  return parsed.data.map((one, i) => checkException({ ...one, exception_id: `thought-${i + 1}`, revision: 1 }));
}

/** The last four weeks on record. */
export async function defaultRange(ch: ClickHouse): Promise<{ from: Day; to: Day }> {
  const [row] = await ch.query<{ n: string; day: string }>(
    'SELECT count() AS n, max(window_start) AS day FROM {db}.judgements',
  );
  if (row === undefined || row.n === '0')
    throw new UsageError('nothing has been judged yet: there is no history to test on');
  const to = dayFromText(row.day);
  return { from: to - 27, to };
}

export function describeAnswer(
  { days, alertsBefore, alertsAfter, rowsBefore, rowsAfter, changes }: BacktestAnswer,
  from: Day,
): string[] {
  const aDay = (alerts: number): string => (alerts / days).toFixed(2);
  const count = (change: BacktestChange['change']): number => changes.filter((one) => one.change === change).length;
  return [
    `${dayText(from)} to ${dayText(from + days - 1)}: ${count('added')} rows added, ${count('removed')} removed, ${count('changed')} of another level`,
    `alerts a day ${aDay(alertsBefore)} before, ${aDay(alertsAfter)} after (${alertsBefore} and ${alertsAfter}); open rows ${rowsBefore} before, ${rowsAfter} after`,
    'nothing was written',
  ];
}

export const changeLayout: RowLayout<BacktestChange> = {
  fields: ['change', 'anomaly_id', 'detection', 'entity', 'before', 'after', 'summary'],
  columns: [
    { title: 'CHANGE', cell: (row) => row.change },
    { title: 'BEFORE', cell: (row) => row.before },
    { title: 'AFTER', cell: (row) => row.after },
    { title: 'DETECTION', cell: (row) => row.detection },
    { title: 'WHO', cell: (row) => row.entity },
    { title: 'ANOMALY', cell: (row) => row.anomaly_id.slice(0, 12) },
    { title: 'SUMMARY', cell: (row) => row.summary },
  ],
};
