// keyhole trace-leak: whose earlier reads best account for the customers who complained. Decides which complaints are asked about and
// how the answer looks; the weighing is core/leak. Customers appear in it as counts only.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import type { Complaint } from '../core/leak/input.js';
import { NAMED_CHANCE, type Trace, traceLeak } from '../core/leak/trace.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseCount, parseId, parseRange } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { createProgress } from '../platform/terminal/progress.js';
import { addFormatOption, formatRows, type RowFormat, type RowLayout } from '../platform/terminal/rows.js';
import { createStyle } from '../platform/terminal/style.js';
import {
  type Complained,
  complaintsOfFile,
  complaintsOfIds,
  type Range,
  storedComplaints,
} from './trace-leak/complaints.js';
import { readLeakInput } from './trace-leak/reads.js';

interface Options {
  readonly complaints?: string;
  readonly customers?: string;
  readonly seller?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
  readonly format?: RowFormat;
  readonly data?: string;
}

export interface LeakRow {
  readonly rank: number;
  readonly actor_id: string;
  readonly complaints_read: number;
  readonly expected_by_chance: number;
  readonly all_reads: number;
  readonly likelihood_ratio: number;
  readonly p_value: number;
  readonly stands_out: boolean;
}

export const leakLayout: RowLayout<LeakRow> = {
  fields: [
    'rank',
    'actor_id',
    'complaints_read',
    'expected_by_chance',
    'all_reads',
    'likelihood_ratio',
    'p_value',
    'stands_out',
  ],
  columns: [
    { title: 'RANK', align: 'right', cell: (row) => String(row.rank) },
    {
      title: 'ACTOR',
      cell: (row) => row.actor_id,
      paint: (text, row, style) => (row.stands_out ? style.bold(style.red(text)) : text),
    },
    { title: 'COMPLAINTS READ', align: 'right', cell: (row) => String(row.complaints_read) },
    { title: 'BY CHANCE', align: 'right', cell: (row) => row.expected_by_chance.toFixed(2) },
    { title: 'ALL READS', align: 'right', cell: (row) => String(row.all_reads) },
    { title: 'LIKELIHOOD RATIO', align: 'right', cell: (row) => figures(row.likelihood_ratio) },
    { title: 'P AMONG ALL', align: 'right', cell: (row) => figures(row.p_value) },
  ],
};

const figures = (value: number): string =>
  value === 0 || (value >= 0.001 && value < 100_000) ? String(rounded(value)) : value.toExponential(1);

const rounded = (value: number): number => Number(value.toPrecision(4));

export function registerTraceLeak(program: Command): void {
  const command = program
    .command('trace-leak')
    .description('whose earlier reads best account for the customers who complained')
    .option('--complaints <file>', 'customers who complained: NDJSON as the customer-complaints feed, of any kind')
    .option('--customers <ids>', 'customers who complained, with commas between; every stored read of them counts')
    .option('--seller <id>', 'only complaints about this seller')
    .option('--from <time>', 'complaints received at or after, such as 2026-03-01 or 2026-03-01T09:30:00Z')
    .option('--to <time>', 'complaints received before')
    .option('--limit <rows>', 'the first so many', '50')
    .option('--data <path>', 'data folder (default .keyhole)')
    .addHelpText(
      'after',
      '\nWith neither --complaints nor --customers: all stored complaints of off-platform contact.',
    );
  addFormatOption(command).action(run);
}

async function run(options: Options): Promise<void> {
  const limit = parseCount('--limit', options.limit);
  const seller = options.seller === undefined ? null : parseId('--seller', options.seller);
  const range = parseRange({ option: '--from', text: options.from }, { option: '--to', text: options.to });
  checkChoice(options, range);
  const given = await givenComplaints(options, range);
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  const progress = createProgress();
  try {
    const complained = given ?? (await storedComplaints(database.reader, range));
    if (given === null) say(`${complained.length} customers with a stored complaint of off-platform contact`);
    const step = (what: string, done: number): void => progress.update(what, done, 4);
    const trace = await traceComplaints(database.reader, complained, seller, step);
    progress.stop();
    const rows = rowsOf(trace);
    const style = createStyle(process.stdout, process.env);
    const isTable = options.format === 'table' || (options.format === undefined && style.isTerminal);
    await writeOut(formatRows(leakLayout, rows.slice(0, limit), options.format, style));
    if (isTable) await writeOut([`${verdict(trace)}\n`]);
    else say(verdict(trace));
    if (rows.length > limit) say(`the first ${limit} of ${rows.length} are shown: give --limit for more`);
  } finally {
    progress.stop();
    await database.close();
  }
}

function checkChoice({ complaints, customers }: Options, { fromMs, toMs }: Range): void {
  if (complaints !== undefined && customers !== undefined)
    throw new UsageError('give --complaints or --customers, not both');
  if (customers !== undefined && (fromMs !== undefined || toMs !== undefined))
    throw new UsageError('--from and --to choose complaints by their time: ids given with --customers have none');
}

async function givenComplaints({ complaints, customers }: Options, range: Range): Promise<Complained[] | null> {
  if (customers !== undefined) return complaintsOfIds(customers);
  return complaints === undefined ? null : complaintsOfFile(complaints, range);
}

/** Weighs everybody who read one of the customers. With a seller: the complaints that name it, and those that name none about its customers. */
export async function traceComplaints(
  ch: ClickHouse,
  complained: readonly Complained[],
  seller: string | null,
  step: (what: string, done: number) => void = () => undefined,
): Promise<Trace> {
  const asked = seller === null ? complained : complained.filter((one) => (one.sellerId ?? seller) === seller);
  const input = await readLeakInput(ch, asked, step);
  step('weighing', 3);
  if (seller === null) return traceLeak(input);
  return traceLeak({ ...input, complaints: input.complaints.flatMap((one) => aboutSeller(one, seller)) });
}

function aboutSeller(complaint: Complaint, seller: string): Complaint[] {
  const isAbout = complaint.sellerId === seller || complaint.reads.some((read) => read.sellerId === seller);
  return isAbout || complaint.atMs === null ? [{ ...complaint, sellerId: seller }] : [];
}

export function rowsOf({ suspects }: Trace): LeakRow[] {
  return suspects.map((one, at) => ({
    rank: at + 1,
    actor_id: one.actorId,
    complaints_read: one.complaintsRead,
    expected_by_chance: rounded(one.expected),
    all_reads: one.reads,
    likelihood_ratio: rounded(Math.exp(Math.min(700, one.logRatio))),
    p_value: rounded(one.chanceAmongAll),
    stands_out: one.standsOut,
  }));
}

export function verdict({ complaints, unread, candidates, named, suspects }: Trace): string {
  const whole = `${complaints} customers who complained had been read by ${suspects.length} of ${candidates} candidates`;
  const rest = unread > 0 ? `; ${unread} had been read by nobody` : '';
  if (named === 0)
    return `nobody stands out: no reads account for the complaints beyond what chance does once in ${1 / NAMED_CHANCE} cases (${whole}${rest})`;
  return `${named === 1 ? 'one candidate stands' : `${named} candidates stand`} out: chance alone brings this about at most once in ${1 / NAMED_CHANCE} cases (${whole}${rest})`;
}
