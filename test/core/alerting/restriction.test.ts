import { DEFAULT_POLICY, parsePolicy, recommend } from '../../../services/core/alerting/restriction.js';
import { notice } from './notices.js';

const HOUR = 3_600_000;

test('without a policy every high anomaly of an employee is to be observed, nothing more', () => {
  expect(recommend(notice({ severity: 'critical' }), DEFAULT_POLICY)).toEqual({ step: 'observe', forMs: 168 * HOUR });
  expect(recommend(notice({ severity: 'medium' }), DEFAULT_POLICY)).toBeNull();
  expect(recommend(notice({ actor_id: '' }), DEFAULT_POLICY)).toBeNull();
});

test('the first rule that fits decides', () => {
  const parsed = parsePolicy({
    rules: [
      { when: { detection: ['canary_read'], score_at_least: 70 }, recommend: 'step_up', for_hours: 12 },
      { when: {}, recommend: 'observe', for_hours: 1 },
    ],
  });
  if (!parsed.ok) throw new Error(parsed.faults.join());
  expect(recommend(notice({ detection: 'canary_read' }), parsed.policy)).toEqual({ step: 'step_up', forMs: 12 * HOUR });
  expect(recommend(notice({ detection: 'canary_read', score: 60 }), parsed.policy)).toEqual({
    step: 'observe',
    forMs: HOUR,
  });
});

test('no policy may block: that takes two people', () => {
  const parsed = parsePolicy({ rules: [{ when: {}, recommend: 'block', for_hours: 1 }] });
  expect(parsed.ok ? [] : parsed.faults).toEqual([expect.stringMatching(/^rules\.0\.recommend: .*two people/)]);
});
