// A beneficiary's dossier, asked from the views: who touched the seller or cluster, what was decided for it, what it was known for.

import type { AccessFact } from '../../core/reporting/facts.js';
import type { SellerFacts } from '../../core/reporting/facts-organisation.js';
import { type Asking, ask, askAnomalies, IN_RANGE, rangeOf, STANDS, timesOf, WINDOW_IN_RANGE } from './ask.js';

export interface SellerSubject {
  readonly sellerId: string;
  readonly clusterId: string;
}

const PEOPLE = `actor_kind IN ('employee', 'contractor', 'service')`;

/** @param given both empty: the seller that the strongest anomalies of the range are about */
export async function askSeller(asking: Asking, given: SellerSubject): Promise<SellerFacts> {
  const chosen = given.sellerId === '' && given.clusterId === '';
  const sellerId = chosen ? await leading(asking) : given.sellerId;
  const sellers = await askSellers(asking, sellerId, given.clusterId);
  const ids = sellers.map(({ seller_id }) => seller_id);
  const params = { sellers: ids, clusters: [given.clusterId].filter((id) => id !== '') };
  const touched = `${IN_RANGE} AND seller_id IN {sellers:Array(String)} AND outcome = 'allowed'`;
  const people = await ask<SellerFacts['people'][number]>(
    asking,
    `SELECT actor_id, count() AS accesses, countIf(explained != 'yes') AS unexplained, uniqExactArray(customer_ids) AS customers, sum(record_count) AS records,
      arraySort(groupUniqArray(toString(action))) AS actions, min(occurred_at) AS first, max(occurred_at) AS last,
      any(found.standing) AS standing
    FROM {db}.accesses AS a
    LEFT JOIN (SELECT actor_id, count() AS standing FROM {db}.anomalies WHERE ${STANDS} AND seller_id IN {sellers:Array(String)} GROUP BY actor_id) AS found ON found.actor_id = a.actor_id
    WHERE ${touched} AND ${PEOPLE} GROUP BY actor_id ORDER BY standing DESC, unexplained DESC, accesses DESC, actor_id`,
    params,
  );
  const decisions = await ask<AccessFact>(
    asking,
    `SELECT occurred_at, event_id, actor_id, action, outcome, tool, marketplace, assumeNotNull(seller_id) AS seller_id, length(customer_ids) AS customers, record_count AS records,
      ifNull(case_id, '') AS case_id, explained, ifNull(approver_id, '') AS approver_id, 0 AS named
    FROM {db}.accesses WHERE ${touched} AND ${PEOPLE} AND action IN ('account.reinstate', 'account.suspend', 'review.delete', 'review.restore', 'sales_metrics.export', 'customer_contact.export')
    ORDER BY occurred_at, actor_id, event_id`,
    params,
  );
  const enforcements = await ask<SellerFacts['enforcements'][number]>(
    asking,
    `SELECT at, seller_id, kind, reason, ifNull(case_id, '') AS case_id, ifNull(decided_by, '') AS decided_by FROM {db}.enforcements
    WHERE seller_id IN {sellers:Array(String)} AND at < {to:DateTime64(3)} ORDER BY at, enforcement_id`,
    params,
  );
  return {
    range: rangeOf(asking),
    subject: given.clusterId || sellerId || 'no seller',
    chosen,
    sellers,
    anomalies: await askAnomalies(
      asking,
      `${WINDOW_IN_RANGE} AND (seller_id IN {sellers:Array(String)} OR (cluster_id != '' AND cluster_id IN {clusters:Array(String)}))`,
      params,
    ),
    people: people.map((row) => timesOf(row, 'first', 'last')),
    by_action: await ask(
      asking,
      `SELECT toString(action) AS action, count() AS accesses, countIf(explained != 'yes') AS unexplained, uniqExact(actor_id) AS people, uniqExactArray(customer_ids) AS customers,
        sum(record_count) AS records FROM {db}.accesses WHERE ${touched} AND ${PEOPLE} GROUP BY action ORDER BY unexplained DESC, accesses DESC, action`,
      params,
    ),
    by_day: await ask(
      asking,
      `SELECT toString(toDate(occurred_at, 'UTC')) AS day, count() AS accesses, countIf(explained != 'yes') AS unexplained
      FROM {db}.accesses WHERE ${touched} AND ${PEOPLE} GROUP BY day ORDER BY day`,
      params,
    ),
    decisions: decisions.map((row) => timesOf(row, 'occurred_at')),
    enforcements: enforcements.map((row) => timesOf(row, 'at')),
    complaints: await ask(
      asking,
      `SELECT kind, count() AS complaints, uniqExact(customer_id) AS customers, uniqExactIf(customer_id, customer_id IN
        (SELECT arrayJoin(customer_ids) FROM {db}.accesses WHERE ${touched} AND ${PEOPLE} AND explained != 'yes')) AS after_read
      FROM {db}.complaints WHERE seller_id IN {sellers:Array(String)} AND received_at < {to:DateTime64(3)} GROUP BY kind ORDER BY complaints DESC, kind`,
      params,
    ),
  };
}

async function leading(asking: Asking): Promise<string> {
  const [row] = await ask<{ seller_id: string }>(
    asking,
    `SELECT seller_id FROM {db}.anomalies WHERE ${STANDS} AND seller_id != '' AND ${WINDOW_IN_RANGE} GROUP BY seller_id ORDER BY max(score) DESC, seller_id LIMIT 1`,
  );
  return row?.seller_id ?? '';
}

const askSellers = (asking: Asking, sellerId: string, clusterId: string): Promise<SellerFacts['sellers'][number][]> =>
  ask(
    asking,
    `WITH members AS (SELECT {seller:String} AS seller_id WHERE {seller:String} != '' UNION DISTINCT SELECT seller_id FROM {db}.clusters WHERE cluster_id = {cluster:String})
    SELECT m.seller_id AS seller_id, any(c.clusters) AS clusters, any(c.bases) AS bases, any(s.marketplace) AS marketplace, any(s.category) AS category
    FROM members AS m
    LEFT JOIN (SELECT seller_id, arraySort(groupUniqArray(cluster_id)) AS clusters, arraySort(arrayDistinct(arrayFlatten(groupArray(bases)))) AS bases FROM {db}.clusters GROUP BY seller_id) AS c ON c.seller_id = m.seller_id
    LEFT JOIN (SELECT seller_id, argMax(marketplace, valid_from) AS marketplace, argMax(category, valid_from) AS category FROM {db}.seller_directory GROUP BY seller_id) AS s ON s.seller_id = m.seller_id
    GROUP BY seller_id ORDER BY seller_id`,
    { seller: sellerId, cluster: clusterId },
  );
