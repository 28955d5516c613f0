// keyhole rescore --from T --to T [--check]: judge a range again from the stored events, or say what would come out differently.

import type { Command } from 'commander';
import { KeyholeError, UsageError } from '../core/errors.js';
import { dayOf } from '../core/time.js';
import { createJudge } from '../pipeline/judge.js';
import { loadJudgingConfig } from '../pipeline/judging-config.js';
import { checkRange, type Difference, obligeRange, rangeRead } from '../pipeline/rescore.js';
import { refuseIncomplete } from '../pipeline/retention/complete.js';
import { clickHouseJudgeStore } from '../pipeline/store/judge-store-clickhouse.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { createProgress } from '../platform/terminal/progress.js';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly check?: boolean;
  readonly data?: string;
}

export function registerRescore(program: Command): void {
  program
    .command('rescore')
    .description(
      'judge a range again from the stored events; with --check only say what would differ (exit 1 if anything)',
    )
    .requiredOption('--from <time>', 'first day, ISO 8601')
    .requiredOption('--to <time>', 'last day, ISO 8601')
    .option('--check', 'write nothing, print each difference')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(rescore);
}

async function rescore(options: Options): Promise<void> {
  const range = { from: parseDay('--from', options.from), to: parseDay('--to', options.to) };
  if (range.from > range.to) throw new UsageError('--from lies after --to: exchange them');
  const settings = readSettings(process.env);
  const config = loadJudgingConfig(settings);
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  const progress = createProgress();
  const onProgress = (done: number, total: number): void => progress.update('judging', done, total);
  try {
    const store = clickHouseJudgeStore(database.clickhouse);
    if (options.check === true) {
      const { oldest, last } = rangeRead(config, range);
      await refuseIncomplete(database.clickhouse, { from: oldest, to: last });
      const { sheets, differences } = await checkRange(store, config, range, onProgress);
      progress.stop();
      process.stdout.write(differences.map((difference) => `${describe(difference)}\n`).join(''));
      process.stderr.write(`${sheets} windows checked, ${differences.length} differences\n`);
      if (differences.length > 0)
        throw new KeyholeError('internal', 'stored and recomputed judgements differ', { retriable: false });
      return;
    }
    await obligeRange(store, range);
    const judge = createJudge(store, { config, tell: async () => {}, onProgress });
    let waiting = 1;
    while (waiting > 0) ({ waiting } = await judge.round(Number.POSITIVE_INFINITY));
  } finally {
    progress.stop();
    await database.close();
  }
}

function parseDay(option: string, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`${option} ${text}: give a day or a time such as 2026-03-01 or 2026-03-01T09:30:00.000Z`);
  return dayOf(time);
}

const describe = (difference: Difference): string =>
  difference.kind === 'bucket'
    ? `${difference.day}: stored buckets differ from the events`
    : `${difference.window_start} ${difference.detection} ${difference.anomaly_id}: ${WORDS[difference.kind]}`;

const WORDS = { missing: 'not stored', left_over: 'stored, and not found again', changed: 'stored with other content' };
