import { freshDatabase } from '../support/stack.js';
import { dayMs, landAccesses, named, start, writeFindings, writeJudgement } from './rows.js';

describe('what is owed', () => {
  test('alert_debt has one row per alert until all its anomalies are reviewed', async () => {
    const { clickhouse: ch } = await freshDatabase('debt');
    await writeFindings(ch, [
      { anomaly_id: 'a1', content: 'c', severity: 'high', score: 80 },
      { anomaly_id: 'a2', content: 'c', severity: 'critical', score: 95 },
      { anomaly_id: 'a3', content: 'c', severity: 'medium', score: 60 },
      { anomaly_id: 'a4', content: 'c', severity: 'high', score: 80, actor_id: 'emp-2' },
    ]);
    await writeJudgement(ch, { findings: ['a1', 'a2', 'a3', 'a4'].map((id) => named(id, 'c')) });
    const debts = 'SELECT toString(day) AS day, entity, level, anomaly_ids FROM {db}.alert_debt ORDER BY entity';
    expect(await ch.query(debts)).toEqual([
      { day: '2026-03-01', entity: 'emp-1', level: 'critical', anomaly_ids: ['a1', 'a2'] },
      { day: '2026-03-01', entity: 'emp-2', level: 'high', anomaly_ids: ['a4'] },
    ]);
    const reviewed = ['a1', 'a2'].map((id) => [id, 'confirmed', 'inv-1', 'x']);
    await ch.insert('dispositions', ['anomaly_id', 'disposition', 'by', 'note'], reviewed);
    expect(await ch.query(debts)).toEqual([{ day: '2026-03-01', entity: 'emp-2', level: 'high', anomaly_ids: ['a4'] }]);
  });

  test('unscored tells since when, over a weekend, and forgets who has been judged for a week', async () => {
    const { clickhouse: ch } = await freshDatabase('unscored');
    const miss = (...entities: string[]) => entities.map((entity) => ({ entity, reason: 'no_history' }));
    await writeJudgement(ch, { start: '2026-02-01', unscored: miss('new', 'long-ago') });
    await writeJudgement(ch, { start: '2026-03-02', unscored: miss('new', 'weekday') });
    await writeJudgement(ch, { start: '2026-03-06', unscored: miss('new', 'weekday') });
    await writeJudgement(ch, { start: '2026-03-08', unscored: miss('new') });
    expect(await ch.query('SELECT entity, detection, reason, since FROM {db}.unscored ORDER BY entity')).toEqual([
      { entity: 'new', detection: 'bulk', reason: 'no_history', since: '2026-03-02' },
      { entity: 'weekday', detection: 'bulk', reason: 'no_history', since: '2026-03-02' },
    ]);
  });

  test('feed_health measures silence against the newest event, not the clock', async () => {
    const { clickhouse: ch } = await freshDatabase('health');
    const daily = Array.from({ length: 20 }, (_, i) => ({
      event_id: `d-${i}`,
      tool: 'desk',
      occurred_at: start + i * dayMs,
    }));
    const gone = [0, 1, 2, 3, 9, 10].map((i) => ({ event_id: `g-${i}`, tool: 'gone', occurred_at: start + i * dayMs }));
    await landAccesses(ch, [...daily, ...gone]);
    const columns = 'tool, last_event, usual_per_day, gap_hours, expected_in_gap, is_silent, gaps';
    expect(await ch.query(`SELECT ${columns} FROM {db}.feed_health WHERE feed = 'access-log' ORDER BY tool`)).toEqual([
      {
        tool: 'desk',
        last_event: '2026-03-20 00:00:00.000',
        usual_per_day: '1',
        gap_hours: 0,
        expected_in_gap: '0',
        is_silent: 0,
        gaps: [],
      },
      {
        tool: 'gone',
        last_event: '2026-03-11 00:00:00.000',
        usual_per_day: '1',
        gap_hours: 216,
        expected_in_gap: '9',
        is_silent: 1,
        gaps: [{ from: '2026-03-04', to: '2026-03-10', days: 6 }],
      },
    ]);
  });
});

test('every view is empty, not broken, on empty tables', async () => {
  const { clickhouse: ch } = await freshDatabase('empty');
  const views = await ch.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = {name:String} AND engine = 'View' ORDER BY name",
    { name: ch.database },
  );
  const names = views.map((view) => view.name);
  expect(names).toEqual(
    expect.arrayContaining([
      'accesses',
      'alert_debt',
      'anomalies',
      'conflicts',
      'employee_risk',
      'feed_health',
      'unscored',
    ]),
  );
  for (const name of [...names, 'dead_letters'])
    expect([name, await ch.query(`SELECT * FROM {db}.${name}`)]).toEqual([name, []]);
});
