import { renderJson } from '../../../services/core/reporting/render/json.js';
import { HOSTILE_NAMES, reportOf } from './hostile.js';

interface Parsed {
  readonly data_digest: string;
  readonly figures: { readonly rows: number };
  readonly tables: { readonly rows: readonly { readonly who: string; readonly number: number }[] };
}

describe('a report as JSON', () => {
  test.each(HOSTILE_NAMES)('gives back a hostile name as it was, and is plain text for a page: %.30j', (name) => {
    const json = renderJson(reportOf([[name, 1, name, null]], name));
    const parsed = JSON.parse(json) as Parsed;
    expect(parsed.tables.rows[0]?.who).toBe(name);
    expect(json).not.toMatch(/[<>&\u200b-\u200f\u202a-\u202e\u2060-\u2069]/);
  });

  test.each([0, 1, 100_000])('holds all of %d rows', (rows) => {
    const parsed = JSON.parse(
      renderJson(reportOf(Array.from({ length: rows }, (_, at) => [`e-${at}`, at, 'x', null]))),
    ) as Parsed;
    expect(parsed.tables.rows).toHaveLength(rows);
    expect(parsed.figures.rows).toBe(rows);
  });

  test('has another digest for other content, and the same for the same', () => {
    const digest = (name: string): string => reportOf([[name, 1, 'x', null]]).data_digest;
    expect(digest('a')).toBe(digest('a'));
    expect(digest('a')).not.toBe(digest('b'));
  });
});
