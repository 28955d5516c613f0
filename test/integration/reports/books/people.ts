// What the reports about customers have to say: whom an employee's anomalies affected, and what a breach notification makes of it.

import { count, listed } from '../../../../services/core/reporting/words.js';
import { type Book, dayHint } from '../ledger.js';

export interface AffectedScope {
  /** SQL of the anomalies in scope, about people alone */
  readonly scope: string;
  /** 'YYYY-MM-DD HH:MM:SS', the second not included */
  readonly from: string;
  readonly to: string;
  /** table that holds what the people in scope did, made by `classed` */
  readonly classed: string;
}

const PLANTED = '(SELECT customer_id FROM {db}.planted_customers)';

/** SQL of what the people in scope did in the range, each access with the class that it falls into. */
export function classed({ scope, from, to }: Omit<AffectedScope, 'classed'>): string {
  const range = `occurred_at >= '${from}' AND occurred_at < '${to}'`;
  const actions = `(SELECT DISTINCT a.anomaly_id AS anomaly_id, e.action AS action FROM (SELECT anomaly_id, actor_id, arrayJoin(evidence_event_ids) AS event_id FROM ${scope}) AS a
    INNER JOIN {db}.accesses AS e ON e.event_id = a.event_id AND e.actor_id = a.actor_id WHERE ${range})`;
  const within = `(SELECT e.actor_id AS actor_id, e.event_id AS event_id, e.occurred_at AS occurred_at FROM {db}.accesses AS e
    INNER JOIN (SELECT s.actor_id AS actor_id, s.window_start AS window_start, s.window_end AS window_end, x.action AS action FROM ${scope} AS s INNER JOIN ${actions} AS x ON x.anomaly_id = s.anomaly_id) AS w
      ON w.actor_id = e.actor_id AND w.action = e.action
    WHERE e.occurred_at >= w.window_start AND e.occurred_at < w.window_end)`;
  return `SELECT *, (actor_id, event_id, occurred_at) IN ${within} AS is_within,
      if(is_within, if(outcome = 'denied', 'denied', if(explained = 'yes', 'explained', 'exposed')), if(outcome = 'denied', '', 'outside')) AS class
    FROM {db}.accesses WHERE ${range} AND actor_id IN (SELECT actor_id FROM ${scope})`;
}

const sql = (given: AffectedScope) => {
  const all = given.classed;
  const exposed = `(SELECT * FROM ${all} WHERE class = 'exposed')`;
  const reads = `(SELECT arrayJoin(customer_ids) AS id, * FROM ${exposed})`;
  const real = `${reads} WHERE id NOT IN ${PLANTED} AND id NOT LIKE 'erased:%'`;
  const n = (what: string, source: string): string => `SELECT ${what} AS n FROM ${source}`;
  const accessesOf = (name: string): string => n('count()', `${all} WHERE class = '${name}'`);
  const customersOf = (name: string): string =>
    n(
      'uniqExact(c)',
      `(SELECT arrayJoin(customer_ids) AS c FROM ${all} WHERE class = '${name}') WHERE c NOT IN (SELECT id FROM ${reads})`,
    );
  return {
    ...{ all, exposed, reads, real, n, accessesOf, customersOf },
    customers: n('uniqExact(id)', real),
    planted: n('uniqExact(id)', `${reads} WHERE id IN ${PLANTED}`),
    people: n('uniqExact(actor_id)', given.scope),
    inScope: n('count()', given.scope),
    unlisted: n(
      'sum(if(record_count > length(customer_ids), record_count - length(customer_ids), 0))',
      `${exposed} WHERE action IN ('customer_contact.export', 'order_report.export')`,
    ),
    outsideUnexplained: n('count()', `${all} WHERE class = 'outside' AND explained != 'yes'`),
    byAction: (action: string) => ({
      customers: n('uniqExact(id)', `${real} AND action = '${action}'`),
      accesses: n('uniqExact(actor_id, occurred_at, event_id)', `${real} AND action = '${action}'`),
    }),
  };
};

const ACTIONS = ['customer_email.read', 'customer_contact.export', 'order_history.read', 'order_report.export'];

export function affectedBook(given: AffectedScope): Book {
  const of = sql(given);
  const told = `(SELECT customer_id AS told_by, count() AS times FROM {db}.complaints GROUP BY told_by)`;
  const list = (column: string, separator = ' '): string =>
    `arrayStringConcat(arraySort(groupUniqArray(toString(${column}))), '${separator}')`;
  return {
    figures: {
      affected_customers: of.customers,
      complaining_customers: of.n('uniqExact(id)', `${of.real} AND id IN (SELECT customer_id FROM {db}.complaints)`),
      first_read: of.n(`if(count() = 0, '', toString(toDate(min(occurred_at))))`, of.real),
      last_read: of.n(`if(count() = 0, '', toString(toDate(max(occurred_at))))`, of.real),
    },
    tables: {
      by_action: `SELECT action, uniqExact(actor_id, occurred_at, event_id) AS accesses, uniqExact(id) AS customers FROM ${of.real} GROUP BY action`,
      by_marketplace: `SELECT marketplace, uniqExact(id) AS customers FROM ${of.real} GROUP BY marketplace`,
      not_read: `SELECT * FROM (${[
        ...['explained', 'denied', 'outside'].map(
          (name) =>
            `SELECT '${name}' AS name, toString((${of.accessesOf(name)})) AS accesses, (${of.customersOf(name)}) AS customers`,
        ),
        `SELECT 'planted', '', (${of.planted})`,
        `SELECT 'erased', '', (${of.n('uniqExact(id)', `${of.reads} WHERE id LIKE 'erased:%'`)})`,
      ].join(' UNION ALL ')})`,
      scope: `SELECT anomaly_id, detection, actor_id, seller_id, window_start, window_end, disposition FROM ${given.scope}`,
      customers: `SELECT id AS customer_id, min(occurred_at) AS first_read, max(occurred_at) AS last_read, uniqExact(actor_id, occurred_at, event_id) AS accesses, ${list('action')} AS actions,
          ${list('actor_id')} AS actors, ${list("ifNull(seller_id, '')")} AS sellers, ${list('marketplace')} AS marketplaces, any(times) AS complaints
        FROM ${of.reads} AS r LEFT JOIN ${told} AS t ON t.told_by = r.id WHERE id NOT IN ${PLANTED} AND id NOT LIKE 'erased:%' GROUP BY id`,
    },
    charts: {
      'Customers whose data were returned, by day': {
        sql: `SELECT toString(toDate(occurred_at)) AS day, uniqExact(id) AS upper FROM ${of.real} GROUP BY day`,
        hints: dayHint('customers', 'others'),
      },
      'Customers by marketplace': {
        sql: `SELECT marketplace, uniqExact(id) AS customers FROM ${of.real} GROUP BY marketplace ORDER BY customers DESC, marketplace LIMIT 12`,
        hints: ({ marketplace, customers }) => [`${marketplace}: ${count(Number(customers))}`],
      },
    },
    sentences: [
      [
        /^(\S+) customers? (?:is|are) affected: their data were returned to (\S+) accounts? by .+\.$/,
        of.customers,
        of.people,
      ],
      ...ACTIONS.map((action): Book['sentences'][number] => [
        new RegExp(`^(\\S+) customers?: .+ \\(${action}, (\\S+) access(?:es)?\\)\\.$`),
        of.byAction(action).customers,
        of.byAction(action).accesses,
      ]),
      [/^In scope are [^:]+: (\S+)\.$/, of.inScope],
      [/^Not complete: (\S+) exported records? names? no customer .+$/, of.unlisted],
      [
        /^(\S+) further customers? (?:was|were) read by the same people .+ \((\S+) access(?:es)?\)\. They are not on the list\.$/,
        of.customersOf('explained'),
        of.accessesOf('explained'),
      ],
      [
        /^(\S+) access(?:es)? (?:was|were) refused and returned nothing; (\S+) customers? named only there (?:is|are) not on the list\.$/,
        of.accessesOf('denied'),
        of.customersOf('denied'),
      ],
      [
        /^Outside the windows of these anomalies, .+ made (\S+) access(?:es)? in the range, to (\S+) other customers?; no case explains (\S+) of them\. .+$/,
        of.accessesOf('outside'),
        of.customersOf('outside'),
        of.outsideUnexplained,
      ],
      [/^(\S+) planted customers? who .+ read as well; there is nobody to notify\.$/, of.planted],
    ],
  };
}

/** @param confirmed SQL of the first `confirmed` finding about the scope @param aware when the clock starts, where somebody says */
export function breachBook(given: AffectedScope, confirmed: string, aware: string | null): Book {
  const of = sql(given);
  const minute = (time: string): string => `formatDateTime(${time}, '%Y-%m-%d %H:%i')`;
  const since = aware === null ? `(${confirmed})` : `toDateTime64('${aware}', 3)`;
  const end = `SELECT ${minute(`${since} + INTERVAL 72 HOUR`)} AS n`;
  const detected = of.n(minute('min(detected_at)'), given.scope);
  const records = of.n('sum(record_count)', of.exposed);
  const accesses = of.n('count()', of.exposed);
  const complaints = `SELECT count() AS n FROM {db}.complaints WHERE customer_id IN (SELECT id FROM ${of.real})`;
  const grants = `{db}.restriction_grants WHERE actor_id IN (SELECT actor_id FROM ${given.scope})`;
  const sites = `SELECT marketplace, uniqExact(id) AS customers FROM ${of.real} GROUP BY marketplace ORDER BY customers DESC, marketplace`;
  return {
    figures: {
      first_read: of.n(`if(count() = 0, '', toString(toDate(min(occurred_at))))`, of.real),
      first_detected: detected,
      first_confirmed: `SELECT ${minute(`(${confirmed})`)} AS n`,
      aware_at: `SELECT ${minute(since)} AS n`,
      notify_by: end,
      data_subjects: of.customers,
      records,
      accesses,
      planted_customers: of.planted,
    },
    tables: {
      by_action: `SELECT action, uniqExact(actor_id, occurred_at, event_id) AS accesses, uniqExact(id) AS customers FROM ${of.real} GROUP BY action`,
      by_marketplace: sites,
      dispositions: `SELECT at, anomaly_id, disposition, by, note FROM {db}.dispositions WHERE anomaly_id IN (SELECT anomaly_id FROM ${given.scope})`,
      restrictions: `SELECT at, actor_id, if(step = '', 'lifted', toString(step)) AS step, by, expires_at, reason FROM ${grants}`,
    },
    charts: {},
    sentences: [
      [/^Personal data of about (\S+) customers? were shown to (\S+) accounts? of .+$/, of.customers, of.people],
      [/^First detected (.+) UTC, on the basis of .+$/, detected],
      [
        /^Aware since (.+) UTC \(.+\): the supervisory authority is to be notified by (.+) UTC\.$/,
        `SELECT ${minute(since)} AS n`,
        end,
      ],
      [/^A notification after this time needs the reasons for the delay \(Art\. 33\(1\)\)\. .+ \(Art\. 33\(4\)\)\.$/],
      [/^By marketplace, which decides .+ \(Art\. 56\)\.$/],
      [
        /^(\S+) access(?:es)? of the same accounts outside the anomalies’ windows: (\S+) have no case either, .+$/,
        of.accessesOf('outside'),
        of.outsideUnexplained,
      ],
      [/^(\S+) exported records? that name no customer: .+$/, of.unlisted],
      [/^Art\. 3[34]\([134]\)(?:\([a-d]\))?$/],
      [/^Confidentiality: (\S+) access(?:es)? to customer data by .+$/, accesses],
      [
        /^Customers; by marketplace: (.+)\.$/,
        {
          sql: sites,
          say: (rows) =>
            listed(
              rows.map(({ marketplace, customers }) => `${marketplace} ${count(Number(customers))}`),
              12,
            ),
        },
      ],
      [/^(\S+); (\S+) planted customers? left out\.$/, of.customers, of.planted],
      [/^Whose (\S+) exported records? (?:is|are) that names? no customer\.$/, of.unlisted],
      [/^(\S+)\.$/, records],
      [
        /^Unwanted contact and pressure to change reviews: (\S+) complaints? by these customers (?:is|are) on record\.$/,
        complaints,
      ],
      [/^(\S+) recommendations? to the access gates, listed below\.$/, `SELECT count() AS n FROM ${grants}`],
      [/^Needed where the risk is high; .+ lists the (\S+)\.$/, of.customers],
      [
        /^The period: the first anomaly’s window begins (\S+); .+$/,
        of.n('toString(toDate(min(window_start)))', given.scope),
      ],
    ],
  };
}
