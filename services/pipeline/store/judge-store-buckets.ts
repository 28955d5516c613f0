// actor_days in ClickHouse: computed from distinct events by one statement, for some actors and days, as rows or inside the
// database; read back as columns. A row is replaced under the sum of its events' weights, so a late writer with fewer events loses.

import { SELLER_ACTIONS } from '../../core/judge/frame.js';
import { type Day, dayFromText, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { ROW_WEIGHT, sqlStrings } from '../tables.js';
import type { ActorDay, ActorDayColumns, BucketChunk } from './judge-store.js';
import { readColumns } from './judge-store-days.js';

/** Every column between actor_id and version, in the order in which the statement below selects them. */
export const ACTOR_DAY_COLUMNS: readonly (keyof ActorDayColumns)[] = [
  'actor_kind',
  'actions',
  'justified',
  'events',
  'customers',
  'unlisted',
  'records',
  'explained_no',
  'explained_late',
  'explained_self',
  'unapproved',
  'canary_hits',
  'sellers',
  'seller_events',
  'seller_customers',
  'seller_low',
  'places_ip',
  'places_country',
  'places_events',
  'places_unexplained',
  'places_first',
  'places_last',
  'calls_tool',
  'calls_marketplace',
  'calls_events',
  'decided_action',
  'decided_seller',
  'decided_review',
  'decided_at',
];

const COLUMNS = ['day', 'actor_id', ...ACTOR_DAY_COLUMNS, 'version'];

/** Accesses to what is worth money, for places_unexplained. */
const SENSITIVE = [
  'customer_email.read',
  'customer_contact.export',
  'order_history.read',
  'order_report.export',
  'sales_metrics.read',
  'sales_metrics.export',
];
const DECISIONS = ['account.reinstate', 'account.suspend', 'review.delete', 'review.restore'];

const dayIs = (column: string, { from, to }: BucketChunk): string =>
  `${column} >= '${dayText(from)} 00:00:00.000' AND ${column} < '${dayText(to + 1)} 00:00:00.000'`;

/**
 * One pass over the events, grouped three ways at once (under which seller, from where, through which tool), then folded to one row
 * for each (day, actor). For a few hundred actors the server plans it for longer than it runs: hence an alias is not used where the
 * column of the level below will do, and the ids are in a query of their own, which is looked through once.
 */
export const actorDayQuery = (
  chunk: BucketChunk,
): string => `WITH (SELECT groupArray(customer_id) FROM {db}.canaries FINAL) AS planted
SELECT day, actor_id, max(kind) AS actor_kind,
  arraySort(groupArrayIf((action, justified, ev, cust, unl, rec, no, late, self, alone, hits, sorted.1, sorted.2, sorted.3, if(keeps, sorted.4, [low])), grp = 0 AND ev > 0)) AS r,
  arraySort(groupArrayIf((ip, land, ev, open, first_ms, last_ms), grp = 1 AND ev > 0)) AS p,
  arraySort(groupArrayIf((tool, site, calls), grp = 2)) AS c,
  arraySort(groupArrayArrayIf(decided, grp = 0)) AS d,
  sumIf(weight, grp = 0) + length(planted) AS version
FROM
(
  SELECT day, actor_id, grp, action, justified, ip, land, tool, site, max(kind0) AS kind, sum(ev0) AS ev, sum(calls0) AS calls, sum(cust0) AS cust,
    sum(unl0) AS unl, sum(rec0) AS rec, sum(no0) AS no, sum(late0) AS late, sum(self0) AS self, sum(alone0) AS alone, sum(hits0) AS hits,
    sum(open0) AS open, min(first0) AS first_ms, max(last0) AS last_ms, sum(weight0) AS weight, groupArrayArray(decided0) AS decided,
    justified = 0 OR action IN (${sqlStrings([...SELLER_ACTIONS].sort())}) AS keeps,
    arraySort(groupArrayIf((seller, ev0, cust0 + unl0, low0), grp = 0 AND ev0 > 0 AND keeps)) AS sorted,
    sum(low0) AS low
  FROM
  (
    SELECT day, actor_id, multiIf(grouping(action) = 0, 0, grouping(ip) = 0, 1, 2) AS grp, action, justified, seller, ip, land, tool, site,
      max(actor_kind) AS kind0, countIf(allowed) AS ev0, count() AS calls0,
      uniqExactArrayIf(customer_ids, allowed) AS cust0,
      sumIf(if(record_count > length(customer_ids), record_count - length(customer_ids), 0), allowed) AS unl0,
      sumIf(record_count, allowed) AS rec0,
      countIf(allowed AND explained = 'no') AS no0, countIf(allowed AND explained = 'late') AS late0, countIf(allowed AND explained = 'self') AS self0,
      countIf(allowed AND (approver_id IS NULL OR approver_id = actor_id)) AS alone0,
      sumIf(if(hasAny(customer_ids, planted), length(arrayIntersect(customer_ids, planted)), 0), allowed) AS hits0,
      countIf(allowed AND ifNull(review_rating, 5) <= 2) AS low0,
      countIf(allowed AND explained != 'yes' AND act IN (${sqlStrings(SENSITIVE)})) AS open0,
      minIf(at_ms, allowed) AS first0, maxIf(at_ms, allowed) AS last0,
      groupArrayIf((act, ifNull(seller_id, ''), ifNull(review_id, ''), at_ms), allowed AND act IN (${sqlStrings(DECISIONS)})) AS decided0,
      sum(toUInt128(version) + ${ROW_WEIGHT}) AS weight0
    FROM
    (
      SELECT toDate(occurred_at) AS day, actor_id, toString(action) AS act, act AS action, explained = 'yes' AS justified, ifNull(seller_id, '') AS seller,
        ifNull(source_ip, '') AS ip, toString(ifNull(country, '')) AS land, toString(tool) AS tool, toString(marketplace) AS site, toString(actor_kind) AS actor_kind,
        outcome = 'allowed' AS allowed, toUnixTimestamp64Milli(occurred_at) AS at_ms, customer_ids, record_count, explained, approver_id, review_rating,
        seller_id, review_id, version
      FROM {db}.access_events FINAL
      WHERE actor_id IN (SELECT arrayJoin([${sqlStrings(chunk.actors)}])) AND ${dayIs('occurred_at', chunk)}
    )
    GROUP BY GROUPING SETS ((day, actor_id, action, justified, seller), (day, actor_id, ip, land), (day, actor_id, tool, site))
  )
  GROUP BY day, actor_id, grp, action, justified, ip, land, tool, site
)
GROUP BY day, actor_id`;

const outer = (chunk: BucketChunk): string => {
  const list = ['actor_kind', ...['r', 'p', 'c', 'd'].flatMap(tupleParts)];
  const named = list.map((part, i) => `${part} AS ${ACTOR_DAY_COLUMNS[i]}_`).join(', ');
  return `SELECT day, actor_id, ${named}, version FROM (${actorDayQuery(chunk)})`;
};

const PARTS: Readonly<Record<string, number>> = { r: 15, p: 6, c: 3, d: 4 };
const tupleParts = (name: string): string[] =>
  Array.from({ length: PARTS[name] ?? 0 }, (_, i) => `tupleElement(${name}, ${i + 1})`);

export async function computeActorDays(ch: ClickHouse, chunk: BucketChunk): Promise<ActorDay[]> {
  const columns = await readColumns(
    ch,
    COLUMNS.length,
    `SELECT day, actor_id, ${ACTOR_DAY_COLUMNS.map((name) => `${name}_`).join(', ')}, toString(version) FROM (${outer(chunk)})`,
  );
  const [days, actors] = columns as [string[], string[]];
  const versions = columns.at(-1) as string[];
  return days.map((day, i) => ({
    day: dayFromText(day),
    actor_id: actors[i] as string,
    version: BigInt(versions[i] as string),
    columns: Object.fromEntries(
      ACTOR_DAY_COLUMNS.map((name, c) => [name, columns[c + 2]?.[i]]),
    ) as unknown as ActorDayColumns,
  }));
}

export const writeActorDays = (ch: ClickHouse, rows: readonly ActorDay[]): Promise<void> =>
  ch.insert(
    'actor_days',
    COLUMNS,
    rows.map((row) => [
      dayText(row.day),
      row.actor_id,
      ...ACTOR_DAY_COLUMNS.map((name) => row.columns[name]),
      row.version.toString(),
    ]),
  );

export const rewriteActorDays = (ch: ClickHouse, chunk: BucketChunk): Promise<void> =>
  ch.command(
    `INSERT INTO {db}.actor_days (${COLUMNS.join(', ')}) ${outer(chunk)} SETTINGS max_partitions_per_insert_block = 0`,
  );

/** Days on which the chunk's stored rows differ from what its events make; the stored and the computed side by side. */
export async function differingDays(ch: ClickHouse, chunk: BucketChunk): Promise<Day[]> {
  const digest = (suffix: string): string =>
    `SELECT day, concat(toString(count()), '/', toString(sum(cityHash64(actor_id, ${ACTOR_DAY_COLUMNS.map((name) => `toString(${name}${suffix})`).join(', ')})))) AS a`;
  const rows = await ch.query<{ day: string }>(
    `SELECT day FROM (
      ${digest('_')} FROM (${outer(chunk)}) GROUP BY day
      UNION ALL
      ${digest('')} FROM {db}.actor_days FINAL WHERE actor_id IN (${sqlStrings(chunk.actors)}) AND day >= '${dayText(chunk.from)}' AND day <= '${dayText(chunk.to)}' GROUP BY day
    ) GROUP BY day HAVING count() != 2 OR min(a) != max(a) ORDER BY day`,
  );
  return rows.map((row) => dayFromText(row.day));
}
