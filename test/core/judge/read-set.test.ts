// Which sheets a day makes stale, against a brute force that writes out every sheet's reads.

import fc from 'fast-check';
import {
  baselineRange,
  calibrationStarts,
  oldestDayRead,
  staleStarts,
  type WindowGrid,
} from '../../../services/core/judge/read-set.js';
import { type Day, onGrid } from '../../../services/core/time.js';

const DAILY: WindowGrid = { days: 1, hop_days: 1 };
const MONTHLY: WindowGrid = { days: 28, hop_days: 7 };

/** Days that decide a sheet's sample: its window and its baseline. */
function sampledDays(start: Day, grid: WindowGrid): Set<Day> {
  const days = new Set<Day>();
  for (let day = start; day < start + grid.days; day++) days.add(day);
  const { from, to } = baselineRange(start);
  for (let day = from; day < to; day++) days.add(day);
  return days;
}

/** And those of the samples that calibrate it; a sample does not depend on its own sheet's calibration. */
function readDays(start: Day, grid: WindowGrid): Set<Day> {
  const days = sampledDays(start, grid);
  for (const earlier of calibrationStarts(start, grid)) for (const day of sampledDays(earlier, grid)) days.add(day);
  return days;
}

test('a baseline is the 28 whole days that ended at least 24 h before the window', () => {
  expect(baselineRange(100)).toEqual({ from: 71, to: 99 });
});

test('calibration reads sheets whose windows ended at least 24 h before', () => {
  expect(calibrationStarts(100, DAILY)).toEqual(Array.from({ length: 28 }, (_, i) => 98 - i));
  expect(calibrationStarts(7 * 20, MONTHLY)).toEqual([105, 98, 91, 84]);
});

describe.each([
  DAILY,
  MONTHLY,
  { days: 7, hop_days: 7 },
  { days: 7, hop_days: 1 },
  { days: 3, hop_days: 2 },
  { days: 1, hop_days: 5 },
  { days: 40, hop_days: 10 },
])('windows of $days days every $hop_days days', (grid) => {
  const DAY = 1000;
  const expected: Day[] = [];
  for (let start = DAY - 200; start <= DAY + 400; start++) {
    if (onGrid(start, grid.hop_days) && readDays(start, grid).has(DAY)) expected.push(start);
  }

  test('stale are exactly the sheets that read the day', () => {
    expect(staleStarts(DAY, grid, DAY + 400)).toEqual(expected);
  });

  test('no sheet beyond the last is named', () => {
    expect(staleStarts(DAY, grid, DAY)).toEqual(expected.filter((start) => start <= DAY));
  });

  test('no sheet reads a day before its oldest', () => {
    for (const start of expected) {
      expect(Math.min(...readDays(start, grid))).toBeGreaterThanOrEqual(oldestDayRead(start, grid));
    }
  });
});

test('the oldest day of a daily sheet is the first day of the baseline of its oldest calibration', () => {
  expect(oldestDayRead(1000, DAILY)).toBe(Math.min(...readDays(1000, DAILY)));
});

test('any grid: stale sheets are those that read the day', () => {
  const grids = fc.record({ days: fc.integer({ min: 1, max: 45 }), hop_days: fc.integer({ min: 1, max: 45 }) });
  fc.assert(
    fc.property(grids, fc.integer({ min: 500, max: 600 }), (grid, day) => {
      const stale = new Set(staleStarts(day, grid, day + 200));
      for (let start = day - 60; start <= day + 200; start++) {
        if (onGrid(start, grid.hop_days)) expect(stale.has(start)).toBe(readDays(start, grid).has(day));
      }
    }),
    { numRuns: 30 },
  );
});
