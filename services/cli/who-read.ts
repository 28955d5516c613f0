// keyhole who-read: the accesses to one customer, one seller, or by one actor, newest first, each with its explanation:
// the first question of every inquiry. Decides the question; whether an access is explained was decided when it was landed.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import type { AccessEvent, Explained } from '../core/feeds/records.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTimeText, toIso } from '../platform/clickhouse/time.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseCount, parseId, parseRange } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat, type RowLayout } from '../platform/terminal/rows.js';
import { createStyle } from '../platform/terminal/style.js';

export type Access = Omit<AccessEvent, 'occurred_at'> & {
  readonly occurred_at: string;
  readonly explained: Explained;
  readonly ingested_at: string;
};

export type Subject =
  | { readonly kind: 'customer'; readonly id: string }
  | { readonly kind: 'seller'; readonly id: string }
  | { readonly kind: 'actor'; readonly id: string };

export interface AccessesQuestion {
  readonly subject: Subject;
  /** Of occurred_at: included. */
  readonly fromMs?: number | undefined;
  /** Of occurred_at: not included. */
  readonly toMs?: number | undefined;
  readonly limit: number;
}

interface WhoReadOptions {
  readonly customer?: string;
  readonly seller?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
  readonly format?: RowFormat;
  readonly data?: string;
}

const fields = [
  'event_id',
  'occurred_at',
  'actor_id',
  'actor_kind',
  'action',
  'outcome',
  'tool',
  'marketplace',
  'seller_id',
  'customer_ids',
  'review_id',
  'review_rating',
  'record_count',
  'case_id',
  'approver_id',
  'session_id',
  'source_ip',
  'country',
  'explained',
  'ingested_at',
] as const satisfies readonly (keyof Access)[];

const conditions = {
  customer: 'has(customer_ids, {subject:String})',
  seller: 'seller_id = {subject:String}',
  actor: 'actor_id = {subject:String}',
} as const satisfies Record<Subject['kind'], string>;

/** One row more than the limit is asked for, to know whether something was cut. */
export function accessesQuery(question: AccessesQuestion): { sql: string; params: Record<string, unknown> } {
  const { subject, fromMs, toMs, limit } = question;
  const where: string[] = [conditions[subject.kind]];
  const params: Record<string, unknown> = { subject: subject.id, limit: limit + 1 };
  if (fromMs !== undefined) {
    where.push('occurred_at >= {from:DateTime64(3)}');
    params['from'] = toDateTimeText(fromMs);
  }
  if (toMs !== undefined) {
    where.push('occurred_at < {to:DateTime64(3)}');
    params['to'] = toDateTimeText(toMs);
  }
  const order = 'ORDER BY occurred_at DESC, actor_id, event_id LIMIT {limit:UInt64}';
  return { sql: `SELECT ${fields.join(', ')} FROM {db}.accesses WHERE ${where.join(' AND ')} ${order}`, params };
}

export async function readAccesses(
  ch: ClickHouse,
  question: AccessesQuestion,
): Promise<{ readonly rows: Access[]; readonly isCut: boolean }> {
  const { sql, params } = accessesQuery(question);
  const found = await ch.query<Access>(sql, params, { output_format_json_quote_64bit_integers: 0 });
  const rows = found.slice(0, question.limit).map((row) => ({
    ...row,
    occurred_at: toIso(row.occurred_at),
    ingested_at: toIso(row.ingested_at),
  }));
  return { rows, isCut: found.length > question.limit };
}

/** Why the access was made, as far as the cases tell. */
export function explanation(row: Pick<Access, 'explained' | 'case_id'>): string {
  if (row.explained === 'yes') return `yes: ${row.case_id ?? ''}`;
  if (row.explained === 'late') return `late: ${row.case_id ?? ''} was opened afterwards`;
  if (row.explained === 'self') return `self: ${row.case_id ?? ''} is the actor's own, approved by nobody else`;
  return row.case_id === null ? 'no: no case given' : `no: ${row.case_id} does not cover it`;
}

function listed(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(' ') : `${ids.slice(0, 2).join(' ')} and ${ids.length - 2} more`;
}

export const accessLayout: RowLayout<Access> = {
  fields,
  columns: [
    { title: 'WHEN', cell: (row) => row.occurred_at },
    { title: 'ACTOR', cell: (row) => row.actor_id },
    {
      title: 'ACTION',
      cell: (row) => (row.outcome === 'denied' ? `${row.action} (denied)` : row.action),
    },
    { title: 'SELLER', cell: (row) => row.seller_id ?? '' },
    { title: 'RECORDS', align: 'right', cell: (row) => String(row.record_count) },
    { title: 'CUSTOMERS', cell: (row) => listed(row.customer_ids) },
    {
      title: 'EXPLAINED',
      cell: explanation,
      paint: (text, row, style) => (row.explained === 'yes' ? text : style.yellow(text)),
    },
  ],
};

export function registerWhoRead(program: Command): void {
  const command = program
    .command('who-read')
    .description('print who touched a customer or a seller, or what an actor touched, newest first')
    .option('--customer <id>', 'accesses that returned this customer')
    .option('--seller <id>', 'accesses that touched this seller')
    .option('--actor <id>', 'accesses by this actor')
    .option('--from <time>', 'at or after, such as 2026-03-01 or 2026-03-01T09:30:00Z')
    .option('--to <time>', 'before')
    .option('--limit <rows>', 'the newest so many', '1000')
    .option('--data <path>', 'data folder (default .keyhole)');
  addFormatOption(command).action(async (options: WhoReadOptions) => {
    const limit = parseCount('--limit', options.limit);
    const range = parseRange({ option: '--from', text: options.from }, { option: '--to', text: options.to });
    const question = { subject: subjectOf(options), ...range, limit };
    const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
    try {
      const { rows, isCut } = await readAccesses(database.reader, question);
      const style = createStyle(process.stdout, process.env);
      await writeOut(formatRows(accessLayout, rows, options.format, style));
      if (rows.length === 0) say('no accesses');
      if (isCut)
        say(`the newest ${limit} are shown; older ones are left out: give --limit, or --to for what came before`);
    } finally {
      await database.close();
    }
  });
}

/** Exactly one of --customer, --seller and --actor. */
export function subjectOf(options: Pick<WhoReadOptions, 'customer' | 'seller' | 'actor'>): Subject {
  const kinds = ['customer', 'seller', 'actor'] as const;
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1)
    throw new UsageError(
      `give exactly one of --customer, --seller and --actor${given.length > 1 ? `, not ${given.length}` : ''}`,
    );
  return { kind, id: parseId(`--${kind}`, options[kind] ?? '') };
}
