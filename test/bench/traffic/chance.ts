// Repeatable randomness for the bench: a generator made from numbers (seed, day, person) alone, so that any day can be made
// again without the days before it. Fast rather than fine: mulberry32 (Tommy Ettinger, 2017, public domain).

export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below n. */
  below(n: number): number;
  /** From 0 to below n, small numbers more often: the more so, the larger the power. */
  skewed(n: number, power: number): number;
  /** How often something happens that happens `mean` times on average (Knuth's method; for small means). */
  poisson(mean: number): number;
}

export function chanceOf(...seeds: readonly number[]): Chance {
  let state = 0x9e3779b9;
  for (const seed of seeds) state = Math.imul(state ^ (seed + 0x7f4a7c15), 0x85ebca6b) ^ (state >>> 13);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (n) => Math.floor(next() * n),
    skewed: (n, power) => Math.floor(next() ** power * n),
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
  };
}
