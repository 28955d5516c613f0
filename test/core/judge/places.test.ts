// Sellers and clusters of sellers: who belongs together, how lumpy work is, and what colleagues' work says of one's own.

import { foldColumns, worldOf } from '../../../services/core/detections/cases/fold.js';
import {
  accessesOf,
  directoryOf,
  employee,
  FIRST_DAY,
  type Work,
} from '../../../services/core/detections/cases/organisation.js';
import { clumpsOf, meanClump } from '../../../services/core/judge/clumps.js';
import { createClusters } from '../../../services/core/judge/clusters.js';
import { pastOf } from '../../../services/core/judge/past.js';
import { shareOf } from '../../../services/core/judge/place-evidence.js';
import { PlaceTraffics } from '../../../services/core/judge/places.js';
import { createSellers } from '../../../services/core/judge/sellers.js';
import { definitionOf } from './definition-of.js';

const link = (seller_id: string, cluster_id: string, valid_from: number) => ({
  seller_id,
  cluster_id,
  basis: 'bank' as const,
  valid_from,
});

test('clusters are those that links name up to a time, ascending, each once', () => {
  const clusters = createClusters(
    [
      link('s-1', 'k-2', 10),
      link('s-1', 'k-1', 20),
      { ...link('s-1', 'k-2', 5), basis: 'device' },
      link('s-2', 'k-2', 0),
    ],
    4n,
  );
  expect(clusters.of('s-1', 4)).toEqual([]);
  expect(clusters.of('s-1', 10)).toEqual(['k-2']);
  expect(clusters.of('s-1', 20)).toEqual(['k-1', 'k-2']);
  expect(clusters.of('s-9', 99)).toEqual([]);
});

test('a niche is the marketplace and category as of a time, and unknown before the first record', () => {
  const record = (category: string, valid_from: number) => ({
    seller_id: 's-1',
    marketplace: 'US',
    category,
    valid_from,
  });
  const sellers = createSellers([record('toys', 20), record('books', 10)], 2n);
  expect(sellers.nicheOf('s-1', 9)).toBeNull();
  expect(sellers.nicheOf('s-1', 10)).toMatchObject({ marketplace: 'US', category: 'books' });
  expect(sellers.nicheOf('s-1', 20)).toMatchObject({ marketplace: 'US', category: 'toys' });
  expect(sellers.nicheOf('s-2', 20)).toBeNull();
});

const counted = (clumps: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const clump of clumps) counts.set(clump, (counts.get(clump) ?? 0) + 1);
  return counts;
};

test.each([
  [[], 1],
  [[1, 1, 1], 1],
  [Array.from({ length: 100 }, () => 4), 4],
  [[...Array.from({ length: 100 }, () => 2), 900], 2],
])('the mean clump of %j is %d', (clumps, expected) => {
  expect(meanClump(counted(clumps))).toBe(expected);
});

describe('how seldom a clump is so large', () => {
  const clumps = clumpsOf(counted([...Array.from({ length: 960 }, () => 1), ...Array.from({ length: 40 }, () => 4)]));

  test('is counted where there are enough of them', () => {
    expect(Math.exp(clumps.logAtLeast(1))).toBeCloseTo(1);
    expect(Math.exp(clumps.logAtLeast(2))).toBeCloseTo(0.04);
    expect(Math.exp(clumps.logAtLeast(4))).toBeCloseTo(0.04);
  });

  test('falls beyond them by a power, never to nothing', () => {
    const [eight, sixteen, huge] = [8, 16, 1e6].map((amount) => clumps.logAtLeast(amount)) as [number, number, number];
    expect(eight).toBeLessThan(Math.log(0.04));
    expect(sixteen - eight).toBeCloseTo(eight - clumps.logAtLeast(4));
    expect(Number.isFinite(huge)).toBe(true);
  });

  test('is not told by the few largest, which may be offences', () => {
    const withOffender = clumpsOf(counted([...Array.from({ length: 960 }, () => 1), 4, 4, 4, 400]));
    expect(withOffender.logAtLeast(400)).toBeLessThan(Math.log(1 / 960));
  });

  test('is certain of nothing where nothing is known', () => {
    expect(clumpsOf(new Map()).logAtLeast(50)).toBeLessThanOrEqual(0);
  });
});

test('a niche takes its share of its marketplace, a seller of all work', () => {
  const traffic = { own: 0, others: 30, othersClumped: 0, ofOthersClumped: 0 };
  const here = shareOf('niche', traffic, { own: 0, others: 300 });
  const everywhere = shareOf('niche', traffic, { own: 0, others: 3_000 });
  expect(here.mean).toBeCloseTo(30.5 / 305);
  expect(everywhere.mean).toBeLessThan(here.mean / 5);
  expect(shareOf('concentration', traffic, { own: 0, others: 300 }).mean).toBeCloseTo(30.5 / 400);
});

describe('traffic', () => {
  const work = (actor: string, day: number, amount: number, seller: string): Work => ({
    actor,
    day,
    amount,
    label: seller,
    seller: () => seller,
    explained: () => 'no',
    isLow: () => false,
  });
  const accesses = [
    work('amy', 0, 4, 's-1'),
    work('amy', 0, 1, 's-2'),
    work('bob', 0, 2, 's-1'),
    work('bob', 1, 5, 's-1'),
    work('bob', 1, 5, 's-2'),
    work('amy', 3, 7, 's-1'),
    work('zoe', 3, 3, ''),
  ].flatMap((one) => accessesOf({ ...one, day: FIRST_DAY + one.day }));
  const world = worldOf(foldColumns(accesses), {
    directory: directoryOf(['amy', 'bob', 'zoe'].map((id) => employee(id))),
  });
  const past = pastOf(world, definitionOf('bulk_customer_email_read').judge, FIRST_DAY + 3, 1);
  if (past === null) throw new Error('the day has accesses');
  const actor = (name: string): number => world.names.actors.find(name);
  const number = (name: string): number => ['s-1', 's-2', 's-9'].indexOf(name);
  const traffic = new PlaceTraffics(past, {
    count: 4,
    of: (seller) => [number(world.names.sellers.textOf(seller)), 3],
  });

  test('tells the own past, and of others all, clumps and the whole days of those who had clumps', () => {
    expect(traffic.of(actor('amy'), 0)).toEqual({ own: 4, others: 7, othersClumped: 5, ofOthersClumped: 10 });
    expect(traffic.of(actor('bob'), 0)).toEqual({ own: 7, others: 11, othersClumped: 11, ofOthersClumped: 12 });
    expect(traffic.of(actor('amy'), 2)).toEqual({ own: 0, others: 0, othersClumped: 0, ofOthersClumped: 0 });
  });

  test('work without a seller is work all the same', () => {
    expect(traffic.all - traffic.allOf(actor('amy'))).toBe(15);
    expect(traffic.all).toBe(27);
  });

  test('a cluster is its sellers together', () => {
    expect(traffic.of(actor('amy'), 3)).toMatchObject({ own: 5, others: 12 });
  });
});
