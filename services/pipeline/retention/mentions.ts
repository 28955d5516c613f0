// Where else an id stands: in any text of any table, found by asking the database which columns there are, so that a table added later is
// not forgotten. An id is found where neither side of it goes on like an id.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';
import type { Forgetting } from './forgetting.js';
import { anyTextSql, eachTextSql } from './texts.js';

export interface Mention {
  readonly table: string;
  readonly column: string;
  /** as the database names it */
  readonly type: string;
  /** bytes as they came from outside: replaced as a whole */
  readonly raw: boolean;
}

/** Columns that the erasure rewrites itself, or that hold what it destroys. */
const OWN = new Set([
  'access_events.customer_ids',
  'support_cases.customer_ids',
  'customer_complaints.customer_id',
  'canaries.customer_id',
  'customer_salts.customer_id',
]);
const RAW = new Set(['dead_letters.payload', 'dead_letters.key']);
/** What a sealed digest says is never rewritten, and names no customer. */
const LEFT = new Set(['evidence_digests', 'evidence_leaves', 'schema_migrations', 'customer_secrets']);

/** SQL of the column with the id replaced. Twice, for two with one character between. */
export function replaceSql(
  { column, type }: Pick<Mention, 'column' | 'type'>,
  { pattern }: Forgetting,
  token: string,
): string {
  const by = sqlStrings([`\\1${token}\\2`]);
  const replaced = (sql: string): string =>
    `replaceRegexpAll(replaceRegexpAll(${sql}, ${pattern}, ${by}), ${pattern}, ${by})`;
  const sql = eachTextSql(type, `\`${column}\``, replaced);
  return type.includes('Tuple') ? `CAST(${sql}, ${sqlStrings([type])})` : sql;
}

/** True where the id stands in the column. */
export const mentionedSql = ({ column, type }: Pick<Mention, 'column' | 'type'>, { pattern }: Forgetting): string =>
  anyTextSql(type, `\`${column}\``, (sql) => `match(ifNull(${sql}, ''), ${pattern})`) ?? '0';

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const MAY_BE_REWRITTEN =
  "default_kind IN ('', 'DEFAULT') AND NOT is_in_sorting_key AND NOT is_in_partition_key AND NOT startsWith(type, 'Map')";

async function textColumns(ch: ClickHouse, where: string, only = ''): Promise<ColumnRow[]> {
  return await ch.query<ColumnRow>(
    `SELECT table, name AS column, type FROM system.columns
    WHERE database = {database:String} AND match(type, '\\\\bString\\\\b') AND (${where}) AND ({only:String} = '' OR table = {only:String})
      AND table IN (SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree')
    ORDER BY table, position`,
    { database: ch.database, only },
  );
}

/** Columns of texts that may be rewritten and hold the id. @param only the one table to look into */
export async function mentionsOf(ch: ClickHouse, forgetting: Forgetting, only = ''): Promise<Mention[]> {
  const found: Mention[] = [];
  for (const { table, column, type } of await textColumns(ch, MAY_BE_REWRITTEN, only)) {
    if (OWN.has(`${table}.${column}`) || LEFT.has(table)) continue;
    const raw = RAW.has(`${table}.${column}`);
    const where = raw ? rawWhere(column, forgetting) : mentionedSql({ column, type }, forgetting);
    const rows = await ch.query<{ one: number }>(`SELECT 1 AS one FROM {db}.${table} WHERE ${where} LIMIT 1`);
    if (rows.length > 0) found.push({ table, column, type, raw });
  }
  return found;
}

/**
 * Columns that are never rewritten and hold the id as a word or within one whose parts are marked off, as
 * table.column and how many rows: ids of records, what the server filled in, digests.
 */
export async function mentionsLeft(ch: ClickHouse, { raw }: Forgetting): Promise<string[]> {
  const left: string[] = [];
  const word = `concat('(^|[^0-9A-Za-z])', ${raw}, '($|[^0-9A-Za-z])')`;
  const tables = [...LEFT].map((table) => sqlStrings([table])).join(', ');
  for (const { table, column, type } of await textColumns(ch, `NOT (${MAY_BE_REWRITTEN}) OR table IN (${tables})`)) {
    if (OWN.has(`${table}.${column}`)) continue;
    const where = anyTextSql(type, `\`${column}\``, (sql) => `match(ifNull(${sql}, ''), ${word})`) ?? '0';
    const [row] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table} WHERE ${where}`);
    if (row !== undefined && row.n !== '0') left.push(`${table}.${column} (${row.n})`);
  }
  return left;
}

/**
 * Bytes as they came: found in text, escaped or not, and in what is kept as base64. With whatever neighbours: in Avro they are lengths, which
 * may look like a part of an id, so that a letter about a longer id is lost rather than this one kept.
 */
export const rawWhere = (column: string, { raw }: Forgetting): string =>
  `(match(\`${column}\`, ${raw})
    OR (startsWith(\`${column}\`, 'base64:') AND match(tryBase64Decode(substring(\`${column}\`, 8)), ${raw})))`;
