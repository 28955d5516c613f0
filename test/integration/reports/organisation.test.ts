// Each number of the reports about the organisation and about sellers, beside SQL over the views that was written for this test.

import { figureOf, openWorld, rowsOf, type World } from './world.js';

const range = `occurred_at >= '2026-01-05 00:00:00' AND occurred_at < '2026-02-04 00:00:00'`;
const detected = `detected_at >= '2026-01-05 00:00:00' AND detected_at < '2026-02-04 00:00:00'`;
const high = `severity IN ('high', 'critical')`;

describe('reports about the organisation', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(7);
    const ids = await world.ch.query<{ anomaly_id: string }>(
      `SELECT anomaly_id FROM {db}.anomalies WHERE status = 'open' AND customer_count > 0 AND ${high} ORDER BY score DESC, anomaly_id LIMIT 3`,
    );
    const findings = ids.map(({ anomaly_id }, at) => [
      anomaly_id,
      at === 2 ? 'benign' : 'confirmed',
      'emp-inv',
      'looked at it',
      Date.UTC(2026, 1, 3, at),
    ]);
    await world.ch.insert('dispositions', ['anomaly_id', 'disposition', 'by', 'note', 'at'], findings);
  });
  afterAll(() => world.close());

  const compare = async (report: Parameters<typeof figureOf>[0], expected: Record<string, string>): Promise<void> => {
    for (const [name, sql] of Object.entries(expected))
      expect([name, figureOf(report, name)]).toEqual([name, await world.value(sql)]);
  };
  const sum = (rows: readonly Record<string, string | number | null>[], column: string): number =>
    rows.reduce((all, row) => all + Number(row[column]), 0);

  test('the access review’s figures are those of the views', async () => {
    const report = await world.report({ kind: 'access-review' });
    await compare(report, {
      accesses: `SELECT count() AS n FROM {db}.accesses WHERE ${range}`,
      unexplained: `SELECT countIf(outcome = 'allowed' AND explained != 'yes') AS n FROM {db}.accesses WHERE ${range}`,
      denied: `SELECT countIf(outcome = 'denied') AS n FROM {db}.accesses WHERE ${range}`,
      marketplaces: `SELECT uniqExact(marketplace) AS n FROM {db}.accesses WHERE ${range}`,
      open_anomalies: `SELECT count() AS n FROM {db}.anomalies WHERE status = 'open' AND ${detected}`,
      alerts: `SELECT uniqExact(toDate(detected_at), multiIf(actor_id != '', actor_id, seller_id != '', seller_id, cluster_id)) AS n FROM {db}.anomalies
        WHERE status = 'open' AND ${high} AND concat(actor_id, seller_id, cluster_id) != '' AND ${detected}`,
    });
    for (const table of ['by_team', 'by_marketplace', 'by_action'])
      expect([table, sum(rowsOf(report, table), 'accesses')]).toEqual([
        table,
        await world.value(`SELECT count() AS n FROM {db}.accesses WHERE ${range}`),
      ]);
    for (const { name, customers, records } of rowsOf(report, 'by_marketplace')) {
      expect(customers).toBe(
        await world.value(
          `SELECT uniqExact(arrayJoin(customer_ids)) AS n FROM {db}.accesses WHERE ${range} AND outcome = 'allowed' AND marketplace = '${name}'`,
        ),
      );
      expect(records).toBe(
        await world.value(
          `SELECT sum(record_count) AS n FROM {db}.accesses WHERE ${range} AND outcome = 'allowed' AND marketplace = '${name}'`,
        ),
      );
    }
    expect(sum(rowsOf(report, 'severities'), 'confirmed')).toBe(2);
    expect(sum(rowsOf(report, 'severities'), 'benign')).toBe(1);
    expect(rowsOf(report, 'dispositions')).toHaveLength(3);
    expect(rowsOf(report, 'repeat_offenders')).toHaveLength(
      await world.value(`SELECT count() AS n FROM (SELECT actor_id FROM {db}.anomalies WHERE status = 'open' AND disposition NOT IN ('benign', 'duplicate') AND ${high} AND actor_id != '' AND ${detected}
        GROUP BY actor_id HAVING uniqExact(toDate(detected_at)) > 1)`),
    );
  });

  test('every row of the review’s volumes, findings and repeat offenders is that of the views', async () => {
    const report = await world.report({ kind: 'access-review' });
    const whose: Record<string, (name: string) => string> = {
      by_team: (name) =>
        name === 'services' || name === 'seller apps'
          ? `actor_kind = '${name === 'services' ? 'service' : 'seller_app'}'`
          : `actor_id IN (SELECT employee_id FROM {db}.staff WHERE department = '${name}')`,
      by_marketplace: (name) => `marketplace = '${name}'`,
      by_action: (name) => `action = '${name}'`,
    };
    const measures: Record<string, string> = {
      people: 'length(groupUniqArray(actor_id))',
      accesses: 'length(groupArray(event_id))',
      unexplained: "sum(if(explained = 'yes' OR outcome != 'allowed', 0, 1))",
      denied: "length(groupArrayIf(event_id, outcome != 'allowed'))",
      customers: "length(arrayDistinct(arrayFlatten(groupArrayIf(customer_ids, outcome = 'allowed'))))",
      records: "sum(if(outcome = 'allowed', record_count, 0))",
    };
    for (const [table, where] of Object.entries(whose)) {
      const rows = rowsOf(report, table);
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows)
        for (const [measure, sql] of Object.entries(measures)) {
          const asked = `SELECT ${sql} AS n FROM {db}.accesses WHERE ${range} AND ${where(String(row['name']))}`;
          expect([table, row['name'], measure, row[measure]]).toEqual([
            table,
            row['name'],
            measure,
            await world.value(asked),
          ]);
        }
    }
    for (const row of rowsOf(report, 'severities'))
      for (const found of ['unreviewed', 'confirmed', 'benign', 'duplicate'])
        expect([row['severity'], found, row[found]]).toEqual([
          row['severity'],
          found,
          await world.value(
            `SELECT count() AS n FROM {db}.anomalies WHERE status = 'open' AND ${detected} AND severity = '${row['severity']}' AND disposition = '${found}'`,
          ),
        ]);
    for (const { actor_id, highest, alerts } of rowsOf(report, 'repeat_offenders')) {
      const own = `FROM {db}.anomalies WHERE actor_id = '${actor_id}' AND status = 'open' AND disposition NOT IN ('benign', 'duplicate') AND ${high} AND ${detected}`;
      expect(highest).toBe(await world.value(`SELECT toFloat64(max(score)) AS n ${own}`));
      expect(alerts).toBe(await world.value(`SELECT length(groupUniqArray(toDate(detected_at))) AS n ${own}`));
    }
  });

  test('the controls’ figures are those of the views', async () => {
    const report = await world.report({ kind: 'controls' });
    const seen = `(SELECT DISTINCT actor_id FROM {db}.accesses WHERE ${range})`;
    await compare(report, {
      directory: 'SELECT uniqExact(employee_id) AS n FROM {db}.staff_history',
      active: `SELECT count() AS n FROM ${seen} WHERE actor_id IN (SELECT employee_id FROM {db}.staff_history)`,
      services: `SELECT uniqExact(actor_id) AS n FROM {db}.accesses WHERE ${range} AND actor_kind = 'service'`,
      apps: `SELECT uniqExact(actor_id) AS n FROM {db}.accesses WHERE ${range} AND actor_kind = 'seller_app'`,
      unscored_entities: `SELECT count() AS n FROM ${seen} WHERE actor_id IN (SELECT entity FROM {db}.unscored) OR concat('actor ', actor_id) IN (SELECT entity FROM {db}.unscored)`,
      alert_debt: 'SELECT count() AS n FROM {db}.alert_debt',
      current: `SELECT uniqExactIf(employee_id, status IN ('active', 'leave', 'notice')) AS n FROM {db}.staff`,
      unknown_people: `SELECT uniqExact(actor_id) AS n FROM {db}.accesses WHERE ${range} AND actor_kind IN ('employee', 'contractor')
        AND actor_id NOT IN (SELECT employee_id FROM {db}.staff_history)`,
      exceptions: 'SELECT count() AS n FROM {db}.exceptions_in_force',
    });
    const share = await world.value(
      `SELECT 100 * countIf(actor_id IN (SELECT replaceOne(entity, 'actor ', '') FROM {db}.unscored)) / count() AS n FROM ${seen}`,
    );
    expect(Number.parseFloat(String(figureOf(report, 'unscored_share')))).toBeCloseTo(share, 1);
    for (const { tool, marketplace, accesses, usual_per_day } of rowsOf(report, 'tools')) {
      const where = `tool = '${tool}' AND marketplace = '${marketplace}'`;
      expect(accesses).toBe(await world.value(`SELECT count() AS n FROM {db}.accesses WHERE ${range} AND ${where}`));
      expect(usual_per_day).toBe(
        await world.value(`SELECT usual_per_day AS n FROM {db}.feed_health WHERE feed = 'access-log' AND ${where}`),
      );
    }
    for (const { feed, usual_per_day } of rowsOf(report, 'feeds'))
      expect([feed, usual_per_day]).toEqual([
        feed,
        await world.value(`SELECT sum(usual_per_day) AS n FROM {db}.feed_health WHERE feed = '${feed}'`),
      ]);
    for (const { level, alerts, age_days } of rowsOf(report, 'debt')) {
      const of = `FROM {db}.alert_debt WHERE level = '${level}'`;
      expect(alerts).toBe(await world.value(`SELECT count() AS n ${of}`));
      expect(age_days).toBe(await world.value(`SELECT dateDiff('day', min(day), toDate('2026-02-04')) AS n ${of}`));
    }
    for (const { detection, reason, entities } of rowsOf(report, 'unscored'))
      expect(entities).toBe(
        await world.value(
          `SELECT length(groupUniqArray(entity)) AS n FROM {db}.unscored WHERE detection = '${detection}' AND replaceAll(toString(reason), '_', ' ') = '${reason}'`,
        ),
      );
    expect(sum(rowsOf(report, 'actions'), 'accesses')).toBe(
      await world.value(`SELECT count() AS n FROM {db}.accesses WHERE ${range}`),
    );
    expect(sum(rowsOf(report, 'tools'), 'accesses')).toBe(
      await world.value(`SELECT count() AS n FROM {db}.accesses WHERE ${range}`),
    );
    for (const { detection, alerts, confirmed } of rowsOf(report, 'detections')) {
      const of = `FROM {db}.anomalies WHERE ${detected} AND detection = '${detection}'`;
      expect(alerts).toBe(await world.value(`SELECT countIf(status = 'open' AND ${high}) AS n ${of}`));
      expect(confirmed).toBe(await world.value(`SELECT countIf(disposition = 'confirmed') AS n ${of}`));
    }
    expect(rowsOf(report, 'detections').length).toBeGreaterThan(15);
  });

  test('a breach notification counts the confirmed, and its clock runs from the first finding', async () => {
    const report = await world.report({ kind: 'breach-notification' });
    const affected = await world.report({ kind: 'affected-customers' });
    expect(figureOf(report, 'data_subjects')).toBe(figureOf(affected, 'affected_customers'));
    expect(figureOf(report, 'first_confirmed')).toBe('2026-02-03 00:00');
    expect(figureOf(report, 'notify_by')).toBe('2026-02-06 00:00');
    expect(rowsOf(affected, 'scope')).toHaveLength(2);
    const told = await world.report({ kind: 'breach-notification', awareAtMs: Date.UTC(2026, 1, 4, 8) });
    expect(figureOf(told, 'notify_by')).toBe('2026-02-07 08:00');
    const customers = rowsOf(affected, 'customers').map(({ customer_id }) => String(customer_id));
    expect(customers.filter((id) => JSON.stringify(report).includes(`"${id}"`))).toEqual([]);
  });

  test('a seller’s dossier counts what employees did about it', async () => {
    const [row] = await world.ch.query<{ seller_id: string }>(
      `SELECT seller_id FROM {db}.anomalies WHERE status = 'open' AND seller_id != '' ORDER BY score DESC, seller_id LIMIT 1`,
    );
    const seller = row?.seller_id ?? '';
    const report = await world.report({ kind: 'seller-action', sellerId: seller });
    const touched = `{db}.accesses WHERE ${range} AND seller_id = '${seller}' AND outcome = 'allowed' AND actor_kind != 'seller_app'`;
    await compare(report, {
      accesses: `SELECT count() AS n FROM ${touched}`,
      unexplained: `SELECT countIf(explained != 'yes') AS n FROM ${touched}`,
      records: `SELECT sum(record_count) AS n FROM ${touched}`,
    });
    expect(sum(rowsOf(report, 'people'), 'accesses')).toBe(await world.value(`SELECT count() AS n FROM ${touched}`));
    expect(rowsOf(report, 'enforcements')).toHaveLength(
      await world.value(
        `SELECT count() AS n FROM {db}.enforcements WHERE seller_id = '${seller}' AND at < '2026-02-04 00:00:00'`,
      ),
    );
    expect(sum(rowsOf(report, 'complaints'), 'complaints')).toBe(
      await world.value(
        `SELECT count() AS n FROM {db}.complaints WHERE seller_id = '${seller}' AND received_at < '2026-02-04 00:00:00'`,
      ),
    );
  });
});
