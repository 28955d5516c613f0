// Days of actor_days as frames and the other day parts are built from. Columns come as JSONCompactColumns, so that a day of ten
// thousand people is a few large arrays and not forty thousand objects.

import { FRAME_COLUMNS, type FrameColumns } from '../../core/judge/frame.js';
import type { Decision, FeedDay, PresenceDay } from '../../core/judge/world.js';
import { type Day, dayFromText, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { ActorDay, StoredDay } from './judge-store.js';

/** Frame columns that are one entry per row of the nested arrays, under the table's names. */
const NESTED: Readonly<Record<string, string>> = { action: 'actions' };
const PLAIN: ReadonlySet<string> = new Set(['actor_id', 'actor_kind']);

const rowColumns = FRAME_COLUMNS.filter((name) => !PLAIN.has(name)).map((name) => ({
  name,
  stored: NESTED[name] ?? name,
}));

/** An answer without rows has no columns either: so many empty ones then. */
export async function readColumns(ch: ClickHouse, width: number, sql: string): Promise<unknown[][]> {
  const columns = await ch.queryColumns(sql);
  return columns.length === 0 ? Array.from({ length: width }, () => []) : columns;
}

export async function readDay(ch: ClickHouse, day: Day): Promise<StoredDay> {
  const columns = await readColumns(
    ch,
    FRAME_COLUMNS.length + 1,
    `SELECT ${FRAME_COLUMNS.map((name) => (PLAIN.has(name) ? name : `row_${name}`)).join(', ')}, if(at <= 1, toString(version), '')
    FROM {db}.actor_days FINAL
    LEFT ARRAY JOIN arrayEnumerate(actions) AS at, ${rowColumns.map(({ name, stored }) => `${stored} AS row_${name}`).join(', ')}
    WHERE day = '${dayText(day)}'`,
  );
  const actors = columns[0] as string[];
  const versions = new Map<string, bigint>();
  const texts = columns[FRAME_COLUMNS.length] as string[];
  for (let i = 0; i < actors.length; i++) {
    const text = texts[i] as string;
    if (text !== '') versions.set(actors[i] as string, BigInt(text));
  }
  return { columns: named(columns), versions };
}

const named = (columns: readonly unknown[][]): FrameColumns =>
  Object.fromEntries(FRAME_COLUMNS.map((name, i) => [name, columns[i]])) as unknown as FrameColumns;

/** Computed actor-days of one day in the columns of a frame. */
export function toFrameColumns(rows: readonly ActorDay[]): FrameColumns {
  const columns: unknown[][] = FRAME_COLUMNS.map(() => []);
  for (const { actor_id, columns: from } of rows) {
    from.actions.forEach((_, i) => {
      FRAME_COLUMNS.forEach((name, c) => {
        const stored = (NESTED[name] ?? name) as keyof typeof from;
        (columns[c] as unknown[]).push(
          name === 'actor_id' ? actor_id : name === 'actor_kind' ? from.actor_kind : from[stored][i],
        );
      });
    });
  }
  return named(columns);
}

export async function readDayVersions(ch: ClickHouse, from: Day, to: Day): Promise<Map<Day, bigint>> {
  const rows = await ch.query<{ day: string; version: string }>(
    `SELECT day, toString(sum(version)) AS version FROM {db}.actor_days FINAL
    WHERE day >= '${dayText(from)}' AND day <= '${dayText(to)}' GROUP BY day`,
  );
  return new Map(rows.map((row) => [dayFromText(row.day), BigInt(row.version)]));
}

export async function readStoredDays(ch: ClickHouse): Promise<{ first: Day; last: Day } | null> {
  const [row] = await ch.query<{ n: string; first: string; last: string }>(
    'SELECT count() AS n, min(day) AS first, max(day) AS last FROM {db}.actor_days',
  );
  return row === undefined || Number(row.n) === 0
    ? null
    : { first: dayFromText(row.first), last: dayFromText(row.last) };
}

export async function readPresence(ch: ClickHouse, day: Day): Promise<Omit<PresenceDay, 'version'>> {
  const columns = await readColumns(
    ch,
    7,
    `SELECT actor_id, ip, land, n, open, first_ms, last_ms FROM {db}.actor_days FINAL
    ARRAY JOIN places_ip AS ip, places_country AS land, places_events AS n, places_unexplained AS open, places_first AS first_ms, places_last AS last_ms
    WHERE day = '${dayText(day)}' ORDER BY actor_id, ip, land`,
  );
  const [actor_id, source_ip, country] = columns.slice(0, 3).map(shared) as [string[], string[], string[]];
  const [events, unexplained] = columns.slice(3, 5).map((one) => Int32Array.from(one as number[])) as [
    Int32Array,
    Int32Array,
  ];
  const [first_ms, last_ms] = columns.slice(5).map((one) => Float64Array.from(one as number[])) as [
    Float64Array,
    Float64Array,
  ];
  return { actor_id, source_ip, country, events, unexplained, first_ms, last_ms };
}

/** Equal texts as one text: a month of presence names each person and network thirty times. */
const pool = new Map<string, string>();
const MAX_POOLED = 200_000;

function shared(texts: unknown[]): string[] {
  if (pool.size > MAX_POOLED) pool.clear();
  return (texts as string[]).map((text) => {
    const known = pool.get(text);
    if (known === undefined) pool.set(text, text);
    return known ?? text;
  });
}

export async function readFeeds(ch: ClickHouse, day: Day): Promise<Omit<FeedDay, 'version'>> {
  const [tool, marketplace, events] = (await readColumns(
    ch,
    3,
    `SELECT name, site, sum(n) FROM {db}.actor_days FINAL
    ARRAY JOIN calls_tool AS name, calls_marketplace AS site, calls_events AS n
    WHERE day = '${dayText(day)}' GROUP BY name, site ORDER BY name, site`,
  )) as [string[], string[], number[]];
  return { tool, marketplace, events };
}

/** A decision's undoing: of a deletion the next restore of the review, else the next enforcement that contradicts it. */
export async function readDecisions(ch: ClickHouse, day: Day): Promise<Decision[]> {
  const date = dayText(day);
  const rows = await ch.query<Omit<Decision, 'at_ms' | 'undone_ms'> & { at_ms: string; undone_ms: string }>(
    `WITH decisions AS
    (
      SELECT actor_id, action, seller, review, at_ms FROM {db}.actor_days FINAL
      ARRAY JOIN decided_action AS action, decided_seller AS seller, decided_review AS review, decided_at AS at_ms
      WHERE day = '${date}' AND action != 'review.restore'
    ),
    undoings AS
    (
      SELECT 'review.delete' AS action, review AS thing, at_ms FROM {db}.actor_days FINAL
      ARRAY JOIN decided_action AS restore, decided_review AS review, decided_at AS at_ms
      WHERE day >= '${date}' AND restore = 'review.restore'
      UNION ALL
      SELECT if(kind = 'reinstated', 'account.suspend', 'account.reinstate'), seller_id, toUnixTimestamp64Milli(at)
      FROM {db}.seller_enforcements FINAL WHERE at >= '${date} 00:00:00.000' AND kind IN ('suspended', 'closed', 'reinstated')
    )
    SELECT actor_id, action, seller AS seller_id, at_ms,
      arrayMin(arrayFilter(later -> later > at_ms, arrayConcat(any(undone.times), [9223372036854775807]))) AS undone_ms
    FROM decisions LEFT JOIN (SELECT action, thing, groupArray(at_ms) AS times FROM undoings WHERE thing != '' GROUP BY action, thing) AS undone
      ON undone.action = decisions.action AND undone.thing = if(decisions.action = 'review.delete', decisions.review, decisions.seller)
    GROUP BY actor_id, action, seller, review, at_ms
    ORDER BY at_ms, actor_id, action, seller, review`,
  );
  return rows.map(({ at_ms, undone_ms, ...rest }) => ({
    ...rest,
    at_ms: Number(at_ms),
    undone_ms: undone_ms === '9223372036854775807' ? null : Number(undone_ms),
  }));
}
