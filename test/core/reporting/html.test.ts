import { renderHtml } from '../../../services/core/reporting/render/html.js';
import { HOSTILE, HOSTILE_NAMES, reportOf } from './hostile.js';

/** The tags that the renderer writes itself. */
const OWN =
  /^<\/?(html|head|meta|title|style|body|main|header|section|footer|h1|h2|h3|p|ul|li|div|b|bdi|em|span|small|figure|figcaption|svg|rect|line|circle|text|i|table|colgroup|col|thead|tbody|tr|th|td|wbr|dl|dt|dd)\b/;

describe('a report as HTML', () => {
  test.each(HOSTILE_NAMES)('holds no tag and no attribute of a name’s making: %.30j', (name) => {
    const html = renderHtml(reportOf([[name, 1, name, null]], name));
    const body = html.slice(html.indexOf('</style>'));
    for (const tag of body.match(/<[^>]*>/g) ?? []) expect(tag).toMatch(OWN);
    expect(body).not.toMatch(/<script|<img|javascript:| on\w+="/i);
  });

  test.each(HOSTILE_NAMES)('shows what cannot be seen as its code point: %.30j', (name) => {
    const html = renderHtml(reportOf([[name, 1, name, null]], name));
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u);
  });

  test('keeps a name of 10,000 characters short, and says how long it is', () => {
    const html = renderHtml(reportOf([[HOSTILE['long'] ?? '', 1, '', null]], 'e-1'));
    expect(html).toContain('… (10,000 characters)');
    expect(html.length).toBeLessThan(20_000);
  });

  test('fetches nothing and runs nothing', () => {
    const html = renderHtml(reportOf([['e-1', 1, 'x', null]]));
    expect(html).toContain(`default-src 'none'`);
    expect(html).not.toMatch(/<script|src=|href=|@import|url\(/);
  });

  test('prints its range, digest and version', () => {
    const report = reportOf([]);
    const html = renderHtml(report);
    for (const said of [report.data_digest, report.keyhole_version, report.from, report.to])
      expect(html).toContain(said);
  });

  test.each([0, 1, 100_000])('is right for %d rows', (rows) => {
    const html = renderHtml(
      reportOf(Array.from({ length: rows }, (_, at) => [`e-${at}`, at, 'x', '2026-03-01T09:30:00.000Z'])),
    );
    expect(html.match(/<tr><td/g)?.length ?? 0).toBe(Math.min(rows, 500));
    expect(html.includes('Nothing.')).toBe(rows === 0);
    expect(html.includes('The first 500 of 100,000 rows')).toBe(rows === 100_000);
  });
});
