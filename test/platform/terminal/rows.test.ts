import { formatRows, type RowLayout } from '../../../services/platform/terminal/rows.js';
import { createStyle } from '../../../services/platform/terminal/style.js';

interface Row {
  readonly id: string;
  readonly score: number;
  readonly ids: readonly string[];
  readonly words: string | null;
}

const layout: RowLayout<Row> = {
  fields: ['id', 'score', 'ids', 'words'],
  columns: [
    {
      title: 'SCORE',
      align: 'right',
      cell: (row) => row.score.toFixed(1),
      paint: (text, _row, style) => style.red(text),
    },
    { title: 'ID', cell: (row) => row.id },
    { title: 'WORDS', cell: (row) => row.words ?? '' },
  ],
};
const rows: Row[] = [
  { id: 'a', score: 97.5, ids: ['x', 'y'], words: 'read "many", and more' },
  { id: 'long-id', score: -3, ids: [], words: null },
];
const pipe = createStyle({}, {});
const terminal = createStyle({ isTTY: true, columns: 40 }, {});
const print = (format: 'table' | 'ndjson' | 'csv' | undefined, given = rows, style = pipe) =>
  [...formatRows(layout, given, format, style)].join('');

describe('rows', () => {
  test('as NDJSON are one object a line, fields in order', () => {
    expect(print('ndjson')).toBe(
      '{"id":"a","score":97.5,"ids":["x","y"],"words":"read \\"many\\", and more"}\n' +
        '{"id":"long-id","score":-3,"ids":[],"words":null}\n',
    );
  });

  test('as CSV have a header, quotes doubled, lists separated by spaces', () => {
    expect(print('csv')).toBe('id,score,ids,words\na,97.5,x y,"read ""many"", and more"\nlong-id,-3,,\n');
  });

  test('as CSV of no rows are the header', () => {
    expect(print('csv', [])).toBe('id,score,ids,words\n');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('as CSV make %p text, not a formula', (words) => {
    const line = print('csv', [{ id: 'a', score: 1, ids: [words], words }]).slice('id,score,ids,words\n'.length);
    const [, , ids, cell] = line.trimEnd().replaceAll('"', '').split(',');
    expect(cell).toBe(`'${words}`.trimEnd());
    expect(ids).toBe(`'${words}`);
  });

  test('as a table are aligned and, away from a terminal, neither cut nor coloured', () => {
    expect(print('table')).toBe('SCORE  ID       WORDS\n 97.5  a        read "many", and more\n -3.0  long-id\n');
  });

  test('as a table on a terminal are coloured and cut to its width', () => {
    const wordy = rows.map((row) => ({ ...row, words: 'w'.repeat(90) }));
    const lines = print(undefined, wordy, terminal).split('\n');
    expect(lines[1]).toContain('\u001b[31m 97.5\u001b[39m');
    expect(lines[1]).toMatch(/ {2}w{23}…$/);
  });

  test('on a terminal under NO_COLOR stay plain', () => {
    expect(print('table', rows, createStyle({ isTTY: true, columns: 80 }, { NO_COLOR: '1' }))).not.toContain('\u001b');
  });

  test('in a table cannot send control sequences to the terminal', () => {
    expect(print('table', [{ id: '\u001b[2J\u202Eevil', score: 1, ids: [], words: '' }])).toContain('·[2J·evil');
  });

  test('with wide characters keep their columns', () => {
    const lines = print('table', [
      { id: '东京', score: 1, ids: [], words: 'x' },
      { id: 'abcd', score: 1, ids: [], words: 'x' },
    ]).split('\n');
    expect(lines[1]).toBe('  1.0  东京  x');
    expect(lines[2]).toBe('  1.0  abcd  x');
  });

  test('without a format are a table on a terminal and NDJSON elsewhere', () => {
    expect(print(undefined, rows, pipe)).toBe(print('ndjson'));
    expect(print(undefined, rows, terminal)).toBe(print('table', rows, terminal));
  });
});
