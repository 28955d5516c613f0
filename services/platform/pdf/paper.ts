// Paper: A4 pages, a cursor that moves down and turns the page, and text that is measured, broken and shown as what it is. The only
// file that knows the PDF library. What the embedded font cannot draw is written as its code point, so that nobody reads a gap.
// The library's clock is replaced by a given time, and its file id follows from that and the title: equal input, equal bytes.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import PDFDocument from 'pdfkit';
import { codePoint, visible } from '../../core/reporting/words.js';

const fontFolder = join(dirname(createRequire(__filename).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const FONTS = { plain: 'DejaVuSansCondensed.ttf', bold: 'DejaVuSansCondensed-Bold.ttf' } as const;
export type Weight = keyof typeof FONTS;

export interface TextStyle {
  readonly weight: Weight;
  readonly size: number;
  readonly colour: string;
}

export const MARGIN = 47.5;
const A4 = { width: 595.28, height: 841.89 };
/** Of what is printed, in points. */
export const PRINT_WIDTH = 500;
const FOOT = 36;
const LEADING = 1.32;

interface PaperOptions {
  readonly title: string;
  /** stands for the time of making in the file's properties */
  readonly dateMs: number;
  /** printed under every page, before `page n of m` */
  readonly foot: string;
}

/** The font that the library has chosen; its types leave it out. */
interface WithFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(code: number): boolean } };
}

export class Paper {
  readonly doc: PDFKit.PDFDocument;
  y = MARGIN;
  private readonly widths = new Map<string, number>();
  private readonly drawable = new Map<string, string>();

  constructor(private readonly options: PaperOptions) {
    const date = new Date(options.dateMs);
    this.doc = new PDFDocument({
      size: [A4.width, A4.height],
      margin: 0,
      bufferPages: true,
      lang: 'en',
      displayTitle: true,
      info: {
        Title: this.drawn(options.title),
        Producer: 'Keyhole',
        Creator: 'Keyhole',
        CreationDate: date,
        ModDate: date,
      },
    });
    for (const [name, file] of Object.entries(FONTS)) this.doc.registerFont(name, join(fontFolder, file));
    this.doc.font('plain');
  }

  get room(): number {
    return A4.height - MARGIN - FOOT - this.y;
  }

  /** Turns the page unless so much room is left; says whether it did. */
  need(height: number): boolean {
    if (this.room >= height) return false;
    this.doc.addPage();
    this.y = MARGIN;
    return true;
  }

  lineHeight = (style: TextStyle): number => style.size * LEADING;

  /** One line as it is, its baseline-free top at y. */
  line(text: string, x: number, y: number, style: TextStyle): void {
    if (text === '') return;
    this.doc.font(style.weight).fontSize(style.size).fillColor(style.colour);
    let at = x;
    for (const token of visualOrder(text)) {
      if (token !== ' ') this.doc.text(token, at, y, { lineBreak: false });
      at += this.width(token, style);
    }
  }

  /** A paragraph at the cursor, over as many pages as it takes. */
  paragraph(text: string, style: TextStyle, indent = 0): void {
    for (const line of this.broken(text, PRINT_WIDTH - indent, style)) {
      this.need(this.lineHeight(style));
      this.line(line, MARGIN + indent, this.y, style);
      this.y += this.lineHeight(style);
    }
  }

  /** Lines no wider than the width: between words where words fit, else within them. */
  broken(text: string, width: number, style: TextStyle): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of this.drawn(text).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.width(longer, style) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = '';
      for (const piece of this.width(word, style) <= width
        ? [word]
        : pieces(word, (part) => this.width(part, style) <= width)) {
        if (line !== '') lines.push(line);
        line = piece;
      }
    }
    return line === '' ? lines : [...lines, line];
  }

  width(text: string, { weight, size }: TextStyle): number {
    this.doc.font(weight).fontSize(size);
    return visualOrder(text).reduce((sum, token) => sum + this.widthOf(token, weight, size), 0);
  }

  private widthOf(text: string, weight: Weight, size: number): number {
    let sum = 0;
    text.split(' ').forEach((word, at) => {
      const key = `${weight} ${word}`;
      let unit = this.widths.get(key);
      if (unit === undefined) {
        unit = this.doc.widthOfString(word) / size;
        this.widths.set(key, unit);
      }
      sum += unit * size + (at === 0 ? 0 : this.doc.widthOfString(' '));
    });
    return sum;
  }

  /** As the font can draw it. Both weights hold the same characters. */
  drawn(text: string): string {
    const known = this.drawable.get(text);
    if (known !== undefined) return known;
    const { font } = (this.doc as (PDFKit.PDFDocument & Partial<WithFont>) | undefined)?._font ?? {};
    const shown = [...visible(text)]
      .map((char) => (font?.hasGlyphForCodePoint(char.codePointAt(0) ?? 0) === false ? codePoint(char) : char))
      .join('');
    if (this.doc !== undefined) this.drawable.set(text, shown);
    return shown;
  }

  /** The whole file. Nothing can be drawn after it. */
  async end(): Promise<Buffer> {
    const { count, start } = this.doc.bufferedPageRange();
    for (let at = 0; at < count; at++) {
      this.doc.switchToPage(start + at);
      const style: TextStyle = { weight: 'plain', size: 6.8, colour: '#5d6b79' };
      const number = `page ${at + 1} of ${count}`;
      this.line(this.drawn(this.options.foot), MARGIN, A4.height - FOOT, style);
      this.line(number, MARGIN + PRINT_WIDTH - this.width(number, style), A4.height - FOOT, style);
    }
    const chunks: Buffer[] = [];
    const done = new Promise<void>((resolve, reject) =>
      this.doc
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', resolve)
        .on('error', reject),
    );
    this.doc.end();
    await done;
    return Buffer.concat(chunks);
  }
}

const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]+(?: +[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]+)*/gu;

/** A line from left to right: words of right-to-left letters each alone and last first, everything else as it is. The library shapes a word, and knows no order of words. */
function visualOrder(text: string): string[] {
  const tokens: string[] = [];
  let last = 0;
  for (const { 0: run, index } of text.matchAll(RIGHT_TO_LEFT)) {
    if (index > last) tokens.push(text.slice(last, index));
    const words = run.split(/ +/).reverse();
    tokens.push(...words.flatMap((word, at) => (at === 0 ? [word] : [' ', word])));
    last = index + run.length;
  }
  return last === 0 ? [text] : last < text.length ? [...tokens, text.slice(last)] : tokens;
}

/** After these a name may be broken without a reader stumbling. */
const SEAMS = /[_./:-]/;

function pieces(word: string, fits: (part: string) => boolean): string[] {
  const all: string[] = [];
  let part = '';
  let seam = 0;
  for (const char of word) {
    if (part !== '' && !fits(part + char)) {
      const at = seam > 0 ? seam : part.length;
      all.push(part.slice(0, at));
      part = part.slice(at);
      seam = 0;
    }
    part += char;
    if (SEAMS.test(char)) seam = part.length;
  }
  return part === '' ? all : [...all, part];
}
