// Holds every number of a report against plain SQL over the views: each figure, each cell, each point of a chart, each sentence with a
// digit in it. A number that no SQL was written for is a fault, so that a report cannot gain one that nobody compares.

import type { Scene } from '../../../services/core/reporting/chart/scene.js';
import { type Block, type Cell, figuresOf, type Report, tablesOf } from '../../../services/core/reporting/report.js';
import { count } from '../../../services/core/reporting/words.js';
import type { World } from './world.js';

export type Row = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly sql: string;
  /** what a column or a hint says of a row that SQL gave; other columns are as SQL gives them */
  readonly as?: Readonly<Record<string, (row: Row) => Cell>>;
}

/** What a report of one kind has to say, in SQL that was written for this test. */
export interface Book {
  /** figure → what it has to be */
  readonly figures: Readonly<Record<string, Group>>;
  /** table → SQL of all its rows, with its columns' names; texts in a column that is left out are taken as sentences */
  readonly tables: Readonly<Record<string, string | Asked>>;
  /** beginning of a chart's title → SQL of rows, and the hint that each leaves */
  readonly charts: Readonly<Record<string, { readonly sql: string; readonly hints: (row: Row) => string[] }>>;
  /** a sentence, and for each group in it what it has to say; the first that fits counts. Sentences without a digit need none. */
  readonly sentences: readonly (readonly [sentence: RegExp, ...groups: readonly Group[]])[];
}

/** SQL of one `n`, a number as pages write it or a text; or what is said of all rows. */
export type Group = string | { readonly sql: string; readonly say: (rows: readonly Row[]) => string };

const DIGIT = /\d/;
const ISO = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d{3})Z$/;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/** One text for what is one value: 3, '3' and 3.0; a time as data and as the database write it. */
function plain(value: unknown): string {
  const text = value === null || value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  return NUMBER.test(text) ? String(Number(text)) : text.replace(ISO, '$1 $2');
}

/** The answer of a question that may have been asked before. */
type Ask = (sql: string) => Promise<Row[]>;

/** What differs between the report and its book, one line each; none where every number is right. */
export async function differences(world: World, report: Report, book: Book): Promise<string[]> {
  const found: string[] = [];
  const answers = new Map<string, Promise<Row[]>>();
  const ask: Ask = (sql) => {
    const known = answers.get(sql) ?? world.ch.query<Row>(sql);
    answers.set(sql, known);
    return known;
  };
  const differ = (what: string, shown: unknown, asked: unknown): void => {
    if (JSON.stringify(shown) !== JSON.stringify(asked))
      found.push(`${what}: shown ${JSON.stringify(shown)}, asked ${JSON.stringify(asked)}`);
  };
  for (const { name, value } of figuresOf(report)) {
    const asked = book.figures[name];
    if (asked === undefined) found.push(`figure ${name}: no SQL`);
    else differ(`figure ${name}`, plain(value), plain(await answer(ask, asked, plain)));
  }
  const sentences = sentencesOf(report);
  for (const table of tablesOf(report)) {
    const asked = book.tables[table.name];
    const rows = asked === undefined ? [] : await askRows(ask, typeof asked === 'string' ? { sql: asked } : asked);
    const columns = table.columns.map(({ name }) => name);
    const given = columns.filter((name) => name in (rows[0] ?? {}));
    columns.forEach((name, at) => {
      const cells = given.includes(name) ? [] : table.rows.map((row) => row[at] ?? '');
      if (cells.some((cell) => typeof cell === 'number')) found.push(`table ${table.name}, column ${name}: no SQL`);
      else sentences.push(...cells.map(String));
    });
    const line = (cell: (name: string) => unknown): string => given.map((name) => plain(cell(name))).join(' | ');
    const shown = table.rows.map((row) => line((name) => row[columns.indexOf(name)]));
    if (asked !== undefined)
      differ(`table ${table.name}`, shown.sort(), rows.map((row) => line((name) => row[name])).sort());
  }
  for (const scene of blocksOf(report).flatMap((block) => (block.kind === 'chart' ? [block.scene] : []))) {
    const asked = Object.entries(book.charts).find(([title]) => scene.title.startsWith(title))?.[1];
    if (asked === undefined) found.push(`chart ${scene.title}: no SQL`);
    else
      differ(
        `chart ${scene.title}`,
        hintsOf(scene),
        [...new Set((await askRows(ask, asked)).flatMap(asked.hints))].sort(),
      );
  }
  for (const sentence of new Set(sentences)) await compareSentence(ask, book, sentence, differ, found);
  return found;
}

async function compareSentence(
  ask: Ask,
  book: Book,
  sentence: string,
  differ: (what: string, shown: unknown, asked: unknown) => void,
  found: string[],
): Promise<void> {
  if (!DIGIT.test(sentence)) return;
  const known = book.sentences.find(([pattern]) => pattern.test(sentence));
  if (known === undefined) {
    found.push(`sentence without SQL: ${sentence}`);
    return;
  }
  const [pattern, ...groups] = known;
  const [, ...said] = pattern.exec(sentence) ?? [];
  if (said.length !== groups.length) found.push(`${said.length} groups, ${groups.length} questions: ${sentence}`);
  for (const [at, group] of groups.entries()) {
    if (said[at] === undefined) continue;
    differ(`“${sentence}”, group ${at + 1}`, said[at], await answer(ask, group, written));
  }
}

const written = (value: unknown): string => (NUMBER.test(String(value)) ? count(Number(value)) : plain(value));

async function answer(ask: Ask, group: Group, as: (value: unknown) => string): Promise<string> {
  const rows = await ask(typeof group === 'string' ? group : group.sql);
  return typeof group === 'string' ? as(rows[0]?.['n'] ?? null) : group.say(rows);
}

async function askRows(ask: Ask, { sql, as = {} }: Asked): Promise<Row[]> {
  const rows = await ask(sql);
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(Object.entries(as).map(([name, say]) => [name, say(row)])),
  }));
}

const blocksOf = (report: Report): Block[] => report.sections.flatMap(({ blocks }) => [...blocks]);

const sentencesOf = (report: Report): string[] => [
  ...report.summary,
  ...blocksOf(report).flatMap((block) =>
    block.kind === 'text' ? [block.text] : block.kind === 'list' ? block.items : [],
  ),
];

const hintsOf = ({ shapes }: Scene): string[] =>
  [...new Set(shapes.flatMap((shape) => ('hint' in shape && shape.hint !== undefined ? [shape.hint] : [])))].sort();

/** The hint of a column in a chart of days, none for a day of nothing. */
export const dayHint =
  (upper: string, lower: string) =>
  (row: Row): string[] => [
    `${row['day']}: ${count(Number(row['upper']))} ${upper}, ${count(Number(row['lower'] ?? 0))} ${lower}`,
  ];
