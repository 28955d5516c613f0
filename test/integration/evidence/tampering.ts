// A small sealed database, ways to tamper with it, and a way to put it back: a table's rows are read whole, changed in memory and
// written whole, so that any column of any table can be touched, keys included.

import { generateKeyPairSync } from 'node:crypto';
import type { SignedDigest } from '../../../services/core/evidence/digest.js';
import type { Anchor } from '../../../services/pipeline/evidence/anchor.js';
import { NOBODY, type Witness } from '../../../services/pipeline/evidence/differences.js';
import { seal } from '../../../services/pipeline/evidence/seal.js';
import { type VerifySummary, verifyEvidence } from '../../../services/pipeline/evidence/verify.js';
import { arrivalWitness } from '../../../services/pipeline/evidence/witnesses.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import type { SealingKey } from '../../../services/platform/files/sealing-key.js';

/** Park and Miller's generator: the same seed, the same run. */
export function chance(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

export const newKey = (): SealingKey => generateKeyPairSync('ed25519');

/** Holds what was published in memory. */
export function memoryAnchor(): Anchor & { readonly published: SignedDigest[] } {
  const published: SignedDigest[] = [];
  return {
    published,
    publish: async (digests) => void published.push(...digests),
    read: async () => [...published],
  };
}

export interface Sealed {
  readonly ch: ClickHouse;
  readonly key: SealingKey;
  readonly anchor: ReturnType<typeof memoryAnchor>;
}

export async function sealAll({ ch, key, anchor }: Sealed, beganMs: number, witness?: Witness): Promise<number> {
  const [row] = await ch.query<{ ms: string }>(
    'SELECT toUnixTimestamp64Milli(toDateTime64(toStartOfHour(max(occurred_at)) + 3600, 3)) AS ms FROM {db}.access_events',
  );
  const summary = await seal(ch, {
    key,
    anchor,
    witness: witness ?? arrivalWitness(ch, beganMs),
    eventUntilMs: Number(row?.ms),
    writtenUntilMs: Date.now(),
    nowMs: Date.now(),
  });
  return summary.refused.length;
}

export const verifyAll = ({ ch, key, anchor }: Sealed, witness: Witness = NOBODY): Promise<VerifySummary> =>
  verifyEvidence(ch, { publicKey: key.publicKey, anchor, witness });

export interface TableRows {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export async function readTable(ch: ClickHouse, name: string): Promise<TableRows> {
  const columns = await ch.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {name:String}
    AND (default_kind != 'MATERIALIZED' OR {filled:UInt8}) ORDER BY position`,
    { database: ch.database, name, filled: Number(FILLED_IN.has(name)) },
  );
  const names = columns.map((column) => `\`${column.name}\``).join(', ');
  const text = await collect(ch, `SELECT ${names} FROM ${ch.database}.${name} FORMAT JSONCompactEachRow`);
  return { name, columns, rows: text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])) };
}

async function collect(ch: ClickHouse, sql: string): Promise<string> {
  let text = '';
  for await (const chunk of await ch.queryStream(sql, 'JSONCompactEachRow')) text += chunk;
  return text;
}

/** What the server fills in itself can be given by whoever may set this: an administrator of the database. */
const ANY_COLUMN = 'insert_allow_materialized_columns = 1';

export async function rewriteTable(
  ch: ClickHouse,
  { name, columns }: TableRows,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const names = columns.map((column) => `\`${column.name}\``);
  await ch.command(`TRUNCATE TABLE {db}.${name}`);
  if (!FILLED_IN.has(name)) return await ch.insert(name, names, rows);
  const structure = columns.map((column) => `\`${column.name}\` ${column.type.replaceAll("'", "\\'")}`).join(', ');
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  await ch.command(
    `INSERT INTO {db}.${name} (${names.join(', ')}) SELECT * FROM format(JSONCompactEachRow, '${structure}', {lines:String}) SETTINGS ${ANY_COLUMN}`,
    { lines },
  );
}

/** Tables with columns that only the server writes in the ordinary way. */
const FILLED_IN = new Set(['reveals']);

/** What a repeat of the same write may change, and so nothing that is sealed. */
const ARRIVAL = new Set(['ingested_at', 'judged_at']);

/** The first of a table's columns that a row of its own has a value of its own in. */
const NAMING = new Set(['event_id', 'anomaly_id', 'detection', 'item_id', 'reason', 'subject', 'case_id']);

export interface Tampering {
  readonly what: string;
  readonly rows: readonly (readonly unknown[])[];
}

type Pick = (below: number) => number;
type Row = readonly unknown[];

const openColumns = ({ columns }: TableRows): number[] =>
  columns.flatMap(({ name }, i) => (ARRIVAL.has(name) ? [] : [i]));

const withValue = (row: Row, column: number, value: unknown): Row => row.map((one, i) => (i === column ? value : one));

export function changeField({ columns, rows }: TableRows, pick: Pick, only?: readonly string[]): Tampering {
  const at = pick(rows.length);
  const open = openColumns({ name: '', columns, rows }).filter((i) => only?.includes(columns[i]?.name ?? '') ?? true);
  const column = open[pick(open.length)] as number;
  const row = rows[at] as Row;
  const changed = withValue(row, column, otherThan(row[column], columns[column]?.type ?? ''));
  return {
    what: `changed ${columns[column]?.name} of row ${at}`,
    rows: rows.map((one, i) => (i === at ? changed : one)),
  };
}

export function removeRow({ rows }: TableRows, pick: Pick): Tampering {
  const at = pick(rows.length);
  return { what: `removed row ${at}`, rows: rows.filter((_, i) => i !== at) };
}

export function addRow({ columns, rows }: TableRows, pick: Pick): Tampering {
  const at = pick(rows.length);
  const key = columns.findIndex(({ name }) => NAMING.has(name));
  const row = rows[at] as Row;
  return {
    what: `added a row like ${at}`,
    rows: [...rows, withValue(row, key, `${String(row[key])}-x${pick(1_000)}`)],
  };
}

/** Two rows keep all else and give each other a value; a column in which the two are equal is passed over. */
export function exchangeValues(table: TableRows, pick: Pick): Tampering {
  const { columns, rows } = table;
  const open = openColumns(table);
  for (;;) {
    const [at, partner, column] = [pick(rows.length), pick(rows.length), open[pick(open.length)] as number];
    const [row, other] = [rows[at] as Row, rows[partner] as Row];
    if (JSON.stringify(other[column]) === JSON.stringify(row[column])) continue;
    return {
      what: `exchanged ${columns[column]?.name} of rows ${at} and ${partner}`,
      rows: rows.map((one, i) =>
        i === at ? withValue(row, column, other[column]) : i === partner ? withValue(other, column, row[column]) : one,
      ),
    };
  }
}

function otherThan(value: unknown, type: string): unknown {
  if (/^Nullable|^LowCardinality\(Nullable/.test(type)) {
    if (value !== null) return null;
    return /UInt/.test(type) ? 3 : 'x';
  }
  if (type.startsWith('Array')) return Array.isArray(value) && value.length > 0 ? value.slice(1) : otherArray(type);
  if (type.startsWith('DateTime64')) return new Date(Date.parse(`${String(value).replace(' ', 'T')}Z`) + 1).getTime();
  if (type === 'Date') return new Date(Date.parse(String(value)) + 86_400_000).toISOString().slice(0, 10);
  if (/Int/.test(type)) return (BigInt(String(value)) + 1n).toString();
  if (/^Decimal|^Float/.test(type)) return Number(value) + 1;
  return `${String(value)}x`;
}

const otherArray = (type: string): unknown[] =>
  type.includes('Float64)') && !type.includes('Tuple') ? [1] : type.includes('Tuple') ? [emptyTuple(type)] : ['x'];

/** 'Array(Tuple(a String, b Float64))' → { a: 'x', b: 1 } */
function emptyTuple(type: string): Record<string, unknown> {
  const fields = [...type.matchAll(/(\w+) (String|Float64)/g)];
  return Object.fromEntries(fields.map(([, name, kind]) => [name, kind === 'String' ? 'x' : 1]));
}
