// What an incident report has to say of an employee in a range, in SQL over the views.

import { count, decimal, listed, percent, short } from '../../../../services/core/reporting/words.js';
import { type Book, dayHint, type Row } from '../ledger.js';
import {
  anomaliesOf,
  checksOf,
  colleaguesOf,
  type IncidentScope,
  normOf,
  peersOf,
  STANDS,
  timelineOf,
} from './incident-sql.js';

const LABELS: Readonly<Record<string, string>> = {
  accesses: 'Accesses',
  unexplained: 'Accesses that no case explains',
  customers: 'Customers whose data were returned',
  records: 'Records',
};

export function incidentBook(scope: IncidentScope): Book {
  const { actor, from, to, question } = scope;
  const own = `{db}.accesses WHERE actor_id = '${actor}' AND occurred_at >= '${from}' AND occurred_at < '${to}'`;
  const anomalies = anomaliesOf(scope);
  const firstRead = `(SELECT arrayJoin(customer_ids) AS id, min(occurred_at) AS first FROM ${question} GROUP BY id)`;
  const after = `{db}.complaints AS c INNER JOIN ${firstRead} AS r ON r.id = c.customer_id WHERE c.received_at > r.first`;
  const sellers = `SELECT assumeNotNull(seller_id) AS id FROM ${question} WHERE isNotNull(seller_id) GROUP BY id ORDER BY count() DESC, length(arrayDistinct(arrayFlatten(groupArray(customer_ids)))) DESC, id`;
  const norm = normOf(scope);
  const checks = checksOf(scope);
  const figures: Readonly<Record<string, string>> = {
    accesses_in_question: `SELECT count() AS n FROM ${question}`,
    unexplained_in_question: `SELECT countIf(explained != 'yes') AS n FROM ${question}`,
    days_in_question: `SELECT uniqExact(toDate(occurred_at)) AS n FROM ${question}`,
    customers_in_question: `SELECT uniqExact(c) AS n FROM (SELECT arrayJoin(customer_ids) AS c FROM ${question})`,
    complaints_after: `SELECT count() AS n FROM ${after}`,
    accesses_in_range: `SELECT count() AS n FROM ${own}`,
    standing_anomalies: `SELECT count() AS n FROM ${anomalies} WHERE ${STANDS}`,
  };
  const figure = (name: string): string => figures[name] ?? checks[name] ?? '';
  const minuteOf = (sql: string): string => `SELECT formatDateTime(${sql}, '%Y-%m-%d %H:%i') AS n FROM ${question}`;
  const colleagues = colleaguesOf(scope, sellers);
  const days = `SELECT toDate(occurred_at) FROM ${question}`;
  return {
    figures,
    tables: {
      anomalies: `SELECT detected_at, detection, actor_id AS entity, severity, score, if(status = 'open', toString(disposition), status) AS state, summary, anomaly_id FROM ${anomalies}`,
      timeline: timelineOf(scope, sellers, after),
      norms: {
        sql: norm,
        as: {
          measure: ({ measure }) => LABELS[String(measure)] ?? '',
          against_own: (row) => ratio(row, 'own_other_days'),
          against_peers: (row) => ratio(row, 'peers'),
        },
      },
      factors: `SELECT detection, toDate(detected_at) AS detected_on, replaceAll(f.name, '_', ' ') AS factor, f.observed AS observed, f.expected AS expected, f.contribution AS contribution
        FROM (SELECT detection, detected_at, arrayJoin(factors) AS f FROM ${anomalies} WHERE ${STANDS})`,
      claimed_cases: `SELECT q.id AS case_id, if(c.case_id = '', 'unknown', toString(c.kind)) AS kind, if(c.case_id = '', '', toString(c.opened_at)) AS opened_at, c.opened_by AS opened_by,
          ifNull(c.assignee_id, '') AS assignee_id, ifNull(c.approved_by, '') AS approved_by, ifNull(c.seller_id, '') AS seller_id,
          yes AS explained_yes, late AS explained_late, self AS explained_self, no AS explained_no
        FROM (SELECT assumeNotNull(case_id) AS id, sum(explained = 'yes') AS yes, sum(explained = 'late') AS late, sum(explained = 'self') AS self, sum(explained = 'no') AS no
          FROM ${question} WHERE isNotNull(case_id) GROUP BY id) AS q LEFT JOIN {db}.latest_cases AS c ON c.case_id = q.id`,
      sellers: `SELECT s AS seller_id, (SELECT arraySort(groupUniqArray((seller_id, cluster_id))) FROM {db}.clusters) AS linked,
          arrayStringConcat(arrayMap(l -> l.2, arrayFilter(l -> l.1 = s, linked)), ' ') AS clusters,
          accesses, unexplained, customers, records, actions, if(banned = '', '', concat(banned, ' ', toString(toDate(last)))) AS last_enforcement
        FROM (SELECT assumeNotNull(seller_id) AS s, count() AS accesses, countIf(explained != 'yes') AS unexplained, length(arrayDistinct(arrayFlatten(groupArray(customer_ids)))) AS customers,
          sum(record_count) AS records, arrayStringConcat(arraySort(groupUniqArray(toString(action))), ', ') AS actions FROM ${question} WHERE isNotNull(seller_id) GROUP BY s) AS q
        LEFT JOIN (SELECT seller_id AS banned_id, argMax(toString(kind), (at, enforcement_id)) AS banned, max(at) AS last FROM {db}.enforcements WHERE at < '${to}' GROUP BY seller_id) AS e ON e.banned_id = q.s`,
      colleagues: `${colleagues} LIMIT 15`,
      dispositions: `SELECT at, anomaly_id, disposition, by, note FROM {db}.dispositions WHERE anomaly_id IN (SELECT anomaly_id FROM ${anomalies})`,
      restrictions: `SELECT at, actor_id, if(step = '', 'lifted', toString(step)) AS step, by, expires_at, reason FROM {db}.restriction_grants WHERE actor_id = '${actor}'`,
      checks: Object.entries(checks)
        .map(([name, sql]) => `SELECT '${name}' AS name, toInt64((${sql})) AS value`)
        .join(' UNION ALL '),
      accesses_in_question: `SELECT occurred_at, event_id, actor_id, action, tool, marketplace, seller_id, length(customer_ids) AS customers, record_count AS records, case_id, explained,
        if(is_named, 'yes', 'no') AS named FROM ${question}`,
    },
    charts: {
      'Accesses a day by': {
        sql: `SELECT toString(toDate(occurred_at)) AS day, countIf(outcome = 'allowed' AND explained != 'yes') AS upper, count() - upper AS lower, 0 AS marks
            FROM {db}.accesses WHERE actor_id = '${actor}' AND occurred_at >= toDateTime64('${from}', 3) - INTERVAL 28 DAY AND occurred_at < '${to}' GROUP BY day
          UNION ALL SELECT toString(toDate(detected_at)) AS day, 0, 0, count() FROM ${anomalies} WHERE ${STANDS} GROUP BY day`,
        hints: (row) =>
          Number(row['marks']) > 0
            ? [`${row['day']}: ${count(Number(row['marks']))}`]
            : dayHint('not explained by a case', 'explained or refused')(row),
      },
      'A day in question': {
        sql: norm,
        hints: (row) =>
          Object.entries({ 'in question': 'in_question', 'own other days': 'own_other_days', peers: 'peers' }).map(
            ([name, column]) => `${name}: ${decimal(Number(row[column]))}`,
          ),
      },
      'Accesses in question by seller': {
        sql: `SELECT seller_id, count() AS accesses FROM ${question} WHERE seller_id IN (SELECT id FROM (${sellers} LIMIT 8)) GROUP BY seller_id`,
        hints: ({ seller_id, accesses }) => [
          `${short(String(seller_id), 28)}: ${count(Number(accesses))} ${Number(accesses) === 1 ? 'access' : 'accesses'}`,
        ],
      },
    },
    sentences: [
      [
        /^In question are (\S+) access(?:es)? on (\S+) days?, from (.+) to (.+) UTC; no case explains (\S+) of them\.$/,
        figure('accesses_in_question'),
        figure('days_in_question'),
        minuteOf('min(occurred_at)'),
        minuteOf('max(occurred_at)'),
        figure('unexplained_in_question'),
      ],
      [
        /^They returned data of (\S+) customers? and touched (\S+) sellers?(?:, most often (\S+) \((\S+) access(?:es)?\))?\.$/,
        figure('customers_in_question'),
        `SELECT uniqExact(seller_id) AS n FROM ${question}`,
        `SELECT id AS n FROM (${sellers} LIMIT 1)`,
        `SELECT count() AS n FROM ${question} WHERE seller_id = (SELECT id FROM (${sellers} LIMIT 1))`,
      ],
      [
        /^(\S+) of these customers complained afterwards \((\S+) complaints?\)\.$/,
        `SELECT uniqExact(c.customer_id) AS n FROM ${after}`,
        figure('complaints_after'),
      ],
      [
        /^(\S+) anomal(?:y|ies) stands? \((.+)\); investigators have confirmed (\S+)\. Figures are evidence to weigh, not a finding of guilt\.$/,
        figure('standing_anomalies'),
        {
          sql: `SELECT detection FROM ${anomalies} WHERE ${STANDS} ORDER BY detected_at, score DESC, anomaly_id`,
          say: (rows) => listed([...new Set(rows.map(({ detection }) => String(detection)))]),
        },
        `SELECT countIf(disposition = 'confirmed') AS n FROM ${anomalies} WHERE ${STANDS}`,
      ],
      [
        /^(\S+): (.+), peer group (.+), (\S+), since (\S+?)(?:, left (\S+?))?(?:; reports to (\S+))?\.$/,
        `SELECT '${actor}' AS n`,
        `SELECT argMax(concat(role, ' in ', department, ' (', marketplace, ')'), valid_from) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
        `SELECT argMax(peer_group, valid_from) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
        `SELECT argMax(toString(status), valid_from) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
        `SELECT argMax(toString(toDate(hired_at)), valid_from) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
        `SELECT toString(toDate(max(left_at))) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
        `SELECT argMax(ifNull(manager_id, ''), valid_from) AS n FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}'`,
      ],
      [
        /^A day in question is compared with (\S+) other active days? of the same employee \(the range and the 28 days before it\), and with (\S+) active days? of (\S+) colleagues? of the same peer group in the range\. Means a day:$/,
        `SELECT uniqExact(toDate(occurred_at)) AS n FROM {db}.accesses WHERE actor_id = '${actor}' AND occurred_at >= toDateTime64('${from}', 3) - INTERVAL 28 DAY
          AND occurred_at < '${to}' AND toDate(occurred_at) NOT IN (${days})`,
        `SELECT uniqExact(actor_id, toDate(occurred_at)) AS n FROM ${peersOf(scope)}`,
        `SELECT uniqExact(actor_id) AS n FROM ${peersOf(scope)}`,
      ],
      [
        /^(\S+) access(?:es)? in question named no case at all; the others named (\S+) cases?, (\S+) of which nobody has ever reported\.$/,
        `SELECT countIf(isNull(case_id)) AS n FROM ${question}`,
        `SELECT uniqExact(case_id) AS n FROM ${question}`,
        `SELECT uniqExact(case_id) AS n FROM ${question} WHERE isNotNull(case_id) AND case_id NOT IN (SELECT case_id FROM {db}.latest_cases)`,
      ],
      [/^(\S+) access(?:es)? in question named no case at all; none named one\.$/, figure('accesses_in_question')],
      [
        /^(\S+) colleagues? touched the same matter: [^.]+\. [^.]+\.(?: The (\S+) nearest are listed\.)?$/,
        `SELECT count() AS n FROM (${colleagues})`,
        'SELECT 15 AS n',
      ],
      [
        /^Work that a case explains: (\S+) of (\S+) access(?:es)? in the range \((.+)\) are explained by a case that was open, .+$/,
        figure('explained_accesses'),
        figure('accesses_in_range'),
        {
          sql: `SELECT countIf(explained = 'yes') AS part, count() AS whole FROM ${own}`,
          say: ([row]) => percent(Number(row?.['part']), Number(row?.['whole'])),
        },
      ],
      [/^Refused calls: (\S+) access(?:es)? (?:was|were) refused and returned nothing; .+$/, figure('denied_accesses')],
      [
        /^(\S+) anomal(?:y|ies) of this range no longer stands?: .+$/,
        `SELECT countIf(NOT (${STANDS})) AS n FROM ${anomalies}`,
      ],
      [/^Planted customers: (\S+) customers? who .+$/, figure('canary_customers')],
      [
        /^A borrowed account: nothing points to it\. The accesses in question came from (\S+) source address(?:es)?, .+$/,
        figure('source_addresses'),
      ],
      [
        /^A borrowed account is not ruled out: (\S+) of (\S+) source address(?:es)? of .+$/,
        figure('new_source_addresses'),
        figure('source_addresses'),
      ],
      [/^(\S+) exceptions? in force covers? this employee; .+$/, figure('exceptions')],
      [/^(\S+) exported records? in question names? no customer in the log: .+$/, figure('unlisted_records')],
      [
        /^(\S+) detections? could not judge this employee of late: (.+)\.$/,
        `SELECT count() AS n FROM (SELECT DISTINCT detection, reason FROM {db}.unscored WHERE entity IN ('${actor}', 'actor ${actor}'))`,
        {
          sql: `SELECT detection, reason, min(since) AS first FROM {db}.unscored WHERE entity IN ('${actor}', 'actor ${actor}') GROUP BY detection, reason ORDER BY detection, reason`,
          say: (rows) =>
            listed(
              rows.map(
                ({ detection, reason, first }) =>
                  `${detection} (${String(reason).replaceAll('_', ' ')}, since ${first})`,
              ),
              5,
            ),
        },
      ],
      [/^(\S+) event ids? of this employee (?:was|were) seen under .+$/, figure('conflicts')],
      [/^(.+)\.$/, `SELECT argMax(summary, score) AS n FROM ${anomalies} WHERE ${STANDS}`],
    ],
  };
}

const ratio = (row: Row, column: string): string => {
  const [shown, usual] = [Number(row['in_question']), Number(row[column])];
  return usual === 0 ? (shown === 0 ? '–' : 'none usually') : `${decimal(shown / usual)} ×`;
};
