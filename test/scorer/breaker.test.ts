// When the breaker trips and when it does not, as a function of which records are broken: never of how they were batched, nor of
// restarts in between.

import fc from 'fast-check';
import type { Feed } from '../../services/core/feeds/records.js';
import type { DeadLetterLimits } from '../../services/platform/config/settings.js';
import { createBreaker, type Trip } from '../../services/scorer/breaker.js';
import { letter } from './support.js';

const LIMITS: DeadLetterLimits = { inARow: 10, window: 40, ratio: 0.5 };
const NOTHING_STORED = async (): Promise<number[]> => [];

const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

function stretch(
  first: number,
  next: number,
  broken: readonly number[],
  place: { topic?: Feed; partition?: number } = {},
) {
  const { topic = 'access-log', partition = 0 } = place;
  const deadLetters = broken
    .filter((offset) => offset >= first && offset < next)
    .map((offset) => ({ ...letter(String(offset), topic), partition }));
  return { topic, partition, epoch: 1, firstOffset: String(first), nextOffset: String(next), deadLetters };
}

async function tripOf(length: number, broken: readonly number[], limits = LIMITS): Promise<Trip | null> {
  return createBreaker(limits).observe(stretch(0, length, broken), NOTHING_STORED);
}

describe('the breaker trips', () => {
  test('at the last of so many broken records in a row, and knows where they began', async () => {
    const breaker = createBreaker(LIMITS);
    const trip = await breaker.observe(stretch(0, 100, range(7, 100)), NOTHING_STORED);
    expect(trip).toMatchObject({ offset: 16, rule: 'in_a_row', count: 10 });
    expect(breaker.badSince('access-log', 0)).toBe(7);
  });

  test('when most of the last records are broken, though never so many in a row', async () => {
    const twoOfThree = range(0, 200).filter((offset) => offset % 3 !== 0);
    expect(await tripOf(200, twoOfThree)).toMatchObject({ rule: 'ratio', count: 21 });
  });

  test('over the partitions of a topic together, when all of them end broken', async () => {
    const breaker = createBreaker(LIMITS);
    expect(await breaker.observe(stretch(0, 6, range(0, 6)), NOTHING_STORED)).toBeNull();
    const other = stretch(0, 9, range(2, 9), { partition: 1 });
    expect(await breaker.observe(other, NOTHING_STORED)).toMatchObject({ partition: 1, offset: 5, count: 10 });
    expect([breaker.badSince('access-log', 0), breaker.badSince('access-log', 1)]).toEqual([0, 2]);
  });
});

describe('the breaker does not trip', () => {
  const rows: readonly { name: string; broken: number[]; limits?: DeadLetterLimits }[] = [
    { name: 'over nothing broken', broken: [] },
    { name: 'over one in a hundred', broken: range(0, 10_000, 100) },
    {
      name: 'over one less than the limit in a row, again and again',
      broken: range(0, 1_000).filter((offset) => offset % 50 < 9),
    },
    { name: 'over half of the last records, exactly', broken: range(0, 1_000, 2) },
    { name: 'without a limit', broken: range(0, 10_000), limits: { ...LIMITS, inARow: 0 } },
  ];
  test.each(rows)('$name', async ({ broken, limits }) => {
    expect(await tripOf(10_000, broken, limits)).toBeNull();
  });

  test('over ten thousand broken records spread among a million, with the default limits', async () => {
    let state = 4;
    const draw = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const broken = range(0, 1_000_000).filter(() => draw() < 0.01);
    expect(broken.length).toBeGreaterThan(9_000);
    expect(await tripOf(1_000_000, broken, { inARow: 1_000, window: 5_000, ratio: 0.5 })).toBeNull();
  });

  test('over the same stretch read again', async () => {
    const breaker = createBreaker(LIMITS);
    for (let time = 0; time < 5; time++)
      expect(await breaker.observe(stretch(0, 30, range(3, 9)), NOTHING_STORED)).toBeNull();
  });

  test('over short ends of partitions of different topics', async () => {
    const breaker = createBreaker(LIMITS);
    for (const topic of ['access-log', 'employees', 'sellers'] as const)
      expect(await breaker.observe(stretch(0, 9, range(0, 9), { topic }), NOTHING_STORED)).toBeNull();
  });
});

test('where the breaker trips depends on which records are broken, not on batches or on restarts between them', async () => {
  const records = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
  const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), restarts: fc.boolean() }), {
    minLength: 200,
    maxLength: 200,
  });
  await fc.assert(
    fc.asyncProperty(records, fc.constantFrom(1, 2, 3), cuts, async (draws, thinning, pieces) => {
      const broken = draws.flatMap((isBroken, offset) => (isBroken && offset % thinning < 2 ? [offset] : []));
      const whole = await tripOf(draws.length, broken);
      let breaker = createBreaker(LIMITS);
      const readStored = async (_topic: Feed, _partition: number, from: number, to: number): Promise<number[]> =>
        broken.filter((offset) => offset >= from && offset < to);
      let trip: Trip | null = null;
      let first = 0;
      for (const { size, restarts } of pieces) {
        if (trip !== null || first >= draws.length) break;
        if (restarts) breaker = createBreaker(LIMITS);
        const next = Math.min(first + size, draws.length);
        trip = await breaker.observe(stretch(first, next, broken), readStored);
        first = next;
      }
      expect([trip?.offset, trip?.rule]).toEqual([whole?.offset, whole?.rule]);
    }),
    { numRuns: 300 },
  );
});
