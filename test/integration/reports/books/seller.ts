// What a seller's dossier has to say, in SQL over the views.

import { count, listed, short } from '../../../../services/core/reporting/words.js';
import { type Book, dayHint } from '../ledger.js';

export interface SellerScope {
  /** SQL of the ids of its sellers, one column `id` */
  readonly sellers: string;
  /** '' for a single seller */
  readonly cluster: string;
  /** 'YYYY-MM-DD HH:MM:SS', the second not included */
  readonly from: string;
  readonly to: string;
}

const STANDS = `status = 'open' AND disposition NOT IN ('benign', 'duplicate')`;

export function sellerBook({ sellers, cluster, from, to }: SellerScope): Book {
  const among = `seller_id IN (SELECT id FROM ${sellers})`;
  const touched = `{db}.accesses WHERE occurred_at >= '${from}' AND occurred_at < '${to}' AND ${among} AND outcome != 'denied' AND actor_kind != 'seller_app'`;
  const anomalies = `(SELECT * FROM {db}.anomalies WHERE window_start < '${to}' AND window_end > '${from}' AND (${among} OR (cluster_id != '' AND cluster_id = '${cluster}')))`;
  const complaints = `{db}.complaints WHERE ${among} AND received_at < '${to}'`;
  const decisions = `(SELECT * FROM ${touched} AND (startsWith(action, 'account.') OR action IN ('review.delete', 'review.restore', 'sales_metrics.export', 'customer_contact.export')))`;
  const people = `(SELECT actor_id AS who, count() AS accesses, countIf(explained != 'yes') AS unexplained, length(arrayDistinct(arrayFlatten(groupArray(customer_ids)))) AS customers,
      sum(record_count) AS records, min(occurred_at) AS first, max(occurred_at) AS last, arrayStringConcat(arraySort(groupUniqArray(toString(action))), ', ') AS actions FROM ${touched} GROUP BY who)`;
  const standing = `(SELECT actor_id AS about, count() AS standing FROM {db}.anomalies WHERE ${STANDS} AND ${among} GROUP BY about)`;
  const n = (what: string, source: string): string => `SELECT ${what} AS n FROM ${source}`;
  return {
    figures: {
      accesses: n('count()', touched),
      unexplained: n(`countIf(explained != 'yes')`, touched),
      records: n('sum(record_count)', touched),
    },
    tables: {
      sellers: `SELECT s.id AS seller_id, arrayStringConcat(arraySort(groupUniqArrayIf(c.cluster_id, c.cluster_id != '')), ' ') AS clusters, any(d.category) AS category, any(d.marketplace) AS marketplace
        FROM ${sellers} AS s LEFT JOIN {db}.clusters AS c ON c.seller_id = s.id LEFT JOIN (SELECT * FROM {db}.seller_directory ORDER BY valid_from DESC LIMIT 1 BY seller_id) AS d ON d.seller_id = s.id GROUP BY s.id`,
      anomalies: `SELECT detected_at, detection, if(actor_id != '', actor_id, if(seller_id != '', seller_id, cluster_id)) AS entity, severity, score,
        if(status = 'open', toString(disposition), status) AS state, summary, anomaly_id FROM ${anomalies}`,
      by_action: `SELECT action, count() AS accesses, countIf(explained != 'yes') AS unexplained, length(groupUniqArray(actor_id)) AS people,
        length(arrayDistinct(arrayFlatten(groupArray(customer_ids)))) AS customers, sum(record_count) AS records FROM ${touched} GROUP BY action`,
      people: `SELECT who AS actor_id, standing, accesses, unexplained, customers, records, first, last, actions FROM ${people} AS p LEFT JOIN ${standing} AS s ON s.about = p.who`,
      decisions: `SELECT occurred_at, event_id, actor_id, action, seller_id, record_count AS records, ifNull(case_id, '') AS case_id, explained, ifNull(approver_id, '') AS approver_id FROM ${decisions}`,
      enforcements: `SELECT at, seller_id, replaceAll(toString(kind), '_', ' ') AS kind, case_id, decided_by, reason FROM {db}.enforcements WHERE ${among} AND at < '${to}'`,
      complaints: `SELECT replaceAll(toString(kind), '_', ' ') AS kind, count() AS complaints, length(groupUniqArray(customer_id)) AS customers,
        length(arrayIntersect(groupUniqArray(customer_id), (SELECT groupUniqArray(c) FROM (SELECT arrayJoin(customer_ids) AS c FROM ${touched} AND explained != 'yes')))) AS after_read
        FROM ${complaints} GROUP BY kind`,
    },
    charts: {
      'Accesses by employees, a day': {
        sql: `SELECT toString(toDate(occurred_at)) AS day, countIf(explained != 'yes') AS upper, countIf(explained = 'yes') AS lower FROM ${touched} GROUP BY day`,
        hints: dayHint('not explained', 'explained by a case'),
      },
      'Accesses that no case explains, by employee': {
        sql: `SELECT who, unexplained, accesses FROM ${people} AS p LEFT JOIN ${standing} AS s ON s.about = p.who WHERE unexplained > 0 ORDER BY standing DESC, unexplained DESC, accesses DESC, who LIMIT 8`,
        hints: ({ who, unexplained, accesses }) => [
          `${short(String(who), 28)}: ${count(Number(unexplained))} of ${count(Number(accesses))}`,
        ],
      },
    },
    sentences: [
      [/^Nobody was named with --seller or --cluster; (\S+) is the seller .+$/, n('any(id)', sellers)],
      [
        /^(\S+) employees? touched (?:this seller|the (\S+) sellers of this cluster) in (\S+) access(?:es)?; no case explains (\S+)\.$/,
        n('count()', people),
        n('count()', sellers),
        n('count()', touched),
        n(`countIf(explained != 'yes')`, touched),
      ],
      [
        /^(\S+) anomal(?:y|ies) that (?:stand|stands) names? it, about (\S+) accounts? \((.+)\)\.$/,
        n('count()', `${anomalies} WHERE ${STANDS}`),
        n(`uniqExactIf(actor_id, actor_id != '')`, `${anomalies} WHERE ${STANDS}`),
        {
          sql: `SELECT detection FROM ${anomalies} WHERE ${STANDS} ORDER BY detected_at, score DESC, anomaly_id`,
          say: (rows) => listed([...new Set(rows.map(({ detection }) => String(detection)))]),
        },
      ],
      [/^(\S+) complaints? of customers name it\.$/, n('count()', complaints)],
      [
        /^(\S+) of (\S+) decisions? (?:or exports?|and exports) had a second person’s approval\.$/,
        n('countIf(isNotNull(approver_id))', decisions),
        n('count()', decisions),
      ],
      [
        /^(\S+) of (\S+) employees? touched it with cases alone\.$/,
        n('countIf(unexplained = 0)', people),
        n('count()', people),
      ],
      [
        /^Links to other sellers .+ what happened before (\S+) is not in this dossier, .+$/,
        `SELECT '${from.slice(0, 10)}' AS n`,
      ],
    ],
  };
}
