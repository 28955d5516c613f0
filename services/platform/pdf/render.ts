// A report as a PDF: the same blocks in the same order as the page in HTML, and the same charts, drawn shape by shape.

import { PALETTE, type Scene, type Shape } from '../../core/reporting/chart/scene.js';
import type { Block, Figure, Report } from '../../core/reporting/report.js';
import { count, period } from '../../core/reporting/words.js';
import { MARGIN, Paper, PRINT_WIDTH, type TextStyle } from './paper.js';
import { drawTable } from './table.js';

const { ink, muted, accent, main, grid, band } = PALETTE;
const BODY: TextStyle = { weight: 'plain', size: 9.2, colour: ink };
const SMALL: TextStyle = { weight: 'plain', size: 7.4, colour: muted };
const HEADING: TextStyle = { weight: 'bold', size: 12.5, colour: ink };
const CAPTION: TextStyle = { weight: 'bold', size: 9.2, colour: ink };
const GAP = 8;

export async function renderPdf(report: Report): Promise<Buffer> {
  const { title, subject, from, to, data_digest, keyhole_version: version } = report;
  const paper = new Paper({
    title: `${title}: ${subject}`,
    dateMs: Date.parse(to),
    foot: `Keyhole ${version} · ${report.kind} · ${period(from, to)} · sha256 ${data_digest.slice(0, 24)}…`,
  });
  drawHead(paper, report);
  for (const { heading, blocks } of report.sections) {
    paper.need(45 + beginning(blocks[0]));
    paper.y += GAP * 1.5;
    paper.paragraph(heading, HEADING);
    rule(paper, ink, 1);
    for (const block of blocks) drawBlock(paper, block);
  }
  drawSeal(paper, report);
  return paper.end();
}

function drawHead(paper: Paper, { kind, title, subject, from, to, summary }: Report): void {
  paper.paragraph(`KEYHOLE · ${kind.toUpperCase()} REPORT`, SMALL);
  paper.y += 3;
  paper.paragraph(title, { weight: 'bold', size: 21, colour: ink });
  paper.paragraph(subject, { weight: 'bold', size: 12, colour: accent });
  paper.paragraph(period(from, to), { ...BODY, colour: muted });
  paper.y += GAP;
  const indent = 14;
  const lines = summary.map((sentence) => paper.broken(sentence, PRINT_WIDTH - 2 * indent, BODY));
  const height = lines.reduce((sum, one) => sum + one.length * paper.lineHeight(BODY) + 4, 12);
  if (height < paper.room) {
    paper.doc.rect(MARGIN, paper.y, PRINT_WIDTH, height).fill(band);
    paper.doc.rect(MARGIN, paper.y, 3, height).fill(main);
  }
  paper.y += 8;
  for (const sentence of lines) {
    for (const line of sentence) {
      paper.need(paper.lineHeight(BODY));
      paper.line(line, MARGIN + indent, paper.y, BODY);
      paper.y += paper.lineHeight(BODY);
    }
    paper.y += 4;
  }
  paper.y += 2;
}

function drawBlock(paper: Paper, block: Block): void {
  paper.y += block.kind === 'table' || block.kind === 'chart' ? GAP * 1.5 : GAP * 0.75;
  switch (block.kind) {
    case 'text':
      paper.paragraph(block.text, BODY);
      return;
    case 'list':
      for (const item of block.items) {
        paper.need(2 * paper.lineHeight(BODY));
        paper.line('•', MARGIN + 2, paper.y, BODY);
        paper.paragraph(item, BODY, 13);
        paper.y += 2.5;
      }
      return;
    case 'figures':
      drawFigures(paper, block.items);
      return;
    case 'chart':
      drawScene(paper, block.scene);
      return;
    case 'table':
      drawTable(paper, block, CAPTION);
      return;
  }
}

/** Room that a block needs to begin, so that no heading stands alone at the foot of a page. */
function beginning(block: Block | undefined): number {
  if (block?.kind === 'chart') return block.scene.height + 50;
  if (block?.kind === 'figures') return Math.min(TOGETHER, Math.ceil(block.items.length / TILES) * 58);
  return block?.kind === 'table' ? 90 : 45;
}

const TILES = 4;
const TOGETHER = 240;

interface Tile {
  readonly value: string;
  readonly lines: readonly string[];
}

function drawFigures(paper: Paper, items: readonly Figure[]): void {
  const width = (PRINT_WIDTH - (TILES - 1) * GAP) / TILES;
  const tiles = items.map(
    ({ label, value, unit, note }): Tile => ({
      value: `${value === null ? '–' : typeof value === 'number' ? count(value) : value}${unit === undefined ? '' : ` ${unit}`}`,
      lines: [label, ...(note === undefined ? [] : [note])].flatMap((text) => paper.broken(text, width - 14, SMALL)),
    }),
  );
  const rows = Array.from({ length: Math.ceil(tiles.length / TILES) }, (_, at) =>
    tiles.slice(at * TILES, (at + 1) * TILES),
  );
  const heightOf = (row: readonly Tile[]): number =>
    26 + Math.max(...row.map(({ lines }) => lines.length)) * paper.lineHeight(SMALL) + 5;
  // Together on a page, where they are not more than a third of one.
  paper.need(
    Math.min(
      TOGETHER,
      rows.reduce((sum, row) => sum + heightOf(row) + GAP, 0),
    ),
  );
  for (const row of rows) {
    const height = heightOf(row);
    paper.need(height);
    row.forEach(({ value, lines }, column) => {
      const x = MARGIN + column * (width + GAP);
      paper.doc.rect(x, paper.y, width, height).lineWidth(0.5).stroke(grid);
      paper.doc.rect(x, paper.y, width, 2.2).fill(accent);
      const size = paper.width(paper.drawn(value), { weight: 'bold', size: 13, colour: ink }) > width - 14 ? 8 : 13;
      const [shown = ''] = paper.broken(value, width - 14, { weight: 'bold', size, colour: ink });
      paper.line(shown, x + 7, paper.y + 8, { weight: 'bold', size, colour: ink });
      lines.forEach((line, number) => {
        paper.line(line, x + 7, paper.y + 26 + number * paper.lineHeight(SMALL), SMALL);
      });
    });
    paper.y += height + GAP;
  }
}

function drawScene(paper: Paper, { title, height, legend, shapes }: Scene): void {
  paper.need(height + 34);
  paper.paragraph(title, CAPTION);
  paper.y += 4;
  for (const shape of shapes) drawShape(paper, shape);
  paper.y += height + 2;
  let x = MARGIN;
  for (const { name, role } of legend) {
    paper.doc.rect(x, paper.y + 1.5, 6, 6).fillAndStroke(PALETTE[role], grid);
    paper.line(paper.drawn(name), x + 9, paper.y, SMALL);
    x += 9 + paper.width(name, SMALL) + 14;
  }
  if (legend.length > 0) paper.y += paper.lineHeight(SMALL);
}

function drawShape(paper: Paper, shape: Shape): void {
  const { doc, y } = paper;
  const colour = PALETTE[shape.role];
  switch (shape.shape) {
    case 'rect':
      doc.rect(MARGIN + shape.x, y + shape.y, shape.width, shape.height).fill(colour);
      return;
    case 'line':
      doc
        .moveTo(MARGIN + shape.x1, y + shape.y1)
        .lineTo(MARGIN + shape.x2, y + shape.y2)
        .lineWidth(0.5)
        .stroke(colour);
      return;
    case 'dot':
      doc.circle(MARGIN + shape.x, y + shape.y, shape.radius).fill(colour);
      return;
    case 'text': {
      const style: TextStyle = { weight: 'plain', size: shape.size, colour };
      const text = paper.drawn(shape.text);
      const wide = paper.width(text, style);
      const left = shape.anchor === 'start' ? 0 : shape.anchor === 'middle' ? wide / 2 : wide;
      // The library puts a line's top at y; the font's ascent is 0.93 of its size.
      paper.line(text, MARGIN + shape.x - left, y + shape.y - shape.size * 0.93, style);
    }
  }
}

function rule(paper: Paper, colour: string, thickness: number): void {
  paper.y += 2;
  paper.doc
    .moveTo(MARGIN, paper.y)
    .lineTo(MARGIN + PRINT_WIDTH, paper.y)
    .lineWidth(thickness)
    .stroke(colour);
  paper.y += 2;
}

function drawSeal(paper: Paper, { from, to, data_digest, keyhole_version }: Report): void {
  paper.need(70);
  paper.y += GAP * 2;
  rule(paper, grid, 0.5);
  paper.paragraph(`Range: ${from} to ${to}, the end not included (UTC)`, SMALL);
  paper.paragraph(`Data digest: sha256 ${data_digest}`, SMALL);
  paper.paragraph(`Version: Keyhole ${keyhole_version}`, SMALL);
  paper.paragraph('The same data give the same bytes; the digest is printed in every format of this report.', SMALL);
}
