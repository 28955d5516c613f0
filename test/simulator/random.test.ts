// The numbers are reproducible, streams do not touch each other, and distributions have the moments they claim.

import {
  beta,
  gamma,
  logUniform,
  negativeBinomial,
  normal,
  poisson,
  shares,
} from '../../services/simulator/random/distributions.js';
import { Random } from '../../services/simulator/random/random.js';
import { Weighted } from '../../services/simulator/random/weighted.js';

const draws = (count: number, draw: (random: Random) => number): number[] => {
  const random = Random.stream(1, 'test');
  return Array.from({ length: count }, () => draw(random));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

describe('a stream', () => {
  test('gives the same numbers for the same seed and name', () => {
    const [first, second] = [Random.stream(5, 'a', 1), Random.stream(5, 'a', 1)];
    for (let at = 0; at < 100; at++) expect(first.next()).toBe(second.next());
  });

  test('differs for every other seed and name', () => {
    const names: [number, ...(string | number)[]][] = [
      [5, 'a', 1],
      [6, 'a', 1],
      [5, 'b', 1],
      [5, 'a', 2],
      [5, 'a'],
      [5, 1, 'a'],
      [2 ** 40 + 5, 'a', 1],
    ];
    expect(new Set(names.map(([seed, ...name]) => Random.stream(seed, ...name).id())).size).toBe(names.length);
  });

  test('has no two equal beginnings among many neighbours', () => {
    const beginnings = new Set<string>();
    for (let person = 0; person < 300; person++)
      for (let day = 0; day < 100; day++) beginnings.add(Random.stream(9, 'work', person, day).id());
    expect(beginnings.size).toBe(30_000);
  });

  test('is uniform over its range, ends included', () => {
    const values = draws(20_000, (random) => random.int(1, 4));
    for (const value of [1, 2, 3, 4])
      expect(values.filter((one) => one === value).length / 20_000).toBeCloseTo(0.25, 1);
    expect([Math.min(...values), Math.max(...values)]).toEqual([1, 4]);
  });

  test('samples without repetition', () => {
    const sample = Random.stream(1, 's').sample([1, 2, 3, 4, 5], 9);
    expect([...sample].sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a distribution', () => {
  test.each([
    ['normal', (random: Random) => normal(random, 4, 2), 4, 4],
    ['gamma', (random: Random) => gamma(random, 2.5, 2), 5, 10],
    ['gamma with a shape below one', (random: Random) => gamma(random, 0.5, 2), 1, 2],
    ['poisson with a small mean', (random: Random) => poisson(random, 3), 3, 3],
    ['poisson with a large mean', (random: Random) => poisson(random, 80), 80, 80],
    ['negative binomial', (random: Random) => negativeBinomial(random, 10, 4), 10, 35],
    ['beta', (random: Random) => beta(random, 0.3, 9), 0.3, 0.021],
  ])('has the mean and variance it should: %s', (_, draw, expectedMean, expectedVariance) => {
    const values = draws(40_000, draw);
    expect(Math.abs(mean(values) / expectedMean - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance(values) / expectedVariance - 1)).toBeLessThan(0.1);
  });

  test('is log-uniform between its ends', () => {
    const values = draws(20_000, (random) => logUniform(random, 1, 100));
    expect(values.filter((value) => value < 10).length / 20_000).toBeCloseTo(0.5, 1);
  });

  test('of shares sums to one', () => {
    expect(shares(Random.stream(1, 'x'), [3, 1, 6], 20).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
  });

  test('by weights picks in proportion to them', () => {
    const weighted = new Weighted([1, 0, 3]);
    const picks = draws(20_000, (random) => weighted.pick(random));
    expect(picks.filter((pick) => pick === 2).length / 20_000).toBeCloseTo(0.75, 1);
    expect(picks).not.toContain(1);
  });
});
