// How figures, times and strangers' names are written on a page. A name is somebody else's text, perhaps an offender's: what would
// change the page around it (controls, direction marks, invisible characters, sheer length) is shown as what it is.

import type { Cell, Column } from './report.js';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u115F\u1160\u3164\uFFA0]|\u034F/gu;

export const codePoint = (char: string): string =>
  `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** As it may stand on a page: nothing unseen, and of `most` characters the beginning with a word about the rest. */
export function visible(text: string, most = 2_000): string {
  const characters = text.length > most ? [...text] : null;
  const kept = characters !== null && characters.length > most ? characters.slice(0, most).join('') : text;
  const shown = kept.replace(UNSEEN, codePoint);
  return kept === text ? shown : `${shown}… (${count(characters?.length ?? 0)} characters)`;
}

export const count = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en-US') : decimal(value);

/** Three digits that tell: 0.012, 1.25, 12.3, 1,234. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 5;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${decimal((100 * part) / whole)} %`;

/** '2026-03-01T09:30:00.000Z' → '2026-03-01 09:30'. */
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

export const day = (iso: string): string => iso.slice(0, 10);

/** '2026-03-01 to 2026-03-31', the end included, where both are midnights; else to the minute. */
export function period(from: string, to: string): string {
  const midnight = 'T00:00:00.000Z';
  if (!from.endsWith(midnight) || !to.endsWith(midnight)) return `${minute(from)} to ${minute(to)} UTC`;
  const last = day(new Date(Date.parse(to) - 1).toISOString());
  return last === day(from) ? day(from) : `${day(from)} to ${last}`;
}

/** For labels in charts. */
export function short(text: string, most: number): string {
  const characters = [...visible(text)];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

export function listed(items: readonly string[], most = 4): string {
  if (items.length <= 1) return items[0] ?? 'none';
  const shown = items.length <= most ? items : [...items.slice(0, most - 1), `${items.length - most + 1} more`];
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** A cell as a page prints it. */
export function cellText(cell: Cell, column: Column): string {
  if (cell === null || cell === '') return '–';
  if (typeof cell === 'number') return count(cell);
  if (column.type === 'time') return minute(cell);
  return visible(cell, 300);
}
