// Days of actor_days as frames and the other day parts are built from. Columns come as JSONCompactColumns, so that a day of ten
// thousand people is a few large arrays and not forty thousand objects.

import { FRAME_COLUMNS, type FrameColumns } from '../../core/judge/frame.js';
import type { Decision, DecisionDay, FeedDay, PresenceDay } from '../../core/judge/world.js';
import { type Day, dayFromText, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';
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

const dayIn = (days: readonly Day[]): string => `day IN (${sqlStrings(days.map(dayText))})`;

export async function readPresence(
  ch: ClickHouse,
  days: readonly Day[],
): Promise<Map<Day, Omit<PresenceDay, 'version'>>> {
  const columns = await readColumns(
    ch,
    8,
    `SELECT day, actor_id, ip, land, n, open, first_ms, last_ms FROM {db}.actor_days FINAL
    ARRAY JOIN places_ip AS ip, places_country AS land, places_events AS n, places_unexplained AS open, places_first AS first_ms, places_last AS last_ms
    WHERE ${dayIn(days)} ORDER BY day, actor_id, ip, land`,
  );
  const ofDay = stretches(columns[0] as string[]);
  return new Map(
    days.map((day) => {
      const { from, to } = ofDay.get(day) ?? NOWHERE;
      const [actor_id, source_ip, country] = columns.slice(1, 4).map((one) => shared(one.slice(from, to))) as [
        string[],
        string[],
        string[],
      ];
      const [events, unexplained] = columns
        .slice(4, 6)
        .map((one) => Int32Array.from(one.slice(from, to) as number[])) as [Int32Array, Int32Array];
      const [first_ms, last_ms] = columns.slice(6).map((one) => Float64Array.from(one.slice(from, to) as number[])) as [
        Float64Array,
        Float64Array,
      ];
      return [day, { actor_id, source_ip, country, events, unexplained, first_ms, last_ms }];
    }),
  );
}

interface Stretch {
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

const NOWHERE: Stretch = { from: 0, to: 0 };

/** Where each day's rows are. @param days of the rows, equal ones together */
function stretches(days: readonly string[]): Map<Day, Stretch> {
  const found = new Map<Day, Stretch>();
  for (let from = 0; from < days.length; ) {
    let to = from + 1;
    while (to < days.length && days[to] === days[from]) to++;
    found.set(dayFromText(days[from] as string), { from, to });
    from = to;
  }
  return found;
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

export async function readFeeds(ch: ClickHouse, days: readonly Day[]): Promise<Map<Day, Omit<FeedDay, 'version'>>> {
  const [dates, tool, marketplace, events] = (await readColumns(
    ch,
    4,
    `SELECT day, name, site, sum(n) FROM {db}.actor_days FINAL
    ARRAY JOIN calls_tool AS name, calls_marketplace AS site, calls_events AS n
    WHERE ${dayIn(days)} GROUP BY day, name, site ORDER BY day, name, site`,
  )) as [string[], string[], string[], number[]];
  const ofDay = stretches(dates);
  return new Map(
    days.map((day) => {
      const { from, to } = ofDay.get(day) ?? NOWHERE;
      return [
        day,
        { tool: tool.slice(from, to), marketplace: marketplace.slice(from, to), events: events.slice(from, to) },
      ];
    }),
  );
}

interface DecisionRow extends Omit<Decision, 'at_ms' | 'undone_ms'> {
  readonly day: string;
  readonly at_ms: string;
  readonly undone_ms: string;
}

const NEVER = '9223372036854775807';

/** A decision's undoing: of a deletion the next restore of the review, else the next enforcement that contradicts it. */
export async function readDecisions(
  ch: ClickHouse,
  days: readonly Day[],
): Promise<Map<Day, Omit<DecisionDay, 'version'>>> {
  const first = dayText(Math.min(...days));
  const rows = await ch.query<DecisionRow>(
    `WITH decisions AS
    (
      SELECT day, actor_id, action, seller, review, at_ms FROM {db}.actor_days FINAL
      ARRAY JOIN decided_action AS action, decided_seller AS seller, decided_review AS review, decided_at AS at_ms
      WHERE ${dayIn(days)} AND action != 'review.restore'
    ),
    undoings AS
    (
      SELECT 'review.delete' AS action, review AS thing, at_ms FROM {db}.actor_days FINAL
      ARRAY JOIN decided_action AS restore, decided_review AS review, decided_at AS at_ms
      WHERE day >= '${first}' AND restore = 'review.restore'
      UNION ALL
      SELECT if(kind = 'reinstated', 'account.suspend', 'account.reinstate'), seller_id, toUnixTimestamp64Milli(at)
      FROM {db}.seller_enforcements FINAL WHERE at >= '${first} 00:00:00.000' AND kind IN ('suspended', 'closed', 'reinstated')
    )
    SELECT day, actor_id, action, seller AS seller_id, at_ms,
      arrayMin(arrayFilter(later -> later > at_ms, arrayConcat(any(undone.times), [${NEVER}]))) AS undone_ms
    FROM decisions LEFT JOIN (SELECT action, thing, groupArray(at_ms) AS times FROM undoings WHERE thing != '' GROUP BY action, thing) AS undone
      ON undone.action = decisions.action AND undone.thing = if(decisions.action = 'review.delete', decisions.review, decisions.seller)
    GROUP BY day, actor_id, action, seller, review, at_ms
    ORDER BY day, at_ms, actor_id, action, seller, review`,
  );
  const found = new Map(days.map((day) => [day, { decisions: [] as Decision[] }]));
  for (const { day, at_ms, undone_ms, ...rest } of rows) {
    const undone = undone_ms === NEVER ? null : Number(undone_ms);
    found.get(dayFromText(day))?.decisions.push({ ...rest, at_ms: Number(at_ms), undone_ms: undone });
  }
  return found;
}
