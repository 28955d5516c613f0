// keyhole report KIND: a document for people who were not there. Decides the range, whom it is about and where the bytes go; what it
// says is the reporter's.

import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import { REPORT_KINDS, type ReportKind } from '../core/reporting/report.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { fromDateTime64 } from '../platform/clickhouse/time.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId, parseInstant, parseRange } from '../platform/terminal/arguments.js';
import { say } from '../platform/terminal/output.js';
import { handOut, makeReport } from '../reporter/main.js';
import { REPORT_FORMATS, type ReportFormat } from '../reporter/render.js';
import { findAnomaly } from './disposition/find-anomaly.js';

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly format: ReportFormat | 'all';
  readonly out?: string;
  readonly actor?: string;
  readonly anomaly?: string;
  readonly seller?: string;
  readonly cluster?: string;
  readonly awareAt?: string;
  readonly table?: string;
  readonly by?: string;
  readonly data?: string;
}

const DAY_MS = 86_400_000;

export function registerReport(program: Command): void {
  program
    .command('report <kind>')
    .description(`a compliance report: ${REPORT_KINDS.join(', ')}`)
    .option('--from <time>', 'from this time on, such as 2026-03-01 (default: the first access)')
    .option('--to <time>', 'before this time (default: the end of the last day with an access)')
    .addOption(
      new Option('--format <format>', 'how it is printed; all writes OUT.pdf, OUT.html, OUT.csv and OUT.json')
        .choices([...REPORT_FORMATS, 'all'])
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'the file to write (default: standard output)')
    .option('--actor <id>', 'about one employee')
    .option('--anomaly <id>', 'about one anomaly; the first characters are enough when they name one')
    .option('--seller <id>', 'about one seller (seller-action)')
    .option('--cluster <id>', 'about one cluster of sellers (seller-action)')
    .option('--aware-at <time>', 'when the organisation became aware (breach-notification)')
    .option('--table <name>', 'another table of the report than its main one (csv)')
    .option('--by <who>', 'who makes it, for the record (default: the name you are logged in with)')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(report);
}

async function report(word: string, flags: Flags): Promise<void> {
  const kind = kindOf(word);
  const range = parseRange({ option: '--from', text: flags.from }, { option: '--to', text: flags.to });
  if (flags.format === 'all' && (flags.out === undefined || flags.out === '-'))
    throw new UsageError('--format all writes four files: give --out a name without ending');
  const madeBy = flags.by === undefined ? userInfo().username : parseId('--by', flags.by);
  const ids = {
    actorId: idOf('--actor', flags.actor),
    sellerId: idOf('--seller', flags.seller),
    clusterId: idOf('--cluster', flags.cluster),
    awareAtMs: flags.awareAt === undefined ? null : parseInstant('--aware-at', flags.awareAt),
  };
  const { alertBudget, sigmaRules } = readSettings(process.env);
  const judged = { alertBudget, sigmaRules };
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    const { reader } = database;
    const anomalyId = flags.anomaly === undefined ? '' : (await findAnomaly(reader, flags.anomaly)).anomaly_id;
    const { fromMs, toMs } = await rangeIn(reader, range);
    const made = await makeReport(reader, { kind, fromMs, toMs, anomalyId, ...ids, ...judged });
    const formats = flags.format === 'all' ? REPORT_FORMATS : [flags.format];
    for (const format of formats) {
      const bytes = await handOut(database.clickhouse, made, { format, table: flags.table, madeBy });
      if (flags.out === undefined || flags.out === '-') process.stdout.write(bytes);
      else await writeFile(flags.format === 'all' ? `${flags.out}.${format}` : flags.out, bytes);
      say(
        `${kind} about ${made.subject}, ${format}, ${bytes.length} bytes, data digest ${made.data_digest.slice(0, 16)}…`,
      );
    }
  } finally {
    await database.close();
  }
}

function kindOf(word: string): ReportKind {
  const kind = REPORT_KINDS.find((one) => one === word);
  if (kind === undefined) throw new UsageError(`report ${word}: give one of ${REPORT_KINDS.join(', ')}`);
  return kind;
}

const idOf = (option: string, text: string | undefined): string => (text === undefined ? '' : parseId(option, text));

/** Whole days around the accesses where nothing is said; an empty database has the first day of 2000. */
async function rangeIn(
  ch: ClickHouse,
  given: { readonly fromMs: number | undefined; readonly toMs: number | undefined },
): Promise<{ fromMs: number; toMs: number }> {
  if (given.fromMs !== undefined && given.toMs !== undefined) return { fromMs: given.fromMs, toMs: given.toMs };
  const [extent] = await ch.query<{ stored: string; first: string; last: string }>(
    'SELECT toString(count()) AS stored, min(occurred_at) AS first, max(occurred_at) AS last FROM {db}.accesses',
  );
  const known = extent !== undefined && extent.stored !== '0';
  const firstMs = known ? fromDateTime64(extent.first) : Date.UTC(2000, 0, 1);
  const lastMs = known ? fromDateTime64(extent.last) : firstMs;
  const fromMs = given.fromMs ?? Math.min(Math.floor(firstMs / DAY_MS) * DAY_MS, (given.toMs ?? Infinity) - 1);
  const toMs = given.toMs ?? Math.max(Math.floor(lastMs / DAY_MS + 1) * DAY_MS, fromMs + DAY_MS);
  return { fromMs, toMs };
}
