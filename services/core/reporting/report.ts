// A report as one model, from which every format is made: sections of sentences, figures, tables and charts. Decides what a report can
// say; refuses to know where its numbers come from and how it is printed.

import { createHash } from 'node:crypto';
import type { Scene } from './chart/scene.js';

export const REPORT_KINDS = [
  'incident',
  'affected-customers',
  'breach-notification',
  'access-review',
  'controls',
  'seller-action',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export type Cell = string | number | null;

export interface Column {
  readonly name: string;
  readonly label: string;
  /** number: to the right, with separators; time: ISO 8601 in data, to the minute on a page; id: never broken into words */
  readonly type: 'text' | 'number' | 'time' | 'id';
  /** share of the page's width beside the other columns; 1 where not said */
  readonly weight?: number;
}

export interface Table {
  readonly kind: 'table';
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** the sentence that stands in place of no rows */
  readonly empty: string;
}

export interface Figure {
  readonly name: string;
  readonly label: string;
  readonly value: number | string | null;
  readonly unit?: string;
  readonly note?: string;
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'figures'; readonly items: readonly Figure[] }
  | { readonly kind: 'chart'; readonly scene: Scene }
  | Table;

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** What a report says, before it is sealed with its digest. */
export interface ReportContent {
  readonly kind: ReportKind;
  readonly title: string;
  /** whom or what it is about: an id, or the organisation */
  readonly subject: string;
  /** [from, to), ISO 8601 */
  readonly from: string;
  readonly to: string;
  /** the finding in a few plain sentences */
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
  /** the table that CSV holds where none is asked for */
  readonly main_table: string;
  /** whether it names customers: who may read it follows from that */
  readonly names_customers: boolean;
}

export interface Report extends ReportContent {
  readonly keyhole_version: string;
  /** SHA-256 of the content as compact JSON, keys in the order of these types */
  readonly data_digest: string;
}

export function sealReport(content: ReportContent, version: string): Report {
  const data_digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...content, keyhole_version: version, data_digest };
}

export function tablesOf(report: ReportContent): Table[] {
  return report.sections.flatMap(({ blocks }) => blocks.filter((block): block is Table => block.kind === 'table'));
}

export function figuresOf(report: ReportContent): Figure[] {
  return report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'figures' ? block.items : [])),
  );
}

/** A page holds so many rows of a table; CSV and JSON hold all. */
export const PAGE_ROWS = 500;

/** The rows that a page prints, and what it says of the rest. */
export function pageRows({ rows }: Table): { readonly rows: Table['rows']; readonly rest: string | null } {
  if (rows.length <= PAGE_ROWS) return { rows, rest: null };
  return {
    rows: rows.slice(0, PAGE_ROWS),
    rest: `The first ${PAGE_ROWS} of ${rows.length.toLocaleString('en-US')} rows. The CSV and JSON of the same data digest hold all of them.`,
  };
}
