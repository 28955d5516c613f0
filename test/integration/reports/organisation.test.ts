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
    });
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
