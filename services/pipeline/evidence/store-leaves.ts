// Leaves as stored beside the digests: written from the rows inside the database, and what they amount to.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { Change } from './differences.js';
import { HOUR_MS, leavesSql, type Span, treeSql } from './leaves-sql.js';
import { type HourCount, type HourRoot, hourStart, isoHour, slices } from './read-rows.js';
import type { SealedTable } from './sealed-tables.js';

export interface StoreLeaves {
  readonly table: SealedTable;
  /** ascending */
  readonly hours: readonly HourCount[];
  /** rows stamped from then on are left out; epoch ms */
  readonly toMs: number;
  readonly batch: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Stores the hours' leaves and gives what they amount to. The roots are of what was stored, so that the two are one snapshot. */
export async function storeLeaves(
  ch: ClickHouse,
  { table, hours, toMs, batch, onProgress }: StoreLeaves,
): Promise<HourRoot[]> {
  const roots: HourRoot[] = [];
  for (const slice of slices(hours)) {
    const span = spanOf(slice, toMs);
    await ch.command(
      `INSERT INTO {db}.evidence_leaves (table_name, hour, batch, row_key, content, extra)
      SELECT '${table.name}', toDateTime(hour, 'UTC'), '${batch}', row_key, content, extra FROM (${leavesSql(table, span)})`,
    );
    roots.push(...(await rootsOfBatch(ch, table.name, batch, slice)));
    onProgress?.(roots.length, hours.length);
  }
  return roots;
}

function spanOf(slice: readonly HourCount[], toMs: number): Span {
  const first = (slice[0] as HourCount).hour * 1000;
  const end = (slice.at(-1) as HourCount).hour * 1000 + HOUR_MS;
  return { fromMs: first, toMs: Math.min(toMs, end), hours: slice.map(({ hour }) => hour) };
}

async function rootsOfBatch(
  ch: ClickHouse,
  table: string,
  batch: string,
  slice: readonly HourCount[],
): Promise<HourRoot[]> {
  const rows = await ch.query<{ hour: number; rows: string; root: string }>(
    treeSql(
      `SELECT toUnixTimestamp(hour) AS hour, content, extra FROM {db}.evidence_leaves FINAL
      WHERE table_name = '${table}' AND batch = '${batch}'
        AND toUnixTimestamp(hour) >= ${slice[0]?.hour} AND toUnixTimestamp(hour) <= ${slice.at(-1)?.hour}`,
    ),
  );
  return rows.map(({ hour, rows: n, root }) => ({ hour: isoHour(hour), rows: Number(n), root }));
}

export async function storeChangedLeaves(
  ch: ClickHouse,
  table: string,
  hour: string,
  batch: string,
  changes: readonly Change[],
): Promise<void> {
  const rows = changes.flatMap(({ now }) => (now === null ? [] : [now]));
  const values = rows.map(({ key, content, extra }) => `(${key},unhex('${content.toString('hex')}'),'${extra}')`);
  for (let at = 0; at < values.length; at += 5_000)
    await ch.command(
      `INSERT INTO {db}.evidence_leaves (table_name, hour, batch, row_key, content, extra)
      SELECT '${table}', toDateTime(${hourStart(hour)}, 'UTC'), '${batch}', row_key, toFixedString(content, 32), extra
      FROM VALUES('row_key UInt64, content String, extra String', ${values.slice(at, at + 5_000).join(',')})`,
    );
}
