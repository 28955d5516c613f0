// One report, four formats. Decides which renderer, and which table a CSV holds; each renderer decides how it looks.

import { UsageError } from '../core/errors.js';
import { renderHtml } from '../core/reporting/render/html.js';
import { renderJson } from '../core/reporting/render/json.js';
import { type Report, type Table, tablesOf } from '../core/reporting/report.js';
import { renderPdf } from '../platform/pdf/render.js';
import { csvCell } from '../platform/terminal/csv.js';

export const REPORT_FORMATS = ['pdf', 'html', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** @param tableName of CSV alone: another table than the report's main one */
export async function renderReport(report: Report, format: ReportFormat, tableName?: string): Promise<Buffer> {
  switch (format) {
    case 'json':
      return Buffer.from(renderJson(report));
    case 'html':
      return Buffer.from(renderHtml(report));
    case 'csv':
      return Buffer.from(renderCsv(report, tableNamed(report, tableName ?? report.main_table)));
    case 'pdf':
      return await renderPdf(report);
  }
}

function tableNamed(report: Report, name: string): Table {
  const tables = tablesOf(report);
  const table = tables.find((one) => one.name === name);
  if (table === undefined)
    throw new UsageError(`--table ${name}: a ${report.kind} report has ${tables.map((one) => one.name).join(', ')}`);
  return table;
}

/**
 * Every row carries the range, the digest and the version, so that a row torn from its file still says where it comes from. A table without
 * rows has one that holds these alone.
 */
function renderCsv(report: Report, { columns, rows }: Table): string {
  const { from, to, data_digest, keyhole_version } = report;
  const head = [...columns.map(({ name }) => name), 'range_from', 'range_to', 'data_digest', 'keyhole_version'];
  const tail = [from, to, data_digest, keyhole_version].map(csvCell).join(',');
  const none = columns.map(() => null);
  const shown = rows.length === 0 ? [none] : rows;
  return [head.join(','), ...shown.map((row) => `${row.map(csvCell).join(',')},${tail}`), ''].join('\n');
}
