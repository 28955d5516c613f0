import { precisionOf, precisionText } from '../../../services/core/detections/precision.js';

describe('precision', () => {
  test.each([
    [0, 0, 'none reviewed'],
    [1, 0, '1 of 1 (21–100 %)'],
    [3, 1, '3 of 4 (30–95 %)'],
    [0, 5, '0 of 5 (0–43 %)'],
    [19, 0, '19 of 19 (83–100 %)'],
    [35, 5, '88 % of 40 (74–95 %)'],
  ])('of %i confirmed and %i benign shows how little is known', (confirmed, benign, text) => {
    expect(precisionText(precisionOf(confirmed, benign))).toBe(text);
  });

  // Newcombe, Stat. Med. 17 (1998), table I: 81 of 263.
  test('is Wilson’s interval', () => {
    expect(precisionOf(81, 182)).toMatchObject({ from: 0.2553, to: 0.3662 });
  });
});
