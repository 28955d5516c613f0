// Each number of the reports about people, beside SQL over the views that was written for this test.

import { figureOf, openWorld, rowsOf, type World } from './world.js';

describe('reports about people', () => {
  let world: World;
  let actor: string;
  const range = `occurred_at >= '2026-01-05 00:00:00' AND occurred_at < '2026-02-04 00:00:00'`;
  const stands = `status = 'open' AND disposition NOT IN ('benign', 'duplicate')`;
  /** In question, said in another way than the report's SQL says it. */
  const evidence = () => `SELECT DISTINCT e.event_id FROM {db}.accesses AS e INNER JOIN
    (SELECT arrayJoin(evidence_event_ids) AS event_id, window_start, window_end FROM {db}.anomalies WHERE actor_id = '${actor}' AND ${stands}) AS a ON a.event_id = e.event_id
    WHERE e.actor_id = '${actor}' AND e.occurred_at >= a.window_start AND e.occurred_at < a.window_end AND e.outcome = 'allowed'`;
  const named = () =>
    `(SELECT * FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range} AND event_id IN (${evidence()}))`;
  const question =
    () => `(SELECT * FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range} AND outcome = 'allowed' AND (event_id IN (${evidence()})
    OR (explained != 'yes' AND toDate(occurred_at) IN (SELECT toDate(occurred_at) FROM ${named()}) AND action IN (SELECT action FROM ${named()}))))`;

  beforeAll(async () => {
    world = await openWorld(5);
    const [strongest] = await world.ch.query<{ actor_id: string }>(
      `SELECT actor_id FROM {db}.anomalies WHERE status = 'open' AND actor_id != '' AND customer_count > 0 ORDER BY score DESC, anomaly_id LIMIT 1`,
    );
    actor = strongest?.actor_id ?? '';
  });
  afterAll(() => world.close());

  test('the incident’s figures are those of the views', async () => {
    const report = await world.report({ kind: 'incident', actorId: actor });
    const expected: Record<string, string> = {
      accesses_in_question: `SELECT count() AS n FROM ${question()}`,
      unexplained_in_question: `SELECT countIf(explained != 'yes') AS n FROM ${question()}`,
      days_in_question: `SELECT uniqExact(toDate(occurred_at)) AS n FROM ${question()}`,
      customers_in_question: `SELECT uniqExact(c) AS n FROM (SELECT arrayJoin(customer_ids) AS c FROM ${question()})`,
      complaints_after: `SELECT count() AS n FROM {db}.complaints AS c INNER JOIN (SELECT arrayJoin(customer_ids) AS id, min(occurred_at) AS first FROM ${question()} GROUP BY id) AS r
        ON r.id = c.customer_id WHERE c.received_at > r.first`,
      accesses_in_range: `SELECT count() AS n FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range}`,
      standing_anomalies: `SELECT count() AS n FROM {db}.anomalies WHERE actor_id = '${actor}' AND ${stands}`,
    };
    for (const [name, sql] of Object.entries(expected))
      expect([name, figureOf(report, name)]).toEqual([name, await world.value(sql)]);
    expect(figureOf(report, 'accesses_in_question')).toBeGreaterThan(0);
  });

  test('the incident’s norms are means over the employee’s own days and the peers’', async () => {
    const rows = rowsOf(await world.report({ kind: 'incident', actorId: actor }), 'norms');
    const perDay = (
      who: string,
    ): string => `SELECT actor_id, toDate(occurred_at) AS day, count() AS accesses, countIf(outcome = 'allowed' AND explained != 'yes') AS unexplained,
      length(arrayDistinct(arrayFlatten(groupArray(if(outcome = 'allowed', customer_ids, []))))) AS customers, sum(if(outcome = 'allowed', record_count, 0)) AS records
      FROM {db}.accesses WHERE ${range} AND ${who} GROUP BY actor_id, day`;
    const days = `SELECT DISTINCT toDate(occurred_at) FROM ${question()}`;
    const peers = `actor_id IN (SELECT employee_id FROM {db}.staff WHERE employee_id != '${actor}' AND peer_group = (SELECT peer_group FROM {db}.staff WHERE employee_id = '${actor}'))`;
    const measures = ['accesses', 'unexplained', 'customers', 'records'];
    for (const [at, measure] of measures.entries()) {
      const mean = async (sql: string): Promise<number> =>
        await world.value(`SELECT round(avg(${measure}), 2) AS n FROM (${sql})`);
      const own = `actor_id = '${actor}'`;
      expect(rows[at]?.['in_question']).toBeCloseTo(
        await mean(`SELECT * FROM (${perDay(own)}) WHERE day IN (${days})`),
        1,
      );
      expect(rows[at]?.['own_other_days']).toBeCloseTo(
        await mean(`SELECT * FROM (${perDay(own)}) WHERE day NOT IN (${days})`),
        1,
      );
      expect(rows[at]?.['peers']).toBeCloseTo(await mean(perDay(peers)), 1);
    }
  });

  test('the incident’s tables add up to its accesses', async () => {
    const report = await world.report({ kind: 'incident', actorId: actor });
    const sum = (table: string, column: string): number =>
      rowsOf(report, table).reduce((total, row) => total + Number(row[column]), 0);
    expect(sum('sellers', 'accesses')).toBe(
      await world.value(`SELECT count() AS n FROM ${question()} WHERE isNotNull(seller_id)`),
    );
    expect(sum('sellers', 'records')).toBe(
      await world.value(`SELECT sum(record_count) AS n FROM ${question()} WHERE isNotNull(seller_id)`),
    );
    const cases = ['explained_yes', 'explained_late', 'explained_self', 'explained_no'].reduce(
      (total, column) => total + sum('claimed_cases', column),
      0,
    );
    expect(cases).toBe(await world.value(`SELECT count() AS n FROM ${question()} WHERE isNotNull(case_id)`));
    expect(rowsOf(report, 'accesses_in_question')).toHaveLength(
      await world.value(`SELECT count() AS n FROM ${question()}`),
    );
    expect(rowsOf(report, 'anomalies')).toHaveLength(
      await world.value(`SELECT count() AS n FROM {db}.anomalies WHERE actor_id = '${actor}'`),
    );
  });

  test('what was ruled out rests on the views', async () => {
    const checks = new Map(
      rowsOf(await world.report({ kind: 'incident', actorId: actor }), 'checks').map(({ name, value }) => [
        name,
        value,
      ]),
    );
    const own = `FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range}`;
    const expected: Record<string, string> = {
      explained_accesses: `SELECT countIf(explained = 'yes') AS n ${own}`,
      denied_accesses: `SELECT countIf(outcome = 'denied') AS n ${own}`,
      canary_customers: `SELECT uniqExact(c) AS n FROM (SELECT arrayJoin(customer_ids) AS c FROM ${question()}) WHERE c IN (SELECT customer_id FROM {db}.planted_customers)`,
      unlisted_records: `SELECT sum(if(action LIKE '%export' AND action != 'sales_metrics.export' AND record_count > length(customer_ids), record_count - length(customer_ids), 0)) AS n FROM ${question()}`,
      source_addresses: `SELECT uniqExact(source_ip) AS n FROM ${question()}`,
      new_source_addresses: `SELECT uniqExact(source_ip) AS n FROM ${question()} WHERE source_ip NOT IN (SELECT ifNull(source_ip, '') FROM {db}.accesses
        WHERE actor_id = '${actor}' AND occurred_at < '2026-02-04 00:00:00' AND toDate(occurred_at) NOT IN (SELECT toDate(occurred_at) FROM ${question()}))`,
      exceptions: `SELECT count() AS n FROM {db}.exceptions_in_force WHERE actor_id = '${actor}'`,
      conflicts: `SELECT count() AS n FROM {db}.conflicts WHERE has(arrayMap(s -> s.actor_id, seen_as), '${actor}')`,
    };
    for (const [name, sql] of Object.entries(expected))
      expect([name, checks.get(name)]).toEqual([name, await world.value(sql)]);
  });

  test('what the judge weighed, and what colleagues had to do with it, is in the views', async () => {
    const report = await world.report({ kind: 'incident', actorId: actor });
    const factors = rowsOf(report, 'factors');
    expect(factors.length).toBeGreaterThan(0);
    for (const { detection, factor, observed, expected, contribution } of factors) {
      const of = `SELECT arrayJoin(factors) AS f FROM {db}.anomalies WHERE actor_id = '${actor}' AND detection = '${detection}'`;
      const same = `replaceAll(f.name, '_', ' ') = '${factor}' AND f.observed = ${observed} AND f.expected = ${expected} AND f.contribution = ${contribution}`;
      expect([detection, factor, await world.value(`SELECT countIf(${same}) > 0 AS n FROM (${of})`)]).toEqual([
        detection,
        factor,
        1,
      ]);
    }
    const colleagues = rowsOf(report, 'colleagues');
    expect(colleagues.length).toBeGreaterThan(0);
    const customers = `(SELECT arrayJoin(customer_ids) FROM ${question()})`;
    for (const { actor_id, approvals, cases_opened, shared_customers } of colleagues.slice(0, 12)) {
      const met = `(SELECT arrayJoin(customer_ids) AS c FROM {db}.accesses WHERE actor_id = '${actor_id}' AND ${range} AND outcome = 'allowed'
        AND actor_kind IN ('employee', 'contractor'))`;
      const expected: Record<string, string> = {
        approvals: `SELECT countIf(approver_id = '${actor_id}') AS n FROM ${question()}`,
        cases_opened: `SELECT uniqExact(case_id) AS n FROM {db}.latest_cases WHERE opened_by = '${actor_id}' AND case_id IN (SELECT assumeNotNull(case_id) FROM ${question()} WHERE isNotNull(case_id))`,
        shared_customers: `SELECT uniqExact(c) AS n FROM ${met} WHERE c IN ${customers}`,
      };
      const shown: Record<string, unknown> = { approvals, cases_opened, shared_customers };
      for (const [name, sql] of Object.entries(expected))
        expect([actor_id, name, shown[name]]).toEqual([actor_id, name, await world.value(sql)]);
    }
  });

  test('an incident names no customer', async () => {
    const text = JSON.stringify(await world.report({ kind: 'incident', actorId: actor }));
    const customers = await world.ch.query<{ id: string }>(
      `SELECT DISTINCT arrayJoin(customer_ids) AS id FROM ${question()}`,
    );
    expect(customers.length).toBeGreaterThan(0);
    expect(customers.filter(({ id }) => text.includes(id))).toEqual([]);
  });

  test('affected customers are those of the views, one row each', async () => {
    const report = await world.report({ kind: 'affected-customers', actorId: actor });
    const scope = await world.ch.query<{ window_start: string; window_end: string; ids: string[] }>(
      `SELECT window_start, window_end, evidence_event_ids AS ids FROM {db}.anomalies WHERE actor_id = '${actor}' AND ${stands} AND customer_count > 0`,
    );
    const within = scope.map(
      ({ window_start, window_end, ids }) =>
        `(occurred_at >= '${window_start}' AND occurred_at < '${window_end}' AND action IN (SELECT action FROM {db}.accesses WHERE actor_id = '${actor}' AND event_id IN (${ids.map((id) => `'${id}'`).join(',')})))`,
    );
    const exposed = `(SELECT * FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range} AND outcome = 'allowed' AND explained != 'yes' AND (${within.join(' OR ')}))`;
    const real = `(SELECT arrayJoin(customer_ids) AS id, * FROM ${exposed}) WHERE id NOT IN (SELECT customer_id FROM {db}.planted_customers)`;
    expect(figureOf(report, 'affected_customers')).toBe(await world.value(`SELECT uniqExact(id) AS n FROM ${real}`));
    const rows = rowsOf(report, 'customers');
    const asked = await world.ch.query<{ id: string; times: string }>(
      `SELECT id, toString(count()) AS times FROM ${real} GROUP BY id ORDER BY id`,
    );
    expect(
      rows
        .map(({ customer_id, accesses }) => ({ id: customer_id, times: String(accesses) }))
        .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
    ).toEqual(asked);
    const [extent] = await world.ch.query<{ first: string; last: string }>(
      `SELECT toString(toDate(min(occurred_at))) AS first, toString(toDate(max(occurred_at))) AS last FROM ${real}`,
    );
    expect([figureOf(report, 'first_read'), figureOf(report, 'last_read')]).toEqual([extent?.first, extent?.last]);
    expect(figureOf(report, 'complaining_customers')).toBe(
      rows.filter(({ complaints }) => Number(complaints) > 0).length,
    );
    const read = `(SELECT arrayJoin(customer_ids) FROM ${exposed})`;
    const inside = `(${within.join(' OR ')})`;
    const classes: Record<string, string> = {
      explained: `outcome = 'allowed' AND explained = 'yes' AND ${inside}`,
      denied: `outcome = 'denied' AND ${inside}`,
      outside: `outcome = 'allowed' AND NOT ${inside}`,
    };
    for (const { name, accesses, customers } of rowsOf(report, 'not_read').filter(
      (row) => String(row['name']) in classes,
    )) {
      const others = `FROM {db}.accesses WHERE actor_id = '${actor}' AND ${range} AND ${classes[String(name)]}`;
      expect([name, accesses]).toEqual([name, await world.value(`SELECT count() AS n ${others}`)]);
      expect([name, customers]).toEqual([
        name,
        await world.value(
          `SELECT uniqExact(c) AS n FROM (SELECT arrayJoin(customer_ids) AS c ${others}) WHERE c NOT IN ${read}`,
        ),
      ]);
    }
    for (const { action, accesses, customers } of rowsOf(report, 'by_action')) {
      expect(accesses).toBe(
        await world.value(`SELECT count() AS n FROM ${exposed} WHERE action = '${action}' AND notEmpty(customer_ids)`),
      );
      expect(customers).toBe(await world.value(`SELECT uniqExact(id) AS n FROM ${real} AND action = '${action}'`));
    }
  });
});
