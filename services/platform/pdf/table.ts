// A table on paper: columns by weight, cells broken to fit, the head again on every page.

import { PALETTE } from '../../core/reporting/chart/scene.js';
import { type Column, pageRows, type Table } from '../../core/reporting/report.js';
import { cellText } from '../../core/reporting/words.js';
import { MARGIN, type Paper, PRINT_WIDTH, type TextStyle } from './paper.js';

const CELL: TextStyle = { weight: 'plain', size: 7.2, colour: PALETTE.ink };
const HEAD: TextStyle = { ...CELL, weight: 'bold' };
const NOTE: TextStyle = { ...CELL, size: 8.2, colour: PALETTE.muted };
const PAD = 3.5;

interface Placed {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
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
    const cells = placed.map(({ column, width }, at) =>
      paper.broken(cellText(row[at] ?? null, column), width - 2 * PAD, CELL),
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
  return columns.map((column) => {
    const width = (PRINT_WIDTH * (column.weight ?? 1)) / total;
    const here = { column, x, width };
    x += width;
    return here;
  });
}

function drawHead(paper: Paper, placed: readonly Placed[]): void {
  const cells = placed.map(({ column, width }) => paper.broken(column.label, width - 2 * PAD, HEAD));
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
  placed.forEach(({ column, x, width }, at) => {
    (cells[at] ?? []).forEach((text, number) => {
      const left = column.type === 'number' ? width - PAD - paper.width(text, style) : PAD;
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
