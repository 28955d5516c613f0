// An employee's risk grows with evidence, and ever less with more of the same.

import fc from 'fast-check';
import { employeeRisk } from '../../../services/core/judge/risk.js';

const scores = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 40 });

test('one detection, however noisy, never passes sixty', () => {
  fc.assert(fc.property(scores, (noise) => employeeRisk([noise]) <= 60));
  expect(employeeRisk([Array.from({ length: 40 }, () => 90)])).toBe(60);
});

test('a further anomaly never lowers it', () => {
  fc.assert(
    fc.property(
      fc.array(scores, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (all, more) => {
        const [first, ...rest] = all as [number[], ...number[][]];
        expect(employeeRisk([[...first, more], ...rest])).toBeGreaterThanOrEqual(employeeRisk(all));
        expect(employeeRisk([...all, [more]])).toBeGreaterThanOrEqual(employeeRisk(all));
      },
    ),
  );
});

test('detections at full strength give 60, 81, 93, 100', () => {
  const full = (n: number): number => Math.round(employeeRisk(Array.from({ length: n }, () => [100])));
  expect([1, 2, 3, 4].map(full)).toEqual([60, 81, 93, 100]);
  expect(employeeRisk([])).toBe(0);
});
