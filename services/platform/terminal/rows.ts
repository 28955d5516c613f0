// One choice of formats for every command that prints rows: a table for people, NDJSON and CSV for programs.

import { type Command, Option } from 'commander';
import { csvLines } from './csv.js';
import { ndjsonLines } from './ndjson.js';
import type { Style } from './style.js';
import { type Column, tableLines } from './table.js';

export const rowFormats = ['table', 'ndjson', 'csv'] as const;
export type RowFormat = (typeof rowFormats)[number];

export interface RowLayout<Row> {
  /** Of the formats for programs, in order. */
  readonly fields: readonly (keyof Row & string)[];
  /** Of the table. */
  readonly columns: readonly Column<Row>[];
}

export function addFormatOption(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'default: table on a terminal, ndjson elsewhere').choices(rowFormats),
  );
}

export function formatRows<Row extends object>(
  layout: RowLayout<Row>,
  rows: readonly Row[],
  format: RowFormat | undefined,
  style: Style,
): Iterable<string> {
  const chosen = format ?? (style.isTerminal ? 'table' : 'ndjson');
  if (chosen === 'ndjson') return ndjsonLines(layout.fields, rows);
  if (chosen === 'csv') return csvLines(layout.fields, rows);
  return tableLines(layout.columns, rows, style);
}
