import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { freshDatabase } from '../support/stack.js';
import { anomalies, named, start, writeFindings, writeJudgement } from './rows.js';

describe('the anomalies view', () => {
  let ch: ClickHouse;
  beforeEach(async () => {
    ch = (await freshDatabase('anomalies')).clickhouse;
  });

  const open = { status: 'open', disposition: 'unreviewed' };

  test('shows as open what the newest judgement names, once', async () => {
    await writeFindings(ch, [{}, { anomaly_id: 'a2', content: 'c2' }]);
    await writeJudgement(ch, { findings: [named('a1', 'c1')] });
    expect(await anomalies(ch)).toEqual([
      { anomaly_id: 'a1', summary: 'summary c1', ...open, revision: 1 },
      { anomaly_id: 'a2', summary: 'summary c2', ...open, status: 'withdrawn', revision: 1 },
    ]);
  });

  test('follows the larger version, not the later write', async () => {
    await writeFindings(ch, [{ content: 'c1' }]);
    await writeFindings(ch, [{ content: 'c2' }]);
    await writeJudgement(ch, { version: '340282366920938463463', findings: [named('a1', 'c2')] });
    await writeJudgement(ch, { version: '99', findings: [named('a1', 'c1')] });
    expect(await anomalies(ch)).toEqual([{ anomaly_id: 'a1', summary: 'summary c2', ...open, revision: 2 }]);
  });

  test('puts a newer configuration above every version of an older one', async () => {
    await writeFindings(ch, [{ content: 'c1' }, { content: 'c2' }]);
    await writeJudgement(ch, { configSeq: 2, version: '1', findings: [named('a1', 'c1')] });
    await writeJudgement(ch, { configSeq: 1, version: '999', findings: [named('a1', 'c2')] });
    expect(await anomalies(ch)).toMatchObject([{ summary: 'summary c1', status: 'open' }]);
  });

  test('withdraws what a later judgement no longer names, and opens it again', async () => {
    await writeFindings(ch, [{}]);
    await writeJudgement(ch, { version: '1', findings: [named('a1', 'c1')] });
    await writeJudgement(ch, { version: '2', findings: [] });
    expect(await anomalies(ch)).toMatchObject([{ anomaly_id: 'a1', status: 'withdrawn' }]);
    await writeJudgement(ch, { version: '3', findings: [named('a1', 'c1')] });
    expect(await anomalies(ch)).toMatchObject([{ anomaly_id: 'a1', status: 'open', revision: 1 }]);
  });

  test('shows the latest disposition', async () => {
    await writeFindings(ch, [{}]);
    await writeJudgement(ch, { findings: [named('a1', 'c1')] });
    const columns = ['anomaly_id', 'disposition', 'by', 'note', 'at'];
    await ch.insert('dispositions', columns, [['a1', 'confirmed', 'inv-1', 'x', start + 2]]);
    await ch.insert('dispositions', columns, [['a1', 'benign', 'inv-1', 'x', start + 1]]);
    expect(await anomalies(ch)).toMatchObject([{ disposition: 'confirmed' }]);
  });

  test('keeps first_written_at when the same content is written again and merged', async () => {
    const times = 'SELECT first_written_at, updated_at, revision FROM {db}.anomalies';
    await writeFindings(ch, [{}]);
    const before = await ch.query(times);
    await writeFindings(ch, [{}]);
    expect(await ch.query(times)).toEqual(before);
    await ch.command('OPTIMIZE TABLE {db}.findings FINAL');
    expect(await ch.query(times)).toEqual(before);
  });

  test('has the columns of the contract, in its order', async () => {
    const columns = await ch.query<{ name: string }>('DESCRIBE TABLE {db}.anomalies');
    expect(columns.map((column) => column.name).join(' ')).toBe(
      'anomaly_id detection detection_version severity score actor_id seller_id cluster_id window_start window_end summary ' +
        'factors event_count customer_count evidence_event_ids status disposition detected_at first_written_at updated_at revision',
    );
  });
});

describe('employee_risk', () => {
  const risks =
    'SELECT actor_id, toString(day) AS day, risk, open_anomalies FROM {db}.employee_risk ORDER BY actor_id, day';

  test('lets one detection fill 60 at most, and a second kind of evidence pass it', async () => {
    const { clickhouse: ch } = await freshDatabase('risk');
    const noisy = Array.from({ length: 9 }, (_, i) => ({
      anomaly_id: `n${i}`,
      content: 'c',
      score: 95,
      actor_id: 'emp-1',
    }));
    await writeFindings(ch, [
      ...noisy,
      { anomaly_id: 'x1', content: 'c', score: 95, actor_id: 'emp-2' },
      { anomaly_id: 'x2', content: 'c', score: 95, actor_id: 'emp-2', detection: 'canary' },
    ]);
    await writeJudgement(ch, {
      findings: [...noisy.map((one) => named(one.anomaly_id, 'c')), named('x1', 'c'), named('x2', 'c')],
    });
    expect(await ch.query(risks)).toEqual([
      { actor_id: 'emp-1', day: '2026-03-01', risk: 60, open_anomalies: 9 },
      { actor_id: 'emp-2', day: '2026-03-01', risk: 77.15, open_anomalies: 2 },
    ]);
    expect(await ch.query("SELECT top_factors.name AS names FROM {db}.employee_risk WHERE actor_id = 'emp-1'")).toEqual(
      [{ names: ['bulk_factor'] }],
    );
  });

  test('counts every day of a window, and nothing that is withdrawn or found benign', async () => {
    const { clickhouse: ch } = await freshDatabase('riskdays');
    await writeFindings(ch, [
      { anomaly_id: 'a1', content: 'c', score: 50, days: 3 },
      { anomaly_id: 'a2', content: 'c', score: 99, days: 3 },
      { anomaly_id: 'a3', content: 'c', score: 98, days: 3 },
    ]);
    await writeJudgement(ch, { findings: [named('a1', 'c'), named('a3', 'c')] });
    await ch.insert('dispositions', ['anomaly_id', 'disposition', 'by', 'note'], [['a3', 'benign', 'inv-1', 'x']]);
    const expected = ['2026-03-01', '2026-03-02', '2026-03-03'];
    expect(await ch.query(risks)).toEqual(
      expected.map((at) => ({ actor_id: 'emp-1', day: at, risk: 30, open_anomalies: 1 })),
    );
  });
});
