// The SQL that turns rows into leaves and leaves into roots, inside the database: ten million rows never leave it. The text of a row
// and the tree are those of core/evidence and docs/evidence.md, said once more in SQL; a test holds the two against each other.

import { ACCESSES, type SealedColumn, type SealedTable } from './sealed-tables.js';

/** What begins an erasure token; 43 characters of base64url follow, the customer's commitment. */
export const TOKEN_PREFIX = 'erased:';
export const BUCKETS = 65_536;
export const HOUR_MS = 3_600_000;

const netstring = (sql: string): string => `concat(toString(length(${sql})), ':', ${sql}, ',')`;

/**
 * A customer's salt: of its group's secret, or its own where that was destroyed. Needs CUSTOMER_SCOPE. Where nobody was erased yet, the
 * first condition is a constant, and nothing is looked up in the salts.
 */
export const saltSql = (customer: string): string => {
  const secret = `secrets[1 + sipHash64(${customer}) % ${BUCKETS}]`;
  const ofGroup = `SHA256(concat(${secret}, ${customer}))`;
  const own = `toFixedString(transform(${customer}, salted_ids, salts, toString(toFixedString('', 32))), 32)`;
  return `if(length(salts) = 1, ${ofGroup}, if(${secret} = toFixedString('', 32), ${own}, ${ofGroup}))`;
};

export const commitmentSql = (customer: string): string =>
  `if(startsWith(${customer}, '${TOKEN_PREFIX}'), substring(${customer}, ${TOKEN_PREFIX.length + 1}), ` +
  `base64URLEncode(SHA256(concat(${saltSql(customer)}, ${customer}))))`;

/** The secrets and salts as constants of a statement; an entry that stands for nobody keeps the arrays from being empty. */
export const CUSTOMER_SCOPE = `(SELECT groupArrayInsertAt(toFixedString('', 32), ${BUCKETS})(secret, bucket) FROM (
    SELECT bucket, max(secret) AS secret FROM {db}.customer_secrets GROUP BY bucket)) AS secrets,
  (SELECT arrayConcat([''], groupArray(customer_id)) FROM (SELECT customer_id FROM {db}.customer_salts FINAL ORDER BY customer_id)) AS salted_ids,
  (SELECT arrayConcat([''], groupArray(CAST(salt, 'String'))) FROM (SELECT salt FROM {db}.customer_salts FINAL ORDER BY customer_id)) AS salts`;

function columnSql({ name, sql = `\`${name}\``, kind }: SealedColumn): string {
  switch (kind) {
    case 'text':
      return netstring(sql);
    case 'time':
      return netstring(`toString(toUnixTimestamp64Milli(${sql}))`);
    case 'value':
      return netstring(`toString(${sql})`);
    case 'nullable':
      return `if(isNull(${sql}), '~,', ${netstring(`assumeNotNull(${sql})`)})`;
    case 'nullable_value':
      return `if(isNull(${sql}), '~,', ${netstring(`toString(assumeNotNull(${sql}))`)})`;
    case 'customers':
      return netstring(`arrayStringConcat(arrayMap(customer -> ${commitmentSql('customer')}, ${sql}))`);
  }
}

export const rowTextSql = ({ columns }: SealedTable): string => `concat(${columns.map(columnSql).join(', ')})`;

export const hourSql = ({ stamp }: SealedTable): string => `toStartOfHour(toDateTime(${stamp}, 'UTC'))`;

export const needsCustomers = ({ columns }: SealedTable): boolean => columns.some(({ kind }) => kind === 'customers');

export interface Span {
  /** epoch ms; the second not included */
  readonly fromMs: number;
  readonly toMs: number;
  /** starts of the hours meant, epoch s; all of the span where absent */
  readonly hours?: readonly number[];
  /** SQL of a further condition */
  readonly also?: string;
}

const seconds = (ms: number): string => `fromUnixTimestamp64Milli(${Math.floor(ms)}, 'UTC')`;

export function spanSql(table: SealedTable, { fromMs, toMs, hours, also }: Span): string {
  const stamp = `toDateTime64(${table.stamp}, 3, 'UTC')`;
  const plain = table.stamp === 'window_start' ? stamp : table.stamp;
  const among = hours === undefined ? '' : ` AND toUnixTimestamp(${hourSql(table)}) IN (${hours.join(',') || '0'})`;
  return `${plain} >= ${seconds(fromMs)} AND ${plain} < ${seconds(toMs)}${among}${also === undefined ? '' : ` AND ${also}`}`;
}

/** A row's partition follows from its own time, so repeats meet within one. Said where it is read: 1.7 s of CPU instead of 8, 36 MB instead of 400. */
const ONE_PARTITION = 'SETTINGS do_not_merge_across_partitions_select_final = 1';

/** Columns: hour (epoch s), row_key, content, extra. */
export const leavesSql = (table: SealedTable, span: Span): string => `
  ${needsCustomers(table) ? `WITH ${CUSTOMER_SCOPE}` : ''}
  SELECT toUnixTimestamp(${hourSql(table)}) AS hour, ${table.key} AS row_key, SHA256(${rowTextSql(table)}) AS content, ${table.extra} AS extra
  FROM ${table.source} ${filterWord(table)} ${spanSql(table, span)}
  ${ONE_PARTITION}`;

/**
 * An access's time is part of its identity, so rows of other hours may be left out before repeats are resolved: a slice then reads the
 * times of its month and the rest of its own hours. Anywhere else that would choose among a row's versions.
 */
const filterWord = ({ source }: SealedTable): string => (source === ACCESSES.source ? 'PREWHERE' : 'WHERE');

/** The level above: pairs from the left, a last one without partner as it is. See core/evidence/merkle.ts. */
const LEVEL_ABOVE = `arrayMap((l, r) -> if(r = toFixedString('', 32), l, SHA256(concat('\\x01', l, r))),
    arrayFilter((node, at) -> at % 2 = 1, nodes, arrayEnumerate(nodes)),
    arrayResize(arrayFilter((node, at) -> at % 2 = 0, nodes, arrayEnumerate(nodes)), intDiv(length(nodes) + 1, 2), toFixedString('', 32)))`;

/**
 * Columns: hour (epoch s), rows, root (hex). Leaves sorted as big-endian numbers, which are 32 bytes each instead of some 60 as text.
 * @param leaves a query with the columns hour, content, extra
 */
export const treeSql = (leaves: string): string => `
  SELECT hour, rows, lower(hex(arrayFold((nodes, level) -> ${LEVEL_ABOVE}, range(toUInt8(ceil(log2(rows)))),
    arrayMap(leaf -> reverse(reinterpretAsFixedString(leaf)), leaves))[1])) AS root
  FROM
  (
    SELECT hour, count() AS rows, arraySort(groupArray(reinterpretAsUInt256(reverse(SHA256(concat('\\0', content, extra)))))) AS leaves
    FROM (${leaves})
    GROUP BY hour
  )
  ORDER BY hour
  ${ONE_PARTITION}`;

export const rootsSql = (table: SealedTable, span: Span): string => treeSql(leavesSql(table, span));
