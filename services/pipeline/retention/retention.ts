// What a policy would delete, and deleting it: what a hold keeps stays. What is deleted of sealed tables is signed first, so that verify
// knows it from what somebody removed.

import { DAY_MS, dayOf, dayText, startOf } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { isoHour, readHours } from '../evidence/read-rows.js';
import { type Restatement, restate, type Statement } from '../evidence/restate.js';
import { FIRST_MS } from '../evidence/seal.js';
import { type SealedTable, sealedTable } from '../evidence/sealed-tables.js';
import { deleteRows } from './delete-rows.js';
import { heldSql, readHolds } from './holds.js';
import { KEPT_BY, type Rule } from './policy.js';

export interface PlanRow {
  readonly table: string;
  readonly keep_days: number;
  /** rows of earlier days go, YYYY-MM-DD */
  readonly before: string;
  readonly rows: number;
  /** of these, those that a hold keeps */
  readonly held: number;
  readonly goes: number;
  /** first day of what goes; empty where nothing does */
  readonly from: string;
}

interface Cut {
  readonly row: PlanRow;
  /** SQL: the row is older than it is kept */
  readonly old: string;
  readonly held: string;
  readonly beforeMs: number;
}

async function cuts(ch: ClickHouse, rules: readonly Rule[], nowMs: number): Promise<Cut[]> {
  const holds = await readHolds(ch);
  const found: Cut[] = [];
  for (const { table, days } of rules) {
    const beforeMs = startOf(dayOf(nowMs - days * DAY_MS));
    const stamp = KEPT_BY[table] as string;
    const old = `${stamp} < fromUnixTimestamp64Milli(${beforeMs}, 'UTC')`;
    const held = heldSql(holds, table);
    const [row] = await ch.query<{ n: string; held: string; from: string }>(
      `SELECT count() AS n, countIf(${held}) AS held, toDate(minIf(${stamp}, NOT (${held}))) AS from
      FROM ${sourceOf(table)} WHERE ${old}`,
    );
    const [n, kept] = [Number(row?.n ?? 0), Number(row?.held ?? 0)];
    const from = n > kept ? (row?.from ?? '') : '';
    const planned = {
      table,
      keep_days: days,
      before: dayText(dayOf(beforeMs)),
      rows: n,
      held: kept,
      goes: n - kept,
      from,
    };
    found.push({ row: planned, old, held, beforeMs });
  }
  return found;
}

const sourceOf = (table: string): string => sealedTable(table)?.source ?? `{db}.${table} FINAL`;

export const planRetention = async (ch: ClickHouse, rules: readonly Rule[], nowMs: number): Promise<PlanRow[]> =>
  (await cuts(ch, rules, nowMs)).map(({ row }) => row);

export async function applyRetention(
  ch: ClickHouse,
  rules: readonly Rule[],
  statement: Omit<Statement, 'kind' | 'note'>,
): Promise<PlanRow[]> {
  const planned = await cuts(ch, rules, statement.nowMs);
  const going = planned.filter(({ row }) => row.goes > 0);
  const restatements: Restatement[] = [];
  for (const cut of going) {
    const table = sealedTable(cut.row.table);
    if (table !== undefined) restatements.push(await restatementOf(ch, table, cut));
  }
  const note = going.map(({ row }) => `${row.table} before ${row.before}`).join(', ');
  await restate(ch, restatements, { ...statement, kind: 'retention', note });
  for (const { row, old, held, beforeMs } of going) {
    await ch.command(
      `INSERT INTO {db}.forgotten (table_name, kind, day)
      SELECT DISTINCT '${row.table}', 'retention', toDate(${KEPT_BY[row.table]}) FROM ${sourceOf(row.table)} WHERE ${old} AND NOT (${held})`,
    );
    await ch.command(`ALTER TABLE {db}.${row.table} DELETE WHERE ${old} AND NOT (${held})`);
    if (row.table === 'access_events') await forgetTraces(ch, beforeMs);
  }
  return planned.map(({ row }) => row);
}

async function restatementOf(ch: ClickHouse, table: SealedTable, { old, held, beforeMs }: Cut): Promise<Restatement> {
  const hours = await readHours(ch, table, { fromMs: FIRST_MS, toMs: beforeMs, also: `NOT (${held})` });
  return {
    table,
    hours: hours.map(({ hour }) => isoHour(hour)),
    source: table.source,
    staying: `NOT (${old} AND NOT (${held}))`,
    counts: (_hour, before, after) => ({ forgotten: before - after }),
  };
}

/** Whom an access names is in citations too, and its identity, as a hash, in contents; hashes of what is gone are of no use to anybody. */
async function forgetTraces(ch: ClickHouse, beforeMs: number): Promise<void> {
  const before = `occurred_at < fromUnixTimestamp64Milli(${beforeMs}, 'UTC')`;
  const known = 'SELECT actor_id, occurred_at, event_id FROM {db}.access_events';
  const isGone = `${before} AND (actor_id, occurred_at, event_id) NOT IN (${known} WHERE ${before})`;
  for (const table of ['citations', 'bulk_citations']) await deleteRows(ch, `{db}.${table}`, isGone);
}
