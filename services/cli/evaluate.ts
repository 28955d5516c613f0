// `keyhole evaluate DIR --data PATH`: what the anomalies in a database found of a case folder's truth, beside two simple rules in SQL
// on the same events. The scoring is core/evaluate; this file fetches, and shows a table or JSON.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import { type Alert, alertsOf } from '../core/evaluate/alerts.js';
import { type Assessment, assess, assessBudgets, type BudgetResult } from '../core/evaluate/assess.js';
import { type CalibrationTable, calibrationTable, type LevelledFinding } from '../core/evaluate/calibration.js';
import { type Offender, parseTruth } from '../core/evaluate/truth.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { openDatabase } from '../platform/stack/database.js';
import { fetchBudget, fetchClusters, fetchFindings, fetchPeriod, type Period } from './evaluate/fetch.js';
import { renderPage } from './evaluate/page.js';
import { SIMPLE_RULES, simpleFindings } from './evaluate/simple-rules.js';
import { renderEvaluation } from './evaluate/table.js';

export interface Evaluation {
  readonly period: { readonly from: string; readonly to: string; readonly days_judged: number };
  readonly keyhole: Assessment & { readonly alerts_per_day: number; readonly budgets: readonly BudgetResult[] };
  readonly rules: readonly { readonly rule: string; readonly budgets: readonly BudgetResult[] }[];
  /** Null when nothing was judged. */
  readonly calibration: CalibrationTable | null;
}

interface Options {
  readonly data?: string;
  readonly format: 'table' | 'json';
  readonly fromDay: number;
  readonly page?: string;
}

const DAY_MS = 86_400_000;

function dayNumber(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of days, such as 20.');
}

export function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('recall, precision and days to detection against truth.ndjson, beside two simple rules')
    .argument('<dir>', 'case folder with a truth.ndjson')
    .option('--data <path>', 'data folder (default .keyhole)')
    .option('--from-day <n>', 'judge alerts from the n-th day of the data on', dayNumber, 0)
    .option('--page <file>', 'also write a self-contained HTML page with plots')
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action(async (dir: string, options: Options) => {
      const truth = await readTruth(dir);
      const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
      try {
        const evaluation = await evaluate(database.reader, truth, options.fromDay);
        const text = options.format === 'json' ? JSON.stringify(evaluation, null, 2) : renderEvaluation(evaluation);
        process.stdout.write(`${text}\n`);
        if (options.page !== undefined) await writePage(options.page, evaluation);
      } finally {
        await database.close();
      }
    });
}

/** Judges what the database holds now. Throws UsageError when it holds no accesses or the truth cannot be read. */
export async function evaluate(ch: ClickHouse, truth: string, fromDay: number): Promise<Evaluation> {
  const period = await fetchPeriod(ch);
  const judgedFromMs = period.fromMs + fromDay * DAY_MS;
  const days = Math.round((period.toMs - judgedFromMs) / DAY_MS);
  if (days < 1) throw new UsageError(`--from-day ${fromDay}: the data has only ${fromDay + days} days`);
  const clusters = await fetchClusters(ch);
  const offenders = parseTruth(truth, (seller) => clusters.get(seller) ?? []);
  const judged = (alerts: Alert[]): Alert[] => alerts.filter((alert) => alert.day * DAY_MS >= judgedFromMs);
  const findings = await fetchFindings(ch);
  const alerts = judged(alertsOf(findings.filter(isAlert)));
  const budget = await fetchBudget(ch);
  const rules = [];
  for (const rule of SIMPLE_RULES) {
    const found = judged(alertsOf(await simpleFindings(ch, rule, { judgedFromMs, days })));
    rules.push({ rule: rule.name, budgets: assessBudgets(found, offenders, days) });
  }
  return {
    period: { ...isoPeriod(period), days_judged: days },
    keyhole: keyholeResult(alerts, judged(alertsOf(findings.filter(({ goesOn }) => !goesOn))), offenders, days),
    rules,
    calibration:
      budget === null
        ? null
        : calibrationTable(findings, budget, { fromMs: judgedFromMs, days, honestOnly: offenders.length === 0 }),
  };
}

const isAlert = ({ level }: LevelledFinding): boolean => level === 'high' || level === 'critical';

function keyholeResult(
  alerts: readonly Alert[],
  ranked: readonly Alert[],
  offenders: readonly Offender[],
  days: number,
) {
  return {
    ...assess(alerts, offenders),
    alerts_per_day: Math.round((1_000 * alerts.length) / days) / 1_000,
    budgets: assessBudgets(ranked, offenders, days),
  };
}

const isoPeriod = ({ fromMs, toMs }: Period): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

async function writePage(path: string, evaluation: Evaluation): Promise<void> {
  await writeFile(path, renderPage(evaluation)).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--page ${path} cannot be written (${error.code ?? error.message}): name a file in a folder that exists`,
    );
  });
  process.stderr.write(`${path}: recall, precision and delay as plots\n`);
}

async function readTruth(dir: string): Promise<string> {
  const path = join(dir, 'truth.ndjson');
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new UsageError(`${path} does not exist: name a case folder that keyhole simulate wrote`);
    }
    throw error;
  });
}
