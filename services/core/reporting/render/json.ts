// A report as JSON: for each figure its value by name, for each table its rows as objects, and every sentence. What could change the
// page around it (`<`, `>`, `&`, direction marks) is escaped, so that the file stays harmless wherever it is pasted.

import type { Report, Table } from '../report.js';
import { figuresOf, tablesOf } from '../report.js';

const RISKY = /[<>&\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

export function renderJson(report: Report): string {
  const { kind, title, subject, from, to, keyhole_version, data_digest, summary, sections } = report;
  const body = {
    report: kind,
    title,
    subject,
    range: { from, to },
    data_digest,
    keyhole_version,
    summary,
    figures: Object.fromEntries(figuresOf(report).map(({ name, value }) => [name, value])),
    tables: Object.fromEntries(tablesOf(report).map((table) => [table.name, rowsOf(table)])),
    sections: sections.map(({ heading, blocks }) => ({
      heading,
      says: blocks.flatMap((block) =>
        block.kind === 'text' ? [block.text] : block.kind === 'list' ? block.items : [],
      ),
    })),
  };
  return `${JSON.stringify(body, null, 1).replace(RISKY, escapeUnit)}\n`;
}

const rowsOf = ({ columns, rows }: Table): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])));

const escapeUnit = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
