import { createMembership, rereads } from '../../services/scorer/membership.js';

const P0 = { topic: 'access-log', partition: 0 };
const end = (low: string, high: string) => [{ ...P0, low, high }];
const landed = (nextOffset: string) => [{ ...P0, nextOffset, watermarkMs: 5 }];
const committed = (offset: string | null) => [{ ...P0, offset }];

describe('where a scorer reads again', () => {
  const rows: readonly [string, ReturnType<typeof rereads>, readonly string[]][] = [
    [
      'nowhere, when the database has what was committed',
      rereads([P0], committed('10'), landed('10'), end('0', '20')),
      [],
    ],
    [
      'nowhere, when it has more (a crash before the commit)',
      rereads([P0], committed('10'), landed('15'), end('0', '20')),
      [],
    ],
    [
      'nowhere, when nothing was committed: reading begins at the start anyway',
      rereads([P0], committed(null), [], end('0', '20')),
      [],
    ],
    ['from what a restored database has', rereads([P0], committed('10'), landed('4'), end('0', '20')), ['4']],
    ['from the start for an empty database', rereads([P0], committed('10'), [], end('0', '20')), ['0']],
    ['from the first record still held', rereads([P0], committed('10'), landed('4'), end('7', '20')), ['7']],
    ['nowhere, when all before the commit has expired', rereads([P0], committed('10'), [], end('10', '20')), []],
    ['nowhere for partitions that it does not hold', rereads([], committed('10'), [], end('0', '20')), []],
  ];
  test.each(rows)('%s', (_title, positions, offsets) => {
    expect(positions.map(({ offset }) => offset)).toEqual(offsets);
  });
});

describe('membership', () => {
  test('a new generation forgets what was held and how far it was', () => {
    const membership = createMembership();
    membership.begin([P0]);
    membership.resume([{ ...P0, nextOffset: '3', watermarkMs: 2e12 }]);
    expect(membership.watermarkWith('access-log', 0, 1e12)).toBe(2e12);
    membership.begin([{ topic: 'sellers', partition: 0 }]);
    expect(membership.holds('access-log', 0)).toBe(false);
    expect(membership.watermarkWith('access-log', 0, 1e12)).toBe(1e12);
    expect(membership.epoch).toBe(2);
  });

  test('what earlier holders landed counts, and only for what is held', () => {
    const membership = createMembership();
    membership.begin([P0]);
    membership.resume([
      { ...P0, nextOffset: '3', watermarkMs: 2e12 },
      { topic: 'access-log', partition: 1, nextOffset: '3', watermarkMs: 3e12 },
    ]);
    expect(membership.watermarkWith('access-log', 1, 1e12)).toBe(1e12);
  });
});
