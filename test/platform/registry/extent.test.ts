import { type Schema, Type } from 'avsc';
import fc from 'fast-check';
import { FEEDS } from '../../../services/core/feeds/records.js';
import { readerType } from '../../../services/platform/registry/avro-types.js';
import { extentOf } from '../../../services/platform/registry/extent.js';

const TREE: Schema = {
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'text', type: 'string' },
    { name: 'flag', type: 'boolean' },
    { name: 'number', type: 'int' },
    { name: 'real', type: 'double' },
    { name: 'small', type: 'float' },
    { name: 'raw', type: 'bytes' },
    { name: 'mark', type: { type: 'enum', name: 'Mark', symbols: ['A', 'B'] } },
    { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 5 } },
    { name: 'map', type: { type: 'map', values: 'long' } },
    { name: 'children', type: { type: 'array', items: 'Tree' } },
    { name: 'next', type: ['null', 'Tree'], default: null },
  ],
};
const LEAF = {
  text: 'é',
  flag: true,
  number: -1,
  real: 0.5,
  small: 1,
  raw: Buffer.from([1, 2]),
  mark: 'B',
  hash: Buffer.alloc(5),
  map: { a: 1, b: -(2 ** 40) },
  children: [],
  next: null,
};

describe('the extent of an Avro value', () => {
  const type = Type.forSchema(TREE, { wrapUnions: false });
  const value = { ...LEAF, children: [LEAF, { ...LEAF, children: [LEAF] }], next: LEAF };
  const bytes = type.toBuffer(value);

  test('is what was written, of every kind of type', () => {
    expect(extentOf(type)(Buffer.concat([Buffer.from([9]), bytes, Buffer.from([9])]), 1)).toBe(bytes.length + 1);
  });

  test('does not exist for any value that is cut off', () => {
    const extent = extentOf(type);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(extent(bytes.subarray(0, length), 0)).toMatchObject({ reason: 'truncated' });
    }
  });

  test.each<[string, Schema, number[], string]>([
    ['a negative length', 'string', [1], 'not_avro'],
    ['a length beyond the end', 'string', [10, 65], 'truncated'],
    ['a length of 2^62', 'bytes', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 'truncated'],
    ['a number of eleven bytes', 'long', Array.from({ length: 11 }, () => 0x80), 'not_avro'],
    ['a branch that is none', ['null', 'string'], [4], 'not_avro'],
    ['a negative branch', ['null', 'string'], [1], 'not_avro'],
    ['a symbol that is none', { type: 'enum', name: 'E', symbols: ['A'] }, [2], 'not_avro'],
    ['a count of four billion nulls', { type: 'array', items: 'null' }, [0x80, 0x80, 0x80, 0x80, 0x20], 'truncated'],
    ['a count of four billion texts', { type: 'array', items: 'string' }, [0x80, 0x80, 0x80, 0x80, 0x20], 'truncated'],
    ['a block shorter than it says', { type: 'array', items: 'boolean' }, [1, 4, 1, 0], 'not_avro'],
    ['a block of negative length', { type: 'array', items: 'boolean' }, [1, 3, 1, 0], 'not_avro'],
  ])('does not exist for %s', (_what, schema, payload, reason) => {
    expect(extentOf(Type.forSchema(schema, { wrapUnions: false }))(Buffer.from(payload), 0)).toMatchObject({ reason });
  });

  test('takes blocks that say how long they are', () => {
    const array = Type.forSchema({ type: 'array', items: 'boolean' });
    expect(extentOf(array)(Buffer.from([3, 4, 1, 0, 0]), 0)).toBe(5);
  });

  test('a value nested a hundred thousand times is refused, not a crash', () => {
    const list = Type.forSchema({
      type: 'record',
      name: 'List',
      fields: [{ name: 'next', type: ['null', 'List'], default: null }],
    });
    expect(extentOf(list)(Buffer.alloc(500_000, 2), 0)).toMatchObject({ reason: 'not_avro' });
  });

  test('whatever passes for a feed is decoded without an exception, but for longs that are too long', () => {
    const noise = fc.uint8Array({ maxLength: 60 }).map((numbers) => Buffer.from(numbers));
    fc.assert(
      fc.property(fc.constantFrom(...FEEDS), noise, (feed, payload) => {
        const reader = readerType(feed);
        const end = extentOf(reader)(payload, 0);
        if (typeof end !== 'number') return;
        try {
          expect(reader.decode(payload, 0).offset).toBe(end);
        } catch (error) {
          expect(String(error)).toContain('precision loss');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
