// Rows as a table for people: columns as wide as their widest cell, the last one cut to the terminal's width. Control
// characters never reach the terminal: data from a log could otherwise rewrite the screen.

import type { Style } from './style.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  readonly paint?: (text: string, row: Row, style: Style) => string;
}

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

function visible(text: string): string {
  return text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B-\u200F]/gu, '·');
}

function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += wide.test(char) ? 2 : 1;
  return width;
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const char of text) {
    if (widthOf(kept) + widthOf(char) > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** @param style.width of the terminal; undefined: nothing is cut */
export function* tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: Style,
): Generator<string> {
  const cells = rows.map((row) => columns.map((column) => visible(column.cell(row))));
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[i] ?? ''))),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const lastWidth = style.width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, style.width - before);
  const place = (text: string, i: number, align: 'left' | 'right' = 'left'): string => {
    if (i === last) return align === 'right' ? pad(text, widths[i] ?? 0, align) : cut(text, lastWidth);
    return pad(text, widths[i] ?? 0, align);
  };
  yield `${style.bold(columns.map((column, i) => place(column.title, i, column.align)).join('  ')).trimEnd()}\n`;
  for (const [r, row] of rows.entries()) {
    const line = columns.map((column, i) => {
      const text = place(cells[r]?.[i] ?? '', i, column.align);
      return column.paint?.(text, row, style) ?? text;
    });
    yield `${line.join('  ').trimEnd()}\n`;
  }
}
