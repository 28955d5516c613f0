import { inflateSync } from 'node:zlib';
import type { Block, Report } from '../../../services/core/reporting/report.js';
import { renderPdf } from '../../../services/platform/pdf/render.js';
import { HOSTILE, HOSTILE_NAMES, reportOf } from '../../core/reporting/hostile.js';

/** The characters that a PDF's fonts can be asked for: what it can show and what a reader can copy. */
function lettersOf(pdf: Buffer): string {
  const letters: string[] = [];
  for (const stream of streamsOf(pdf)) {
    if (!stream.includes('beginbfrange')) continue;
    for (const [, list = ''] of stream.matchAll(/\[([^\]]*)\]/g))
      for (const [, hex = ''] of list.matchAll(/<([0-9a-f ]+)>/g))
        letters.push(...hex.split(' ').map((unit) => String.fromCharCode(Number.parseInt(unit, 16))));
  }
  return letters.join('');
}

function streamsOf(pdf: Buffer): string[] {
  const streams: string[] = [];
  for (let at = pdf.indexOf('stream\n'); at !== -1; at = pdf.indexOf('stream\n', at + 1)) {
    const end = pdf.indexOf('endstream', at);
    try {
      streams.push(inflateSync(pdf.subarray(at + 7, end)).toString('latin1'));
    } catch {
      // Not a compressed stream.
    }
  }
  return streams;
}

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

describe('a report as PDF', () => {
  test.each(HOSTILE_NAMES)('is made of hostile names without fault, twice the same: %.30j', async (name) => {
    const report = reportOf([[name, 1, name, null]], name);
    const pdf = await renderPdf(report);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.equals(await renderPdf(report))).toBe(true);
    expect(pdf.toString('latin1')).not.toMatch(/\/JavaScript|\/Launch|\/URI|\/OpenAction|\/EmbeddedFile/);
  });

  test('breaks no number, however narrow its column is asked to be', async () => {
    const narrow = (weight: number): Report => {
      const report = reportOf([['a', 12_345_678, 'b', null]]);
      const blocks = (all: readonly Block[]): Block[] =>
        all.map((block) =>
          block.kind !== 'table'
            ? block
            : { ...block, columns: block.columns.map((one) => (one.type === 'number' ? { ...one, weight } : one)) },
        );
      return { ...report, sections: report.sections.map((one) => ({ ...one, blocks: blocks(one.blocks) })) };
    };
    const drawn = async (report: Report): Promise<number> =>
      streamsOf(await renderPdf(report))
        .join('')
        .match(/\bTJ\b/g)?.length ?? 0;
    expect(await drawn(narrow(1))).toBeGreaterThan(0);
    expect(await drawn(narrow(0.05))).toBe(await drawn(narrow(1)));
  });

  test('writes what its font lacks as code points', async () => {
    const letters = lettersOf(await renderPdf(reportOf([], HOSTILE['chinese'] ?? '')));
    expect(letters).toContain('⟨');
    expect(letters).not.toContain('贿');
  });

  test('draws letters that its font has, of other alphabets too', async () => {
    const letters = lettersOf(await renderPdf(reportOf([], 'Жук Ωmega Zoë')));
    for (const letter of 'ЖΩë') expect(letters).toContain(letter);
  });

  test('names neither the clock nor the machine', async () => {
    const text = (await renderPdf(reportOf([]))).toString('latin1');
    expect(text).toContain('(D:20260308000000Z)');
    expect(text).not.toContain(String(new Date().getFullYear() + 1));
  });

  test.each([
    [0, 1],
    [1, 1],
    [100_000, 10],
  ])('has pages for %d rows', async (rows, pages) => {
    const pdf = await renderPdf(
      reportOf(Array.from({ length: rows }, (_, at) => [`e-${at}`, at, 'some text', '2026-03-01T09:30:00.000Z'])),
    );
    expect(pagesOf(pdf)).toBeGreaterThanOrEqual(pages);
    expect(pagesOf(pdf)).toBeLessThan(pages + 10);
  });
});
