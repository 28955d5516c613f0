import { fromDateTime64, toDateTime64, toDateTimeText, toIso } from '../../../services/platform/clickhouse/time.js';

const morning = Date.UTC(2026, 2, 1, 9, 30, 0, 7);

describe('times of ClickHouse', () => {
  test('are written as epoch milliseconds', () => {
    expect(toDateTime64(morning)).toBe(morning);
  });

  test.each([Number.NaN, 1.5, 1_772_357_400, Number.POSITIVE_INFINITY])(
    'refuse %p, which the server would read as seconds or not at all',
    (value) => {
      expect(() => toDateTime64(value)).toThrow(RangeError);
    },
  );

  test('are read back to the millisecond', () => {
    expect(fromDateTime64(toDateTimeText(morning))).toBe(morning);
    expect(toIso('2026-03-01 09:30:00.007')).toBe('2026-03-01T09:30:00.007Z');
  });

  test('that are none are refused', () => {
    expect(() => fromDateTime64('yesterday')).toThrow(RangeError);
  });
});
