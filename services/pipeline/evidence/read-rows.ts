// What the rows say now: roots of hours, slice by slice, and the leaves of a few hours. Decides how much is asked at a time, so that
// memory stays bounded whatever is stored.

import { leafHash } from '../../core/evidence/merkle.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { HOUR_MS, hourSql, leavesSql, rootsSql, type Span, spanSql } from './leaves-sql.js';
import type { SealedTable } from './sealed-tables.js';

export interface HourRoot {
  /** start of the hour, ISO 8601 */
  readonly hour: string;
  readonly rows: number;
  readonly root: string;
}

export interface Leaf {
  /** names the row within its hour */
  readonly key: string;
  readonly content: Buffer;
  readonly extra: string;
  readonly hash: Buffer;
}

/**
 * Rows of a slice, and slices that are read at once: a tree is built on one thread, while the next slice's rows are hashed on another.
 * Measured: 1.25 million rows took 360 MB of the server's memory, most of it for the trees.
 */
const MAX_SLICE_ROWS = 500_000;
const SLICES_AT_ONCE = 2;
/** A slice within one partition reads one partition's parts. */
const monthOf = (hour: number): string => new Date(hour * 1000).toISOString().slice(0, 7);

export const isoHour = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
export const hourStart = (iso: string): number => Date.parse(iso) / 1000;

export interface HourCount {
  readonly hour: number;
  readonly rows: number;
}

/**
 * Hours that hold rows, ascending; counts of stored rows, repeats included.
 * @param mark SQL of a condition: how many of the rows it holds for
 */
export async function readHours(
  ch: ClickHouse,
  table: SealedTable,
  span: Span,
  mark = '0',
): Promise<(HourCount & { readonly marked: number })[]> {
  const source = table.source.replace(' FINAL', '');
  const rows = await ch.query<{ hour: number; rows: string; marked: string }>(
    `SELECT toUnixTimestamp(${hourSql(table)}) AS hour, count() AS rows, countIf(${mark}) AS marked FROM ${source} WHERE ${spanSql(table, span)} GROUP BY hour ORDER BY hour`,
  );
  return rows.map(({ hour, rows: n, marked }) => ({ hour, rows: Number(n), marked: Number(marked) }));
}

/** Runs of hours of one month that are read at once. */
export function slices(hours: readonly HourCount[]): HourCount[][] {
  const parts: HourCount[][] = [];
  let part: HourCount[] = [];
  let rows = 0;
  for (const one of hours) {
    const before = part.at(-1);
    if (before !== undefined && (rows + one.rows > MAX_SLICE_ROWS || monthOf(before.hour) !== monthOf(one.hour))) {
      parts.push(part);
      part = [];
      rows = 0;
    }
    part.push(one);
    rows += one.rows;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

export interface ReadRootsOptions {
  /** the span's hours that hold rows, ascending, where they were counted already */
  readonly counted?: readonly HourCount[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** Roots of all hours of the span that hold rows, ascending. */
export async function readRoots(
  ch: ClickHouse,
  table: SealedTable,
  span: Span,
  { counted, onProgress }: ReadRootsOptions = {},
): Promise<HourRoot[]> {
  const hours = counted ?? (await readHours(ch, table, span));
  const waiting = slices(hours);
  const roots: HourRoot[] = [];
  let done = 0;
  const readOn = async (): Promise<void> => {
    for (let slice = waiting.shift(); slice !== undefined; slice = waiting.shift()) {
      const first = slice[0] as HourCount;
      const last = slice.at(-1) as HourCount;
      const bounds: Span = {
        ...span,
        fromMs: Math.max(span.fromMs, first.hour * 1000),
        toMs: Math.min(span.toMs, last.hour * 1000 + HOUR_MS),
      };
      const rows = await ch.query<{ hour: number; rows: string; root: string }>(rootsSql(table, bounds));
      for (const { hour, rows: n, root } of rows) roots.push({ hour: isoHour(hour), rows: Number(n), root });
      done += slice.length;
      onProgress?.(done, hours.length);
    }
  };
  await Promise.all(Array.from({ length: SLICES_AT_ONCE }, readOn));
  return roots.sort((a, b) => (a.hour < b.hour ? -1 : 1));
}

interface LeafRow {
  readonly row_key: string;
  readonly content: string;
  readonly extra: string;
}

/** With the hour that it belongs to, epoch s. */
interface PlacedLeafRow extends LeafRow {
  readonly hour: number;
}

const toLeaf = ({ row_key, content, extra }: LeafRow): Leaf => {
  const bytes = Buffer.from(content, 'hex');
  return { key: row_key, content: bytes, extra, hash: leafHash(bytes, extra) };
};

/** The leaves of the rows as they are now, by hour. */
export async function readLeaves(ch: ClickHouse, table: SealedTable, span: Span): Promise<Map<string, Leaf[]>> {
  return gather(
    await ch.query<PlacedLeafRow>(
      `SELECT hour, toString(row_key) AS row_key, hex(content) AS content, extra FROM (${leavesSql(table, span)})`,
    ),
  );
}

/** The leaves as they were stored when the hour was sealed and amended. */
export async function readStoredLeaves(
  ch: ClickHouse,
  table: string,
  hour: string,
  batches: readonly string[],
): Promise<Map<string, Leaf>> {
  const rows = await ch.query<LeafRow & { batch: string }>(
    `SELECT batch, toString(row_key) AS row_key, hex(content) AS content, extra FROM {db}.evidence_leaves FINAL
    WHERE table_name = {table:String} AND hour = toDateTime({hour:UInt32}, 'UTC') AND batch IN {batches:Array(String)}`,
    { table, hour: hourStart(hour), batches: [...batches] },
  );
  const stored = new Map<string, Leaf>();
  for (const batch of batches) for (const row of rows) if (row.batch === batch) stored.set(row.row_key, toLeaf(row));
  return stored;
}

function gather(rows: readonly PlacedLeafRow[]): Map<string, Leaf[]> {
  const byHour = new Map<string, Leaf[]>();
  for (const row of rows) {
    const hour = isoHour(row.hour);
    const leaves = byHour.get(hour) ?? [];
    byHour.set(hour, leaves);
    leaves.push(toLeaf(row));
  }
  return byHour;
}
