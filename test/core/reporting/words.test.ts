import { cellText, decimal, listed, period, visible } from '../../../services/core/reporting/words.js';

describe('words on a page', () => {
  test.each([
    [1234, '1,234'],
    [12.345, '12.3'],
    [1.25, '1.25'],
    [0.0123, '0.012'],
    [0.00012, '0.00012'],
    [Number.NaN, '–'],
  ])('writes %d as %s', (value, text) => {
    expect(decimal(value)).toBe(text);
  });

  test('shows direction marks and controls as code points', () => {
    expect(visible('a\u202Eb\u0000c')).toBe('a⟨U+202E⟩b⟨U+0000⟩c');
  });

  test('leaves letters of any language alone', () => {
    expect(visible('Zoë Ωmega Жук 贿赂 مرحبا')).toBe('Zoë Ωmega Жук 贿赂 مرحبا');
  });

  test('cuts between characters, not within one', () => {
    expect(visible('😀'.repeat(400), 10)).toBe(`${'😀'.repeat(10)}… (400 characters)`);
  });

  test('writes whole days as days, their end included', () => {
    expect(period('2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z')).toBe('2026-03-01 to 2026-03-31');
    expect(period('2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z')).toBe('2026-03-01');
    expect(period('2026-03-01T10:00:00.000Z', '2026-03-02T00:00:00.000Z')).toBe(
      '2026-03-01 10:00 to 2026-03-02 00:00 UTC',
    );
  });

  test('lists few in full and many by number', () => {
    expect(listed([])).toBe('none');
    expect(listed(['a', 'b'])).toBe('a and b');
    expect(listed(['a', 'b', 'c', 'd', 'e'], 3)).toBe('a, b and 3 more');
  });

  test('writes nothing as a dash', () => {
    expect(cellText(null, { name: 'x', label: 'X', type: 'text' })).toBe('–');
  });
});
