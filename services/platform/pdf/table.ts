// A table on paper: columns by weight, cells broken to fit, the head again on every page.

import { PALETTE } from '../../core/reporting/chart/scene.js';
import { type Cell, type Column, pageRows, type Table } from '../../core/reporting/report.js';
import { cellText } from '../../core/reporting/words.js';
import { MARGIN, type Paper, PRINT_WIDTH, type TextStyle } from './paper.js';

const CELL: TextStyle = { weight: 'plain', size: 7.2, colour: PALETTE.ink };
const HEAD: TextStyle = { ...CELL, weight: 'bold' };
const NOTE: TextStyle = { ...CELL, size: 8.2, colour: PALETTE.muted };
const PAD = 3.5;
/** What is set to the left beside numbers set to the right would read as one with them. */
const PAD_AFTER_NUMBER = 10;

interface Placed {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
  /** room to the left of what is written */
  readonly pad: number;
}

export function drawTable(paper: Paper, table: Table, caption: TextStyle): void {
  paper.need(60);
  paper.paragraph(table.caption, caption);
  paper.y += 2;
  if (table.rows.length === 0) {
    paper.paragraph(table.empty, NOTE);
    return;
  }
  const { rows, rest } = pageRows(table);
  const placed = place(paper, table.columns, rows);
  drawHead(paper, placed);
  for (const row of rows) {
    const cells = placed.map(({ column, width, pad }, at) =>
      paper.broken(cellText(row[at] ?? null, column), width - pad - PAD, CELL),
    );
    const height = heightOf(paper, cells);
    if (paper.need(height)) drawHead(paper, placed);
    drawRow(paper, placed, cells, CELL);
    paper.y += height;
    line(paper, PALETTE.grid, 0.4);
  }
  if (rest === null) return;
  paper.y += 4;
  paper.paragraph(rest, NOTE);
}

/** Up to here an id or a word is not broken, if there is room; a time may be, between its day and its minute. A number never is. */
const WHOLE = { id: 66, text: 46, time: 46, number: PRINT_WIDTH } as const;
const BREAKS = /[ _.]/;

function place(paper: Paper, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Placed[] {
  const pads = columns.map((column, at) =>
    columns[at - 1]?.type === 'number' && column.type !== 'number' ? PAD_AFTER_NUMBER : PAD,
  );
  const least = columns.map((column, at) => (pads[at] ?? PAD) + PAD + leastOf(paper, column, at, rows));
  const widths = share(
    columns.map(({ weight = 1 }) => weight),
    least,
  );
  let x = MARGIN;
  return columns.map((column, at) => {
    const width = widths[at] ?? 0;
    const here = { column, x, width, pad: pads[at] ?? PAD };
    x += width;
    return here;
  });
}

/** What a column needs so that no word of its head, no number and no usual id or word is broken. */
function leastOf(paper: Paper, column: Column, at: number, rows: readonly (readonly Cell[])[]): number {
  const texts = rows.map((row) => cellText(row[at] ?? null, column));
  const parts = column.type === 'number' || column.type === 'id' ? texts : texts.flatMap((text) => text.split(BREAKS));
  const widths = [...new Set(parts)].map((part) => paper.width(part, CELL));
  const kept = widths.filter((width) => width <= WHOLE[column.type]);
  return 0.5 + [...column.label.split(' ').map((word) => paper.width(word, HEAD)), ...kept].reduce(widest, 0);
}

const widest = (a: number, b: number): number => Math.max(a, b);

/** The page's width by weight, but to each at least what it needs; by weight alone where that is more than there is. */
function share(weights: readonly number[], least: readonly number[]): number[] {
  const kept = new Set<number>();
  for (;;) {
    const room = PRINT_WIDTH - [...kept].reduce((sum, at) => sum + (least[at] ?? 0), 0);
    const total = weights.reduce((sum, weight, at) => sum + (kept.has(at) ? 0 : weight), 0);
    const widths = weights.map((weight, at) => (kept.has(at) ? (least[at] ?? 0) : (room * weight) / total));
    const short = widths.flatMap((width, at) => (width < (least[at] ?? 0) ? [at] : []));
    if (short.length === 0) return widths;
    for (const at of short) kept.add(at);
    if (kept.size === weights.length) {
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => (PRINT_WIDTH * weight) / all);
    }
  }
}

function drawHead(paper: Paper, placed: readonly Placed[]): void {
  const cells = placed.map(({ column, width, pad }) => paper.broken(column.label, width - pad - PAD, HEAD));
  const height = heightOf(paper, cells);
  paper.need(height + 20);
  drawRow(paper, placed, cells, HEAD);
  paper.y += height;
  line(paper, PALETTE.ink, 0.8);
}

function drawRow(
  paper: Paper,
  placed: readonly Placed[],
  cells: readonly (readonly string[])[],
  style: TextStyle,
): void {
  placed.forEach(({ column, x, width, pad }, at) => {
    (cells[at] ?? []).forEach((text, number) => {
      const left = column.type === 'number' ? width - PAD - paper.width(text, style) : pad;
      paper.line(text, x + left, paper.y + PAD - 0.5 + number * paper.lineHeight(style), style);
    });
  });
}

const heightOf = (paper: Paper, cells: readonly (readonly string[])[]): number =>
  Math.max(1, ...cells.map((lines) => lines.length)) * paper.lineHeight(CELL) + 2 * PAD - 1;

function line(paper: Paper, colour: string, thickness: number): void {
  paper.doc
    .moveTo(MARGIN, paper.y)
    .lineTo(MARGIN + PRINT_WIDTH, paper.y)
    .lineWidth(thickness)
    .stroke(colour);
}
