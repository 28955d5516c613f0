// Where else an id stands: in any text of any table, found by asking the database which columns there are, so that a table added later is
// not forgotten. An id is found where neither side of it goes on like an id.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';
import type { Forgetting } from './forgetting.js';

export interface Mention {
  readonly table: string;
  readonly column: string;
  /** the column is a list of texts */
  readonly list: boolean;
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
  { column, list }: Pick<Mention, 'column' | 'list'>,
  { pattern }: Forgetting,
  token: string,
): string {
  const by = sqlStrings([`\\1${token}\\2`]);
  const replaced = (sql: string): string =>
    `replaceRegexpAll(replaceRegexpAll(${sql}, ${pattern}, ${by}), ${pattern}, ${by})`;
  return list ? `arrayMap(one -> ${replaced('one')}, \`${column}\`)` : replaced(`\`${column}\``);
}

/** True where the id stands in the column. */
export const mentionedSql = ({ column, list }: Pick<Mention, 'column' | 'list'>, { pattern }: Forgetting): string =>
  list ? `arrayExists(one -> match(one, ${pattern}), \`${column}\`)` : `match(ifNull(\`${column}\`, ''), ${pattern})`;

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Columns of texts that may be rewritten and hold the id. */
export async function mentionsOf(ch: ClickHouse, forgetting: Forgetting): Promise<Mention[]> {
  const columns = await ch.query<ColumnRow>(
    `SELECT table, name AS column, type FROM system.columns
    WHERE database = {database:String} AND type IN ('String', 'Nullable(String)', 'Array(String)') AND default_kind IN ('', 'DEFAULT')
      AND NOT is_in_sorting_key AND NOT is_in_partition_key
      AND table IN (SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree')
    ORDER BY table, position`,
    { database: ch.database },
  );
  const found: Mention[] = [];
  for (const { table, column, type } of columns) {
    if (OWN.has(`${table}.${column}`) || LEFT.has(table)) continue;
    const raw = RAW.has(`${table}.${column}`);
    const list = type.startsWith('Array');
    const where = raw ? rawWhere(column, forgetting) : mentionedSql({ column, list }, forgetting);
    const rows = await ch.query<{ one: number }>(`SELECT 1 AS one FROM {db}.${table} WHERE ${where} LIMIT 1`);
    if (rows.length > 0) found.push({ table, column, list, raw });
  }
  return found;
}

/**
 * Bytes as they came: found in text, in escaped text and in what is kept as base64. With whatever neighbours: in Avro they are lengths, which
 * may look like a part of an id, so that a letter about a longer id is lost rather than this one kept.
 */
export const rawWhere = (column: string, { id, escaped }: Forgetting): string =>
  `(position(\`${column}\`, ${id}) > 0 OR position(\`${column}\`, ${escaped}) > 0
    OR (startsWith(\`${column}\`, 'base64:') AND position(tryBase64Decode(substring(\`${column}\`, 8)), ${id}) > 0))`;
