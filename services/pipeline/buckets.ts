// Recomputes the buckets of touched (day, actor) pairs from distinct events, inside the database. A bucket is replaced as a whole
// under the sum of its events' weights, so a late writer with fewer events loses. Actions without an event left get an empty row.

import { type Day, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { ROW_WEIGHT, sqlStrings } from './tables.js';
import type { Touched } from './touched.js';

/** Actor-days in one statement: bounds the memory of its aggregation. */
const MAX_ACTOR_DAYS = 15_000;

export async function recomputeBuckets(ch: ClickHouse, touched: Touched): Promise<void> {
  for (const chunk of chunks(touched)) await ch.command(bucketStatement(chunk));
}

export interface BucketChunk {
  readonly actors: readonly string[];
  readonly from: Day;
  /** last day, inclusive */
  readonly to: Day;
}

/** Actors in order, each with all days between its first and last touched one, so that every event is read once. */
export function chunks(touched: Touched): BucketChunk[] {
  const spans = new Map<string, { from: Day; to: Day }>();
  for (const [day, actors] of touched.byDay) {
    for (const actor of actors) {
      const span = spans.get(actor);
      if (span === undefined) spans.set(actor, { from: day, to: day });
      else {
        span.from = Math.min(span.from, day);
        span.to = Math.max(span.to, day);
      }
    }
  }
  const result: BucketChunk[] = [];
  let open: { actors: string[]; from: Day; to: Day } | null = null;
  for (const actor of [...spans.keys()].sort()) {
    const { from, to } = spans.get(actor) as { from: Day; to: Day };
    const wider: { actors: string[]; from: Day; to: Day } | null =
      open === null ? null : { actors: open.actors, from: Math.min(open.from, from), to: Math.max(open.to, to) };
    if (open === null || wider === null || (wider.to - wider.from + 1) * (open.actors.length + 1) > MAX_ACTOR_DAYS) {
      open = { actors: [actor], from, to };
      result.push(open);
    } else {
      open.actors.push(actor);
      open.from = wider.from;
      open.to = wider.to;
    }
  }
  return result;
}

export const bucketStatement = (chunk: BucketChunk): string =>
  `INSERT INTO {db}.action_days (${BUCKET_COLUMNS}, version) ${bucketQuery(chunk)}
  SETTINGS max_partitions_per_insert_block = 0`;

/** Every column but the version. */
const BUCKET_COLUMNS = `day, action, actor_id, justified, actor_kind, events, denied, customers, unlisted, records,
  explained_no, explained_late, explained_self, unapproved, canary_hits, sellers, seller_events, seller_customers, seller_low`;

/** The buckets of a chunk as its events make them, one row each, with their version last. */
function bucketQuery({ actors, from, to }: BucketChunk): string {
  const list = sqlStrings(actors);
  return `WITH (SELECT groupArray(customer_id) FROM {db}.canaries FINAL) AS planted
SELECT day, action, actor_id, justified, max(kind) AS actor_kind, sum(ev) AS events, sum(den) AS denied, sum(cust) AS customers, sum(unl) AS unlisted,
  sum(rec) AS records, sum(no) AS explained_no, sum(late) AS explained_late, sum(self) AS explained_self, sum(alone) AS unapproved, sum(hits) AS canary_hits,
  arraySort(groupArrayIf((seller, ev, cust + unl, low), ev > 0)).1 AS sellers,
  arraySort(groupArrayIf((seller, ev, cust + unl, low), ev > 0)).2 AS seller_events,
  arraySort(groupArrayIf((seller, ev, cust + unl, low), ev > 0)).3 AS seller_customers,
  arraySort(groupArrayIf((seller, ev, cust + unl, low), ev > 0)).4 AS seller_low,
  sum(sum(weight)) OVER (PARTITION BY day, actor_id) + length(planted) AS version
FROM
(
  SELECT toDate(occurred_at) AS day, action, actor_id, explained = 'yes' AS justified, ifNull(seller_id, '') AS seller, max(actor_kind) AS kind,
    countIf(allowed) AS ev, countIf(NOT allowed) AS den,
    uniqExactArrayIf(customer_ids, allowed) AS cust,
    sumIf(if(record_count > length(customer_ids), record_count - length(customer_ids), 0), allowed) AS unl,
    sumIf(record_count, allowed) AS rec,
    countIf(allowed AND explained = 'no') AS no, countIf(allowed AND explained = 'late') AS late, countIf(allowed AND explained = 'self') AS self,
    countIf(allowed AND (approver_id IS NULL OR approver_id = actor_id)) AS alone,
    sum(if(hasAny(customer_ids, planted), length(arrayIntersect(customer_ids, planted)), 0)) AS hits,
    countIf(allowed AND ifNull(review_rating, 5) <= 2) AS low,
    sum(toUInt128(version) + ${ROW_WEIGHT}) AS weight
  FROM (SELECT *, outcome = 'allowed' AS allowed FROM {db}.access_events FINAL
    WHERE actor_id IN (${list}) AND occurred_at >= '${dayText(from)} 00:00:00.000' AND occurred_at < '${dayText(to + 1)} 00:00:00.000')
  GROUP BY day, action, actor_id, justified, seller
  UNION ALL
  SELECT day, action, actor_id, justified, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, toUInt128(0)
  FROM {db}.action_days FINAL WHERE actor_id IN (${list}) AND day >= '${dayText(from)}' AND day <= '${dayText(to)}'
)
GROUP BY day, action, actor_id, justified`;
}

/** Rows and a digest of a chunk's buckets, as its events make them and as they are stored; equal when nothing was lost or left over. */
export async function compareBuckets(
  ch: ClickHouse,
  chunk: BucketChunk,
): Promise<{ readonly day: string; readonly equal: boolean }[]> {
  const days = `day >= '${dayText(chunk.from)}' AND day <= '${dayText(chunk.to)}'`;
  const digest = `SELECT day, count() AS n, toString(sum(cityHash64(${BUCKET_COLUMNS.split(',')
    .map((column) => `toString(${column.trim()})`)
    .join(', ')}))) AS digest`;
  return ch.query<{ day: string; equal: boolean }>(
    `SELECT day, toBool(min(a) = max(a) AND count() = 2) AS equal FROM (
      SELECT day, concat(toString(n), '/', digest) AS a FROM (${digest} FROM (${bucketQuery(chunk)}) WHERE events + denied > 0 GROUP BY day)
      UNION ALL
      SELECT day, concat(toString(n), '/', digest) AS a FROM (${digest} FROM {db}.action_days FINAL
        WHERE ${days} AND actor_id IN (${sqlStrings(chunk.actors)}) AND events + denied > 0 GROUP BY day)
    ) GROUP BY day ORDER BY day`,
  );
}
