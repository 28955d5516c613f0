// Days and the window grid, also before 1970.

import fc from 'fast-check';
import { DAY_MS, dayFromText, dayOf, dayText, onGrid, startOf, windowsContaining } from '../../services/core/time.js';

test.each([
  [0, 0, '1970-01-01'],
  [DAY_MS - 1, 0, '1970-01-01'],
  [DAY_MS, 1, '1970-01-02'],
  [-1, -1, '1969-12-31'],
  [Date.UTC(2026, 2, 1, 23, 59, 59, 999), 20513, '2026-03-01'],
])('%d ms is day %d, written %s', (timeMs, day, text) => {
  expect(dayOf(timeMs)).toBe(day);
  expect(dayText(day)).toBe(text);
  expect(dayFromText(text)).toBe(day);
});

test('a day starts at its start', () => {
  fc.assert(fc.property(fc.integer({ min: -20_000, max: 50_000 }), (day) => dayOf(startOf(day)) === day));
});

test('the windows that contain a day are all windows of the grid that contain it, ascending', () => {
  const grid = fc.record({ days: fc.integer({ min: 1, max: 40 }), hop_days: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(fc.integer({ min: -100, max: 30_000 }), grid, (day, window) => {
      const expected: number[] = [];
      for (let start = day - window.days + 1; start <= day; start++)
        if (onGrid(start, window.hop_days)) expected.push(start);
      expect(windowsContaining(day, window).map((start) => start + 0)).toEqual(expected.map((start) => start + 0));
    }),
  );
});
