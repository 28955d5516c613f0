// Sellers and clusters of sellers: who belongs together, how lumpy work is, and what colleagues' work says of one's own.

import { meanClump } from '../../../services/core/judge/clumps.js';
import { createClusters } from '../../../services/core/judge/clusters.js';
import { createTraffic } from '../../../services/core/judge/traffic.js';
import { foldDays } from './fold.js';
import { accessesOf, definitionOf, FIRST_DAY, type Work } from './organisation.js';

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

test.each([
  [[], 1],
  [[1, 1, 1], 1],
  [[4, 4, 4, 4], 4],
  [[1, 3], 1],
  [[...Array.from({ length: 100 }, () => 2), 900], 2],
])('the mean clump of %j is %d', (clumps, expected) => {
  expect(meanClump([...clumps])).toBe(expected);
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
    work('amy', 2, 7, 's-1'),
    work('zoe', 2, 3, ''),
  ].flatMap((one) => accessesOf({ ...one, day: FIRST_DAY + one.day }));
  const blocks = foldDays(accesses);
  const traffic = createTraffic({
    definition: definitionOf('bulk_customer_email_read'),
    baseline: blocks.slice(0, 2),
    window: blocks.slice(2),
    clustersOf: (seller) => (seller === 's-3' ? [] : ['k-1']),
  });

  test('tells the own past, and of others all, clumps and the whole days of those who had clumps', () => {
    expect(traffic.of('amy').seller('s-1')).toEqual({ own: 4, others: 7, othersClumped: 5, ofOthersClumped: 10 });
    expect(traffic.of('bob').seller('s-1')).toEqual({ own: 7, others: 11, othersClumped: 11, ofOthersClumped: 12 });
    expect(traffic.of('amy').seller('s-9')).toEqual({ own: 0, others: 0, othersClumped: 0, ofOthersClumped: 0 });
  });

  test('work without a seller is work all the same', () => {
    expect(traffic.of('amy').othersAmount).toBe(15);
    expect(traffic.of('nobody').othersAmount).toBe(27);
  });

  test('a cluster is its sellers together', () => {
    expect(traffic.of('amy').cluster('k-1')).toMatchObject({ own: 5, others: 12 });
  });
});
