// What a tripped breaker leaves of a run: everything before the broken records, to the record, and nothing behind.

import type { KeyholeError } from '../../services/core/errors.js';
import { createBacklog, type Part } from '../../services/scorer/backlog.js';
import { cutAt, guardBacklog } from '../../services/scorer/guard.js';
import { letter, type PartShape, part } from './support.js';

const LIMITS = { inARow: 5, window: 100, ratio: 0.5 };

/** `good` records, then `bad` dead letters, from an offset on. */
function mixed(first: number, good: number, bad: number, shape: PartShape = {}): Part {
  const { topic = 'access-log', partition = 0 } = shape;
  const letters = Array.from({ length: bad }, (_, i) => ({
    ...letter(String(first + good + i), topic),
    partition,
  }));
  return part({ ...shape, first, rows: good, letters });
}

async function takeAll(parts: readonly Part[]) {
  const backlog = createBacklog({ maxBytes: 1e9, maxRows: 1e6, lingerMs: 0, paceMs: 0 });
  const errors: KeyholeError[] = [];
  const guarded = guardBacklog(backlog, {
    limits: LIMITS,
    readStored: async () => [],
    tripped: (error) => errors.push(error),
  });
  for (const one of parts) guarded.add(one);
  guarded.end();
  const taken: Part[] = [];
  for (let run = await guarded.take(); run !== null; run = await guarded.take()) taken.push(...run);
  return { errors, ends: taken.map((one) => [one.topic, one.partition, one.firstOffset, one.nextOffset]), taken };
}

test('an honest run passes as it is', async () => {
  const parts = [mixed(0, 10, 2), mixed(12, 10, 0), mixed(0, 3, 1, { partition: 1 })];
  const { taken, errors } = await takeAll(parts);
  expect(errors).toEqual([]);
  expect(taken).toEqual(parts);
});

test('a run that turns bad is cut behind the last good record, and what follows is not handed out', async () => {
  const { ends, taken, errors } = await takeAll([mixed(0, 10, 0), mixed(10, 4, 50), mixed(64, 9, 0)]);
  expect(ends).toEqual([
    ['access-log', 0, '0', '10'],
    ['access-log', 0, '10', '14'],
  ]);
  expect(taken.flatMap(({ batch }) => batch.deadLetters)).toEqual([]);
  expect(taken.flatMap(({ batch }) => [...batch.records])).toHaveLength(14);
  expect(errors).toHaveLength(1);
});

test('partitions that end broken too are cut, each at its own last good record; other topics pass', async () => {
  const parts = [mixed(0, 6, 3, { partition: 1 }), mixed(0, 8, 0, { topic: 'employees' }), mixed(0, 2, 9)];
  const { ends } = await takeAll(parts);
  expect(ends).toEqual([
    ['access-log', 1, '0', '6'],
    ['employees', 0, '0', '8'],
    ['access-log', 0, '0', '2'],
  ]);
});

test('the error says where, why, what was kept and what to do, and quotes nothing', async () => {
  const { errors } = await takeAll([mixed(0, 0, 9)]);
  expect(errors[0]?.code).toBe('dead_letter_limit');
  for (const words of ['access-log/0, offset 4', '5 records in a row', 'not_avro', 'KEYHOLE_DEAD_LETTER_LIMIT=0'])
    expect(errors[0]?.message).toContain(words);
});

describe('a cut part', () => {
  test('keeps dead letters before the cut, and their ranks and watermark go with the records', () => {
    const one = mixed(10, 4, 3);
    const scattered: Part = {
      ...one,
      batch: { ...one.batch, deadLetters: ['11', '15', '16'].map((offset) => letter(offset)) },
    };
    const cut = cutAt(scattered, 15);
    expect([cut?.nextOffset, cut?.batch.records.length, cut?.batch.ranks.length]).toEqual(['15', 4, 4]);
    expect(cut?.batch.deadLetters.map(({ offset }) => offset)).toEqual(['11']);
    expect(cut?.batch.watermarkMs).toBe(one.batch.watermarkMs);
  });

  test('is refused whole where offsets are missing: its records cannot be told apart by them', () => {
    expect(cutAt({ ...mixed(10, 4, 3), nextOffset: '40' }, 15)).toBeNull();
  });
});
