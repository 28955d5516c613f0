// Times are written as Date would write them, and wall clocks are those of the zones.

import fc from 'fast-check';
import { isoTime, weekdayOf, zoneOffsetMs } from '../../services/simulator/time.js';

test('a time is written as Date writes it', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }), (atMs) => {
      expect(isoTime(atMs)).toBe(new Date(atMs).toISOString());
    }),
  );
});

test('a weekday is the one of UTC', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }), (atMs) => {
      expect(weekdayOf(atMs)).toBe(new Date(atMs).getUTCDay());
    }),
  );
});

test.each([
  ['America/Chicago', Date.UTC(2026, 0, 10), -6],
  ['America/Chicago', Date.UTC(2026, 5, 10), -5],
  ['Asia/Shanghai', Date.UTC(2026, 5, 10), 8],
  ['Asia/Kolkata', Date.UTC(2026, 0, 10), 5.5],
  ['Europe/Berlin', Date.UTC(2026, 6, 1), 2],
])('the wall clock of %s at %d is %d hours ahead of UTC', (zone, atMs, hours) => {
  expect(zoneOffsetMs(zone, atMs)).toBe(hours * 3_600_000);
});
