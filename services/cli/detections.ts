// keyhole detections list|test|backtest: the catalogue with what became of its findings, the cases of each detection, and what a change
// would add and remove.

import type { Command } from 'commander';
import { KeyholeError, UsageError } from '../core/errors.js';
import { dayOf } from '../core/time.js';
import { DETECTIONS_FOLDER, loadJudgingConfig } from '../pipeline/judging-config.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseInstant, parseNumber } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { createProgress } from '../platform/terminal/progress.js';
import { addFormatOption, formatRows, type RowFormat } from '../platform/terminal/rows.js';
import { createStyle } from '../platform/terminal/style.js';
import { changeLayout, defaultRange, describeAnswer, readExceptionFile, runBacktest } from './detections/backtest.js';
import { detectionLayout, listDetections, readTallies } from './detections/list.js';
import { caseLayout, walkCases } from './detections/test.js';

const DATA = ['--data <path>', 'data folder (default .keyhole)'] as const;

export function registerDetections(program: Command): void {
  const detections = program
    .command('detections')
    .description('the catalogue of detections; run their cases; what a change would add and remove');
  const list = detections
    .command('list')
    .description('every detection, with its open findings and how often it was right')
    .option(...DATA);
  addFormatOption(list).action(show);
  const test = detections
    .command('test')
    .description('run the cases of every detection, or of those named, through the judge; exit 1 if one fails')
    .argument('[detection...]', 'ids of detections')
    .option('--detections <dir>', 'another folder of detections');
  addFormatOption(test).action(testCases);
  const back = detections
    .command('backtest')
    .description('what a change would add to and remove from the open findings of stored history; writes nothing')
    .option('--detections <dir>', 'a changed folder of detections')
    .option('--sigma <dir>', 'a changed folder of Sigma rules')
    .option('--exceptions <file>', 'YAML or JSON list of further exceptions: detections, actor_id, …, from, until')
    .option('--budget <alerts>', 'another alert budget, alerts a day')
    .option('--from <day>', 'first day (default: four weeks before the last)')
    .option('--to <day>', 'last day (default: the newest on record)')
    .option(...DATA);
  addFormatOption(back).action(tryOut);
}

async function show(options: { format?: RowFormat; data?: string }): Promise<void> {
  const { definitions } = loadJudgingConfig(readSettings(process.env));
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const rows = listDetections(definitions, await readTallies(database.reader));
    await writeOut(formatRows(detectionLayout, rows, options.format, createStyle(process.stdout, process.env)));
    const retired = rows.filter((row) => row.title === '').length;
    if (retired > 0) say(`${retired} of them are no longer judged`);
  } finally {
    await database.close();
  }
}

async function testCases(only: string[], options: { detections?: string; format?: RowFormat }): Promise<void> {
  const folder = options.detections ?? DETECTIONS_FOLDER;
  const { definitions } = loadJudgingConfig({ ...readSettings(process.env), folder });
  const progress = createProgress();
  const rows = [];
  for (const row of walkCases(definitions, folder, only)) {
    rows.push(row);
    progress.update(
      `cases of ${row.detection}`,
      definitions.findIndex(({ id }) => id === row.detection) + 1,
      definitions.length,
    );
  }
  progress.stop();
  await writeOut(formatRows(caseLayout, rows, options.format, createStyle(process.stdout, process.env)));
  const failed = rows.filter((row) => row.result === 'failed').length;
  say(`${rows.length - failed} cases passed, ${failed} failed`);
  if (failed > 0) throw new KeyholeError('internal', 'detections do not do what their cases say', { retriable: false });
}

interface BacktestOptions {
  readonly detections?: string;
  readonly sigma?: string;
  readonly exceptions?: string;
  readonly budget?: string;
  readonly from?: string;
  readonly to?: string;
  readonly data?: string;
  readonly format?: RowFormat;
}

async function tryOut(options: BacktestOptions): Promise<void> {
  const settings = readSettings(process.env);
  const config = loadJudgingConfig({
    alertBudget:
      options.budget === undefined
        ? settings.alertBudget
        : parseNumber('--budget', options.budget, { min: 0.0001, max: 1_000_000 }),
    sigmaRules: options.sigma ?? settings.sigmaRules,
    ...(options.detections === undefined ? {} : { folder: options.detections }),
  });
  const exceptions = options.exceptions === undefined ? [] : readExceptionFile(options.exceptions);
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  const progress = createProgress();
  try {
    const whole = await defaultRange(database.clickhouse);
    const to = options.to === undefined ? whole.to : dayOf(parseInstant('--to', options.to));
    const from = options.from === undefined ? to - 27 : dayOf(parseInstant('--from', options.from));
    if (from > to) throw new UsageError('--from lies after --to: exchange them');
    const answer = await runBacktest(database.clickhouse, {
      config,
      exceptions,
      from,
      to,
      onProgress: (done, total) => progress.update('judging', done, total),
    });
    progress.stop();
    await writeOut(formatRows(changeLayout, answer.changes, options.format, createStyle(process.stdout, process.env)));
    for (const line of describeAnswer(answer, from)) say(line);
  } finally {
    progress.stop();
    await database.close();
  }
}
