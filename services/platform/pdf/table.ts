// A table on paper: columns by weight, cells broken to fit, the head again on every page.

import { PALETTE } from '../../core/reporting/chart/scene.js';
import { type Column, pageRows, type Table } from '../../core/reporting/report.js';
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
  const placed = place(table.columns);
  const { rows, rest } = pageRows(table);
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

function place(columns: readonly Column[]): Placed[] {
  const total = columns.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let x = MARGIN;
  return columns.map((column, at) => {
    const width = (PRINT_WIDTH * (column.weight ?? 1)) / total;
    const pad = columns[at - 1]?.type === 'number' && column.type !== 'number' ? PAD_AFTER_NUMBER : PAD;
    const here = { column, x, width, pad };
    x += width;
    return here;
  });
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
