// The one scale: more evidence ranks higher, and severities begin where the budget says.

import fc from 'fast-check';
import { severityAt } from '../../../services/core/judge/levels.js';
import { score } from '../../../services/core/judge/scale.js';
import { KEEP_FACTOR } from '../../../services/core/judge/standards.js';

const alarms = fc.double({ min: -295, max: 2.9, noNaN: true }).map((exponent) => 10 ** exponent);

test('fewer expected alarms never score lower, and a tenth of them always scores higher', () => {
  fc.assert(
    fc.property(alarms, alarms, (a, b) => {
      const [rarer, commoner] = a < b ? [a, b] : [b, a];
      expect(score(rarer)).toBeGreaterThanOrEqual(score(commoner));
      if (rarer > 1e-294) expect(score(rarer / 10)).toBeGreaterThan(score(rarer));
    }),
  );
});

test('scores that an analyst compares tell a difference of a twentieth apart', () => {
  for (let exponent = -60; exponent < 1; exponent += 0.5) {
    expect(score(10 ** exponent / 1.05)).toBeGreaterThan(score(10 ** exponent));
  }
});

test('scores lie between 0 and 100 and have four decimals', () => {
  fc.assert(
    fc.property(alarms, (a) => {
      expect(score(a)).toBeGreaterThanOrEqual(0);
      expect(score(a)).toBeLessThan(100);
      expect(Number(score(a).toFixed(4))).toBe(score(a));
    }),
  );
  expect(score(1000)).toBe(0);
  expect(score(1e6)).toBe(0);
  expect(score(0.01)).toBe(50);
});

test.each([
  [0.008, 'critical'],
  [0.00801, 'high'],
  [0.4, 'high'],
  [0.401, 'medium'],
  [1.2, 'medium'],
  [1.21, 'low'],
  [4, 'low'],
  [4.01, null],
  [Number.NaN, null],
])('%d alarms a day is %s', (alarmsPerDay, expected) => {
  expect(severityAt(alarmsPerDay, { critical: 0.008, high: 0.4, medium: 1.2, keep: 4 })).toBe(expected);
});

test('rows are kept down to ten times the budget', () => {
  expect(KEEP_FACTOR).toBe(10);
});
