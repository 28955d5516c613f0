// `keyhole alert silence`: holds alerts back for a time, by name and with a reason. What is held back is sent when the silence ends, if it
// still holds; nothing is thrown away.

import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import { toDateTime64 } from '../../platform/clickhouse/time.js';
import { openDatabase } from '../../platform/stack/database.js';
import { parseId, parseInstant } from '../../platform/terminal/arguments.js';
import { say, writeOut } from '../../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat, type RowLayout } from '../../platform/terminal/rows.js';
import { createStyle } from '../../platform/terminal/style.js';

interface Flags {
  readonly data?: string;
  readonly destination?: string;
  readonly detection?: string;
  readonly entity?: string;
  readonly until?: string;
  readonly by?: string;
  readonly note?: string;
  readonly format?: RowFormat;
}

interface Silence {
  readonly silence_id: string;
  readonly destination: string;
  readonly detection: string;
  readonly entity: string;
  readonly until: string;
  readonly by: string;
  readonly note: string;
}

const layout: RowLayout<Silence> = {
  fields: ['silence_id', 'destination', 'detection', 'entity', 'until', 'by', 'note'],
  columns: [
    { title: 'SILENCE', cell: (row) => row.silence_id },
    { title: 'DESTINATION', cell: (row) => row.destination || 'all' },
    { title: 'DETECTION', cell: (row) => row.detection || 'all' },
    { title: 'ENTITY', cell: (row) => row.entity || 'all' },
    { title: 'UNTIL', cell: (row) => row.until },
    { title: 'BY', cell: (row) => row.by },
    { title: 'NOTE', cell: (row) => row.note },
  ],
};

export function registerSilence(alert: Command): void {
  const silence = alert.command('silence').description('hold alerts back for a time');
  silence
    .command('add')
    .description('hold back what fits; at least one of --destination, --detection, --entity')
    .option('--destination <name>', 'of the routing file')
    .option('--detection <id>', 'such as canary_read')
    .option('--entity <id>', 'employee, seller or cluster')
    .requiredOption('--until <time>', 'such as 2026-03-01T18:00:00Z')
    .requiredOption('--by <who>', 'whose decision it is')
    .requiredOption('--note <text>', 'why')
    .action((_: unknown, self: Command) => add(self.optsWithGlobals()));
  silence
    .command('end <silence>')
    .description('end a silence now')
    .requiredOption('--by <who>', 'whose decision it is')
    .action((id: string, _: unknown, self: Command) => end(id, self.optsWithGlobals()));
  addFormatOption(silence.command('list').description('silences in force')).action((_: unknown, self: Command) =>
    list(self.optsWithGlobals()),
  );
}

const COLUMNS = ['silence_id', 'destination', 'detection', 'entity', 'until', 'by', 'note'];

async function add(flags: Flags): Promise<void> {
  const { destination = '', detection = '', entity = '', until = '', by = '', note = '' } = flags;
  if (destination + detection + entity === '')
    throw new UsageError(
      'alert silence add needs at least one of --destination, --detection and --entity: silencing everything is not possible',
    );
  if (entity !== '') parseId('--entity', entity);
  const untilMs = parseInstant('--until', until);
  if (untilMs <= Date.now()) throw new UsageError(`--until ${until} is over already`);
  const id = randomUUID().slice(0, 8);
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    await database.clickhouse.insert('alert_silences', COLUMNS, [
      [id, destination, detection, entity, toDateTime64(untilMs), by, note],
    ]);
  } finally {
    await database.close();
  }
  await writeOut([`${id}\n`]);
}

async function end(id: string, flags: Flags): Promise<void> {
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    const [known] = await database.clickhouse.query<Silence>(
      'SELECT silence_id, destination, detection, entity FROM {db}.alert_silences FINAL WHERE silence_id = {id:String}',
      { id },
    );
    if (known === undefined)
      throw new UsageError(
        `alert silence end ${id}: no such silence; \`keyhole alert silence list\` shows those in force`,
      );
    const row = [
      id,
      known.destination,
      known.detection,
      known.entity,
      toDateTime64(Date.now()),
      flags.by ?? '',
      'ended',
    ];
    await database.clickhouse.insert('alert_silences', COLUMNS, [row]);
  } finally {
    await database.close();
  }
  say(`${id} has ended`);
}

async function list(flags: Flags): Promise<void> {
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    const rows = await database.reader.query<Silence>(
      'SELECT silence_id, destination, detection, entity, toString(until) AS until, by, note FROM {db}.alert_silences FINAL WHERE alert_silences.until > now64(3) ORDER BY until, silence_id',
    );
    await writeOut(formatRows(layout, rows, flags.format, createStyle(process.stdout, process.env)));
    if (rows.length === 0) say('no silence is in force');
  } finally {
    await database.close();
  }
}
