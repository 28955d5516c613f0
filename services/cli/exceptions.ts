// keyhole exceptions add|list|end: what somebody decided to expect, about whom, until when and why. Decides how it is asked and shown;
// what an exception may be and does, core/exceptions says.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { checkException, type Exception, type Scope } from '../core/exceptions/exception.js';
import { type Day, dayFromText, dayOf, dayText } from '../core/time.js';
import { readRevisions, storeException } from '../pipeline/exceptions.js';
import { loadJudgingConfig } from '../pipeline/judging-config.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId, parseInstant } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat } from '../platform/terminal/rows.js';
import { createStyle } from '../platform/terminal/style.js';
import { judgeAlone } from './exceptions/judge-alone.js';
import { exceptionLayout, readExceptionRows } from './exceptions/rows.js';

interface AddOptions {
  readonly detection?: readonly string[];
  readonly actor?: string;
  readonly seller?: string;
  readonly cluster?: string;
  readonly tool?: string;
  readonly marketplace?: string;
  readonly from?: string;
  readonly until: string;
  readonly by: string;
  readonly why: string;
  readonly data?: string;
}

export function registerExceptions(program: Command): void {
  const exceptions = program
    .command('exceptions')
    .description(
      'what is expected for a time: findings that an exception covers stay visible as low, and alert nobody',
    );
  exceptions
    .command('add')
    .description('expect what a detection finds, about somebody or something, until a day')
    .option('--detection <id...>', 'of these detections; without it all, but canaries, which must be named')
    .option('--actor <id>', 'about this employee or app')
    .option('--seller <id>', 'where the finding names this seller')
    .option('--cluster <id>', 'where the finding names this cluster of sellers')
    .option('--tool <name>', 'where all its accesses were made with this tool')
    .option('--marketplace <name>', 'where all its accesses were made in this marketplace')
    .option('--from <day>', 'first day (default: the newest day on record)')
    .requiredOption('--until <day>', 'last day, such as 2026-04-30; of event time')
    .requiredOption('--by <who>', 'id of the person who decided it')
    .requiredOption('--why <text>', 'in words that others can follow')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(add);
  const list = exceptions
    .command('list')
    .description('exceptions in force, with how many open anomalies each covers')
    .option('--all', 'every revision ever made')
    .option('--data <path>', 'data folder (default .keyhole)');
  addFormatOption(list).action(show);
  exceptions
    .command('end')
    .description('let an exception end; what it covered until then stays covered')
    .argument('<exception_id>', 'as `keyhole exceptions list` prints it')
    .option('--on <day>', 'last day that it still covers (default: the day before the newest on record)')
    .requiredOption('--by <who>', 'id of the person who decided it')
    .requiredOption('--why <text>', 'in words that others can follow')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(end);
}

const day = (option: string, text: string): Day => dayOf(parseInstant(option, text));

async function add(options: AddOptions): Promise<void> {
  const detections = [...new Set(options.detection ?? [])].sort();
  const known = loadJudgingConfig(readSettings(process.env)).definitions;
  for (const id of detections)
    if (!known.some((definition) => definition.id === id))
      throw new UsageError(`--detection ${id} is none: see keyhole detections list`);
  const asked = {
    detections,
    ...scopeOf(options),
    until: day('--until', options.until),
    decided_by: parseId('--by', options.by),
    why: options.why.trim(),
  };
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const from = options.from === undefined ? await newestDay(database.clickhouse) : day('--from', options.from);
    const exception = checkException({ exception_id: randomBytes(6).toString('hex'), revision: 1, ...asked, from });
    await storeException(database.clickhouse, exception);
    await judgeAlone(database);
    process.stdout.write(
      `${exception.exception_id} covers ${dayText(exception.from)} to ${dayText(exception.until)}\n`,
    );
  } finally {
    await database.close();
  }
}

const scopeOf = (options: AddOptions): Scope => ({
  actor_id: options.actor === undefined ? '' : parseId('--actor', options.actor),
  seller_id: options.seller === undefined ? '' : parseId('--seller', options.seller),
  cluster_id: options.cluster === undefined ? '' : parseId('--cluster', options.cluster),
  tool: options.tool ?? '',
  marketplace: options.marketplace ?? '',
});

async function show(options: { all?: boolean; format?: RowFormat; data?: string }): Promise<void> {
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const rows = await readExceptionRows(database.reader, options.all === true);
    await writeOut(formatRows(exceptionLayout, rows, options.format, createStyle(process.stdout, process.env)));
    if (rows.length === 0) say('no exceptions');
  } finally {
    await database.close();
  }
}

async function end(id: string, options: { on?: string; by: string; why: string; data?: string }): Promise<void> {
  const decided_by = parseId('--by', options.by);
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const { at: _at, ...known } = await newestRevision(database.clickhouse, id);
    const until = options.on === undefined ? (await newestDay(database.clickhouse)) - 1 : day('--on', options.on);
    if (until >= known.until)
      throw new UsageError(`${id} ends on ${dayText(known.until)} already: give an earlier --on`);
    const ended: Exception = { ...known, revision: known.revision + 1, until, decided_by, why: options.why.trim() };
    await storeException(database.clickhouse, ended);
    await judgeAlone(database);
    process.stdout.write(`${id} covers nothing after ${dayText(until)}\n`);
  } finally {
    await database.close();
  }
}

async function newestRevision(ch: ClickHouse, id: string): Promise<Exception & { readonly at: string }> {
  const revisions = (await readRevisions(ch)).filter(({ exception_id }) => exception_id === id);
  return revisions.at(-1) ?? refuse(id);
}

function refuse(id: string): never {
  throw new UsageError(`no exception ${id}: see keyhole exceptions list`);
}

/** Event time, not the clock: the day of the latest access. */
async function newestDay(ch: ClickHouse): Promise<Day> {
  const [row] = await ch.query<{ n: string; day: string }>(
    'SELECT count() AS n, toDate(max(occurred_at)) AS day FROM {db}.access_events',
  );
  if (row === undefined || row.n === '0')
    throw new UsageError('nothing is on record yet: say the days with --from or --on');
  return dayFromText(row.day);
}
