// The longer questions behind an incident: what is in question, a usual day, who was near, what happened when.

export interface IncidentScope {
  readonly actor: string;
  /** 'YYYY-MM-DD HH:MM:SS', the second not included */
  readonly from: string;
  readonly to: string;
  /** table that holds the accesses in question, made by `inQuestion` */
  readonly question: string;
}

export const STANDS = `status = 'open' AND disposition NOT IN ('benign', 'duplicate')`;

/** The employee's anomalies whose windows meet the range. */
export const anomaliesOf = ({ actor, from, to }: Omit<IncidentScope, 'question'>): string =>
  `(SELECT * FROM {db}.anomalies WHERE actor_id = '${actor}' AND window_start < '${to}' AND window_end > '${from}')`;

/** SQL of what is in question, said in another way than the report's SQL says it. */
export function inQuestion(scope: Omit<IncidentScope, 'question'>): string {
  const { actor, from, to } = scope;
  const own = `{db}.accesses AS e WHERE e.actor_id = '${actor}' AND e.occurred_at >= '${from}' AND e.occurred_at < '${to}' AND e.outcome = 'allowed'`;
  const named = `(SELECT e.event_id AS id, toDate(e.occurred_at) AS day, e.action AS action FROM {db}.accesses AS e
    INNER JOIN (SELECT arrayJoin(evidence_event_ids) AS event_id, window_start, window_end FROM ${anomaliesOf(scope)} WHERE ${STANDS}) AS a ON a.event_id = e.event_id
    WHERE e.actor_id = '${actor}' AND e.occurred_at >= '${from}' AND e.occurred_at < '${to}' AND e.outcome = 'allowed' AND e.occurred_at >= a.window_start AND e.occurred_at < a.window_end)`;
  return `SELECT *, event_id IN (SELECT id FROM ${named}) AS is_named FROM ${own}
    AND (event_id IN (SELECT id FROM ${named}) OR (explained != 'yes' AND toDate(occurred_at) IN (SELECT day FROM ${named}) AND action IN (SELECT action FROM ${named})))`;
}

const groupOf = ({ actor, to }: IncidentScope): string =>
  `(SELECT argMax(peer_group, valid_from) FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}')`;

/** What everybody else of the peer group did in the range. */
export const peersOf = (scope: IncidentScope): string =>
  `{db}.accesses WHERE occurred_at >= '${scope.from}' AND occurred_at < '${scope.to}' AND actor_id != '${scope.actor}'
    AND actor_id IN (SELECT employee_id FROM {db}.staff WHERE peer_group = ${groupOf(scope)})`;

/** The figures behind what was ruled out, by name. */
export function checksOf(scope: IncidentScope): Readonly<Record<string, string>> {
  const { actor, from, to, question } = scope;
  const own = `{db}.accesses WHERE actor_id = '${actor}' AND occurred_at >= '${from}' AND occurred_at < '${to}'`;
  return {
    explained_accesses: `SELECT countIf(explained = 'yes') AS n FROM ${own}`,
    denied_accesses: `SELECT countIf(outcome = 'denied') AS n FROM ${own}`,
    canary_customers: `SELECT uniqExact(c) AS n FROM (SELECT arrayJoin(customer_ids) AS c FROM ${question}) WHERE c IN (SELECT customer_id FROM {db}.planted_customers)`,
    unlisted_records: `SELECT sum(if(action LIKE '%export' AND action != 'sales_metrics.export' AND record_count > length(customer_ids), record_count - length(customer_ids), 0)) AS n FROM ${question}`,
    source_addresses: `SELECT uniqExact(source_ip) AS n FROM ${question}`,
    new_source_addresses: `SELECT uniqExact(source_ip) AS n FROM ${question} WHERE source_ip NOT IN (SELECT ifNull(source_ip, '') FROM {db}.accesses
      WHERE actor_id = '${actor}' AND occurred_at < '${to}' AND toDate(occurred_at) NOT IN (SELECT toDate(occurred_at) FROM ${question}))`,
    exceptions: `SELECT count() AS n FROM {db}.exceptions_in_force WHERE actor_id = '${actor}'`,
    conflicts: `SELECT count() AS n FROM {db}.conflicts WHERE has(arrayMap(s -> s.actor_id, seen_as), '${actor}')`,
  };
}

/** One row a measure: means a day in question, on own other days, and of peers. */
export function normOf(scope: IncidentScope): string {
  const { actor, from, to } = scope;
  const perDay = (
    source: string,
  ): string => `(SELECT actor_id, toDate(occurred_at) AS day, count() AS accesses, countIf(outcome = 'allowed' AND explained != 'yes') AS unexplained,
      length(arrayDistinct(arrayFlatten(groupArray(if(outcome = 'allowed', customer_ids, []))))) AS customers, sum(if(outcome = 'allowed', record_count, 0)) AS records
    FROM ${source} GROUP BY actor_id, day)`;
  const own = perDay(
    `{db}.accesses WHERE actor_id = '${actor}' AND occurred_at >= toDateTime64('${from}', 3) - INTERVAL 28 DAY AND occurred_at < '${to}'`,
  );
  const peers = perDay(peersOf(scope));
  const days = `(SELECT toDate(occurred_at) FROM ${scope.question})`;
  const mean = (measure: string, source: string): string =>
    `(SELECT if(count() = 0, 0, round(sum(${measure}) / count(), 2)) FROM ${source})`;
  return ['accesses', 'unexplained', 'customers', 'records']
    .map(
      (measure) => `SELECT '${measure}' AS measure, ${mean(measure, `${own} WHERE day IN ${days}`)} AS in_question,
        ${mean(measure, `${own} WHERE day NOT IN ${days}`)} AS own_other_days, ${mean(measure, peers)} AS peers`,
    )
    .join(' UNION ALL ');
}

/** Everybody near, nearest first. @param sellers query of the sellers in question, most touched first, column id */
export function colleaguesOf(scope: IncidentScope, sellers: string): string {
  const { actor, from, to, question } = scope;
  const customers = `(SELECT arrayJoin(customer_ids) FROM ${question})`;
  const leading = `(SELECT id FROM (${sellers} LIMIT 5))`;
  const met = `SELECT actor_id, explained, arrayJoin(customer_ids) AS c FROM {db}.accesses WHERE occurred_at >= '${from}' AND occurred_at < '${to}' AND outcome = 'allowed'
    AND actor_kind IN ('employee', 'contractor')`;
  return `SELECT who AS actor_id, sum(a) AS anomalies, sum(b) AS approvals, sum(c) AS cases_opened, sum(d) AS shared_customers, sum(e) AS unexplained FROM
    (
      SELECT actor_id AS who, count() AS a, 0 AS b, 0 AS c, 0 AS d, 0 AS e FROM {db}.anomalies WHERE ${STANDS} AND severity IN ('high', 'critical') AND window_start < '${to}' AND window_end > '${from}'
        AND (seller_id IN ${leading} OR cluster_id IN (SELECT cluster_id FROM {db}.clusters WHERE seller_id IN ${leading})) GROUP BY who
      UNION ALL SELECT approver_id AS who, 0, count(), 0, 0, 0 FROM ${question} WHERE isNotNull(approver_id) GROUP BY who
      UNION ALL SELECT opened_by AS who, 0, 0, uniqExact(case_id), 0, 0 FROM {db}.latest_cases WHERE case_id IN (SELECT assumeNotNull(case_id) FROM ${question} WHERE isNotNull(case_id)) GROUP BY who
      UNION ALL SELECT actor_id AS who, 0, 0, 0, uniqExact(c), countIf(explained != 'yes') FROM (${met}) WHERE c IN ${customers} GROUP BY who
    )
    WHERE who NOT IN ('', '${actor}') GROUP BY who ORDER BY anomalies DESC, approvals DESC, cases_opened DESC, shared_customers DESC, actor_id`;
}

/** What happened when. @param after the complaints of customers in question, after they were read: aliases c and r */
export function timelineOf(scope: IncidentScope, sellers: string, after: string): string {
  const { actor, to, question } = scope;
  const anomalies = anomaliesOf(scope);
  const history = `SELECT valid_from, hired_at, role, department, toString(status) AS status, lagInFrame(role) OVER past AS role_before, lagInFrame(department) OVER past AS department_before,
      lagInFrame(toString(status)) OVER past AS status_before, row_number() OVER past AS nth
    FROM {db}.staff_history WHERE employee_id = '${actor}' AND valid_from < '${to}' WINDOW past AS (ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  return [
    `SELECT hired_at AS at, concat('Hired; ', role, ' in ', department) AS what FROM (${history}) WHERE nth = 1`,
    `SELECT valid_from, concat('Becomes ', role, ' in ', department) FROM (${history}) WHERE nth > 1 AND (role, department) != (role_before, department_before)`,
    `SELECT valid_from, concat('Status ', status, ', before ', status_before) FROM (${history}) WHERE nth > 1 AND status != status_before`,
    `SELECT occurred_at, concat('First access in question: ', action) FROM (SELECT occurred_at, action FROM ${question} ORDER BY occurred_at, event_id LIMIT 1)`,
    `SELECT occurred_at, concat('Last access in question: ', action) FROM (SELECT occurred_at, action FROM ${question} ORDER BY occurred_at DESC, event_id DESC LIMIT 1)
      WHERE (SELECT count() FROM ${question}) > 1`,
    `SELECT detected_at, concat('Detected: ', detection, ', ', severity) FROM ${anomalies} WHERE ${STANDS}`,
    `SELECT at, concat(toString(told), if(told = 1, ' complaint', ' complaints'), ' received from customers in question') FROM
      (SELECT min(c.received_at) AS at, count() AS told FROM ${after} GROUP BY toDate(c.received_at))`,
    `SELECT at, concat('Seller ', seller_id, ': ', replaceAll(toString(kind), '_', ' ')) FROM {db}.enforcements WHERE at < '${to}' AND seller_id IN (SELECT id FROM (${sellers} LIMIT 10))`,
    `SELECT at, if(step = '', 'Restriction lifted', concat('Recommended to the access gates: ', step)) FROM {db}.restriction_grants WHERE actor_id = '${actor}'`,
    `SELECT at, concat(by, ' finds: ', disposition) FROM {db}.dispositions WHERE anomaly_id IN (SELECT anomaly_id FROM ${anomalies})`,
  ].join(' UNION ALL ');
}
