import { type BacktestRow, compareRows, countAlerts } from '../../../services/core/detections/backtest.js';

const row = (change: Partial<BacktestRow>): BacktestRow => ({
  anomaly_id: 'a',
  detection: 'bulk',
  severity: 'high',
  score: 80,
  actor_id: 'emp-1',
  seller_id: 's-1',
  cluster_id: '',
  detected_at: 0,
  summary: 'emp-1 read much',
  ...change,
});

describe('a backtest', () => {
  test('names rows added, removed and of another level, alerts first', () => {
    const before = [
      row({}),
      row({ anomaly_id: 'b' }),
      row({ anomaly_id: 'c', severity: 'low' }),
      row({ anomaly_id: 'd' }),
    ];
    const after = [
      row({}),
      row({ anomaly_id: 'b', severity: 'low' }),
      row({ anomaly_id: 'c', severity: 'medium' }),
      row({ anomaly_id: 'e' }),
    ];
    expect(compareRows(before, after).map((one) => [one.change, one.anomaly_id, one.before, one.after])).toEqual([
      ['changed', 'b', 'high', 'low'],
      ['removed', 'd', 'high', ''],
      ['added', 'e', '', 'high'],
      ['changed', 'c', 'low', 'medium'],
    ]);
  });

  test('says nothing where nothing would change', () => {
    expect(compareRows([row({})], [row({ score: 81 })])).toEqual([]);
  });

  test('counts alerts as a team reads them: one a day and entity', () => {
    const day = 86_400_000;
    const rows = [
      row({}),
      row({ anomaly_id: 'b', detection: 'slow', severity: 'critical' }),
      row({ anomaly_id: 'c', detected_at: day }),
      row({ anomaly_id: 'd', actor_id: '', detected_at: day }),
      row({ anomaly_id: 'e', severity: 'medium', actor_id: 'emp-2' }),
      row({ anomaly_id: 'f', actor_id: '', seller_id: '' }),
    ];
    expect(countAlerts(rows)).toBe(3);
  });
});
