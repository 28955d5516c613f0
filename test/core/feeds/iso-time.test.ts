import fc from 'fast-check';
import { formatIso, parseIsoMs } from '../../../services/core/feeds/iso-time.js';

describe('ISO times', () => {
  test.each([
    ['2026-03-01T09:30:00.000Z', 1_772_357_400_000],
    ['2026-03-01T09:30:00Z', 1_772_357_400_000],
    ['2026-03-01T09:30:00.5Z', 1_772_357_400_500],
    ['2026-03-01T09:30:00.123+00:00', 1_772_357_400_123],
    ['2024-02-29T23:59:59.999Z', 1_709_251_199_999],
    ['1970-01-01T00:00:00.000Z', 0],
  ])('%s is %d', (text, ms) => {
    expect(parseIsoMs(text)).toBe(ms);
  });

  test.each([
    ['2026-02-30T00:00:00.000Z', 'a day that does not exist'],
    ['2025-02-29T00:00:00.000Z', 'no leap year'],
    ['2100-02-29T00:00:00.000Z', 'no leap year either'],
    ['2026-13-01T00:00:00.000Z', 'a thirteenth month'],
    ['2026-00-10T00:00:00.000Z', 'month zero'],
    ['2026-01-00T00:00:00.000Z', 'day zero'],
    ['2026-03-01T24:00:00.000Z', 'hour 24'],
    ['2026-03-01T09:60:00.000Z', 'minute 60'],
    ['2026-12-31T23:59:60.000Z', 'a leap second'],
    ['2026-03-01T09:30:00.000', 'no zone'],
    ['2026-03-01T09:30:00.000+01:00', 'another offset'],
    ['2026-03-01T09:30:00.123456Z', 'microseconds'],
    ['2026-03-01T09:30:00.Z', 'a point without digits'],
    ['2026-03-01 09:30:00.000Z', 'a space for the T'],
    ['2026-03-01T09:30:00.000z', 'a small z'],
    ['2026-03-01T09:30:00.00aZ', 'a letter among the digits'],
    ['+026-03-01T09:30:00.000Z', 'a sign in the year'],
    ['2026-03-01', 'a date'],
    ['1772357400000', 'a number'],
    ['', 'nothing'],
  ])('%s is refused: %s', (text) => {
    expect(parseIsoMs(text)).toBeNaN();
  });

  test('any moment from 1970 to 9999 is read as Date reads it', () => {
    const moments = fc.integer({ min: Date.UTC(2000, 0, 1) - 30 * 365.25 * 864e5, max: Date.UTC(9999, 11, 31) });
    fc.assert(fc.property(moments, (ms) => parseIsoMs(formatIso(ms)) === ms));
  });
});
