import { renderReport } from '../../services/reporter/render.js';
import { HOSTILE_NAMES, reportOf } from '../core/reporting/hostile.js';

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

describe('a report as CSV', () => {
  test.each(HOSTILE_NAMES)('keeps a hostile name in its cell, and no cell is a formula: %.30j', async (name) => {
    const report = reportOf([[name, -1, name, null]], name);
    const [head, row, ...rest] = parseCsv((await renderReport(report, 'csv')).toString());
    expect(rest).toEqual([]);
    expect(row).toHaveLength(head?.length ?? 0);
    expect(row?.[0]?.replace(/^'/, '')).toBe(name.replace('\ud800', '\ufffd'));
    for (const at of [0, 2]) expect(row?.[at]).not.toMatch(/^[=+\-@\t\r\n]/);
    expect(row?.slice(-4)).toEqual([report.from, report.to, report.data_digest, report.keyhole_version]);
  });

  test('without rows says its range and digest all the same', async () => {
    const report = reportOf([]);
    const [head, row, ...rest] = parseCsv((await renderReport(report, 'csv')).toString());
    expect(rest).toEqual([]);
    expect(row).toHaveLength(head?.length ?? 0);
    expect(row?.slice(-4)).toEqual([report.from, report.to, report.data_digest, report.keyhole_version]);
    expect(row?.slice(0, -4).every((cell) => cell === '')).toBe(true);
  });

  test.each([1, 100_000])('holds all of %d rows under one head', async (rows) => {
    const csv = await renderReport(
      reportOf(Array.from({ length: rows }, (_, at) => [`e-${at}`, at, 'x', null])),
      'csv',
    );
    expect(csv.toString().split('\n')).toHaveLength(rows + 2);
  });

  test('refuses a table that the report has not, and names those that it has', async () => {
    await expect(renderReport(reportOf([]), 'csv', 'nothing')).rejects.toThrow(
      '--table nothing: a incident report has rows',
    );
  });
});
