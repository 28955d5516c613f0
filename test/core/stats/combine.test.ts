// Fisher's method, surprise and rounding: what thresholds and ranks hang on.

import fc from 'fast-check';
import { logFisher, round, surprise } from '../../../services/core/stats/combine.js';

const logOfP = fc.double({ min: -700, max: 0, noNaN: true });

test('Fisher of 0.01, 0.2 and 0.5 is the textbook chi-square tail', () => {
  const combined = logFisher([Math.log(0.01), Math.log(0.2), Math.log(0.5)]);
  expect(Math.abs(combined / -3.449349401041043 - 1)).toBeLessThan(1e-9);
});

test('Fisher of one probability is that probability, of none is certainty', () => {
  expect(logFisher([Math.log(0.03)])).toBeCloseTo(Math.log(0.03), 12);
  expect(logFisher([])).toBe(0);
});

test('Fisher does not depend on order beyond the last digits, and falls when a piece falls', () => {
  fc.assert(
    fc.property(
      fc.array(logOfP, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0.001, max: 50, noNaN: true }),
      (logs, more) => {
        const combined = logFisher(logs);
        expect(combined).toBeLessThanOrEqual(0);
        expect(surprise(logFisher([...logs].reverse()))).toBeCloseTo(surprise(combined), 5);
        expect(logFisher([(logs[0] as number) - more, ...logs.slice(1)])).toBeLessThanOrEqual(combined + 1e-9);
      },
    ),
  );
});

test('an impossible piece makes the whole impossible, not unknown', () => {
  expect(logFisher([Number.NEGATIVE_INFINITY, -1])).toBe(Number.NEGATIVE_INFINITY);
});

test('surprise is decades, at most 300, with six decimals', () => {
  expect(surprise(0)).toBe(0);
  expect(Object.is(surprise(-0), 0)).toBe(true);
  expect(surprise(Math.log(0.001))).toBe(3);
  expect(surprise(Number.NEGATIVE_INFINITY)).toBe(300);
  expect(surprise(-2)).toBe(0.868589);
});

test('rounding gives no negative zero and keeps what is exact', () => {
  expect(Object.is(round(-0.0000001, 4), 0)).toBe(true);
  expect(round(2.34567, 3)).toBe(2.346);
  expect(round(-2.5, 0)).toBe(-2);
});
