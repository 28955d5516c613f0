import { UsageError } from '../../../services/core/errors.js';
import {
  parseCount,
  parseId,
  parseInstant,
  parseNumber,
  parseRange,
} from '../../../services/platform/terminal/arguments.js';

describe('parseInstant', () => {
  test.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:15', '2026-03-01T09:30:15.000Z'],
    ['2026-03-01T09:30:00.07Z', '2026-03-01T09:30:00.070Z'],
    ['2026-03-01T09:30:00+05:30', '2026-03-01T04:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(new Date(parseInstant('--from', text)).toISOString()).toBe(expected);
  });

  test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-03-01T24:00', 'yesterday', '', '1772357400', '2026-3-1'])(
    'refuses %p and says what would do',
    (text) => {
      expect(() => parseInstant('--from', text)).toThrow(
        new UsageError(`--from ${text} is not a time; give one like 2026-03-01 or 2026-03-01T09:30:00Z`),
      );
    },
  );
});

describe('parseRange', () => {
  const range = (from?: string, to?: string) =>
    parseRange({ option: '--from', text: from }, { option: '--to', text: to });

  test('takes either bound alone', () => {
    expect(range('2026-03-01')).toEqual({ fromMs: Date.UTC(2026, 2, 1), toMs: undefined });
    expect(range(undefined, '2026-03-01')).toEqual({ fromMs: undefined, toMs: Date.UTC(2026, 2, 1) });
  });

  test('refuses a range that ends before it begins', () => {
    expect(() => range('2026-03-02', '2026-03-01')).toThrow('--from 2026-03-02 must be before --to 2026-03-01');
  });
});

describe('parseId', () => {
  test('takes 64 characters and no more', () => {
    expect(parseId('--customer', 'c'.repeat(64))).toHaveLength(64);
    expect(() => parseId('--customer', 'c'.repeat(65))).toThrow(UsageError);
  });

  test('refuses an address without repeating it', () => {
    expect(() => parseId('--customer', 'jane.doe@example.com')).toThrow(UsageError);
    expect(() => parseId('--customer', 'jane.doe@example.com')).not.toThrow(/jane/);
  });
});

test('a number out of its bounds is refused by name', () => {
  expect(parseNumber('--min-score', '72.5', { min: 0, max: 100 })).toBe(72.5);
  for (const text of ['101', '-1', 'high', ''])
    expect(() => parseNumber('--min-score', text, { min: 0, max: 100 })).toThrow('is not a number from 0 to 100');
  expect(() => parseCount('--limit', '1.5')).toThrow('--limit 1.5 is not a whole number');
});
