import { type Anomaly, anomaliesQuery, anomalyLayout } from '../../services/cli/anomalies.js';
import { formatRows } from '../../services/platform/terminal/rows.js';
import { createStyle } from '../../services/platform/terminal/style.js';

const columns =
  'anomaly_id, detection, detection_version, severity, score, actor_id, seller_id, cluster_id, window_start, window_end, ' +
  'summary, factors, event_count, customer_count, evidence_event_ids, status, disposition, detected_at, first_written_at, ' +
  'updated_at, revision';

const anomaly: Anomaly = {
  anomaly_id: '0123456789abcdef0123456789abcdef',
  detection: 'bulk_customer_email_read',
  detection_version: 1,
  severity: 'high',
  score: 97.1,
  actor_id: 'emp-1',
  seller_id: '',
  cluster_id: '',
  window_start: '2026-03-01T00:00:00.000Z',
  window_end: '2026-03-02T00:00:00.000Z',
  summary: 'emp-1 read 40 customers of one seller where 3 are usual',
  factors: [{ name: 'customers', observed: 40, expected: 3, contribution: 9.5 }],
  event_count: 40,
  customer_count: 40,
  evidence_event_ids: ['ev-1', 'ev-2'],
  status: 'open',
  disposition: 'unreviewed',
  detected_at: '2026-03-01T09:30:00.000Z',
  first_written_at: '2026-03-02T00:00:00.000Z',
  updated_at: '2026-03-02T00:00:00.000Z',
  revision: 1,
};

describe('keyhole anomalies', () => {
  test('asks for all of them, highest score first', () => {
    expect(anomaliesQuery({})).toEqual({
      sql: `SELECT ${columns} FROM {db}.anomalies ORDER BY score DESC, detected_at DESC, anomaly_id`,
      params: {},
    });
  });

  test('asks with every filter', () => {
    expect(
      anomaliesQuery({
        fromMs: Date.UTC(2026, 2, 1),
        toMs: Date.UTC(2026, 2, 2),
        actorId: 'emp-1',
        detection: 'canary_read',
        minScore: 80,
        status: 'open',
      }),
    ).toEqual({
      sql:
        `SELECT ${columns} FROM {db}.anomalies WHERE detected_at >= {from:DateTime64(3)} AND detected_at < {to:DateTime64(3)} ` +
        'AND actor_id = {actor:String} AND detection = {detection:String} AND score >= {min_score:Float64} ' +
        'AND status = {status:String} ORDER BY score DESC, detected_at DESC, anomaly_id',
      params: {
        from: '2026-03-01 00:00:00.000',
        to: '2026-03-02 00:00:00.000',
        actor: 'emp-1',
        detection: 'canary_read',
        min_score: 80,
        status: 'open',
      },
    });
  });

  test('names the entity in the table, and a withdrawn anomaly as such', () => {
    const rows = [anomaly, { ...anomaly, actor_id: '', seller_id: 's-9', status: 'withdrawn' as const }];
    const [, first, second] = [...formatRows(anomalyLayout, rows, 'table', createStyle({}, {}))];
    expect(first).toBe(
      '97.1000  high      bulk_customer_email_read  emp-1  2026-03-01 09:30Z  unreviewed  0123456789ab  ' +
        'emp-1 read 40 customers of one seller where 3 are usual\n',
    );
    expect(second).toContain('  s-9    2026-03-01 09:30Z  withdrawn  ');
  });
});
