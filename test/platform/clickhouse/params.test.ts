import { bindArrays } from '../../../services/platform/clickhouse/params.js';

describe('bindArrays', () => {
  test.each([
    [
      'strings',
      'Array(String)',
      ["it's", 'a\\b', ''],
      "CAST('[\\'it\\\\\\'s\\',\\'a\\\\\\\\b\\',\\'\\']', 'Array(String)')",
    ],
    [
      'wide integers given as text',
      'Array(UInt128)',
      ['340282366920938463463374607431768211455', 7n],
      "CAST('[340282366920938463463374607431768211455,7]', 'Array(UInt128)')",
    ],
    ['days', 'Array(Date)', ['2026-03-01'], "CAST('[\\'2026-03-01\\']', 'Array(Date)')"],
    [
      'tuples',
      'Array(Tuple(Date, String))',
      [['2026-03-01', 'emp-1']],
      "CAST('[(\\'2026-03-01\\',\\'emp-1\\')]', 'Array(Tuple(Date, String))')",
    ],
    [
      'named tuples',
      'Array(Tuple(day Date, n UInt8))',
      [['2026-03-01', 3]],
      "CAST('[(\\'2026-03-01\\',3)]', 'Array(Tuple(day Date, n UInt8))')",
    ],
    [
      'arrays in tuples',
      'Array(Tuple(String, Array(UInt8)))',
      [['a', [1, 2]]],
      "CAST('[(\\'a\\',[1,2])]', 'Array(Tuple(String, Array(UInt8)))')",
    ],
    ['nulls', 'Array(Nullable(String))', [null, 'a'], "CAST('[NULL,\\'a\\']', 'Array(Nullable(String))')"],
    ['no elements', 'Array(String)', [], "CAST('[]', 'Array(String)')"],
  ])('puts %s into the statement as text of their type', (_what, type, value, expected) => {
    expect(bindArrays(`SELECT {x:${type}}`, { x: value }).sql).toBe(`SELECT ${expected}`);
  });

  test('leaves scalars to the server', () => {
    expect(bindArrays('SELECT {a:String}, {b:Array(UInt8)}', { a: 'x', b: [1] })).toEqual({
      sql: "SELECT {a:String}, CAST('[1]', 'Array(UInt8)')",
      params: { a: 'x' },
    });
  });

  test('does not look for parameters inside an element', () => {
    const { sql } = bindArrays('SELECT {a:Array(String)}', { a: ['{b:Array(String)}'], b: ['secret'] });
    expect(sql).not.toContain('secret');
  });
});
