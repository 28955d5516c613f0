// The probability distributions the simulator draws from. Textbook methods; each names its source.

import type { Random } from './random.js';

/** Box & Muller, 1958. */
export function normal(random: Random, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * random.unit());
}

/** Marsaglia & Tsang, 2000; mean = shape × scale. */
export function gamma(random: Random, shape: number, scale: number): number {
  if (shape < 1) return gamma(random, shape + 1, scale) * (1 - random.unit()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random, 0, 1);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
  }
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.unit());
}

/** Knuth, 1969, below a mean of 30; the normal approximation above. */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean >= 30) return Math.max(0, Math.round(normal(random, mean, Math.sqrt(mean))));
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = random.unit(); product > floor; product *= random.unit()) count++;
  return count;
}

/** Counts of the given mean and variance mean + mean²/dispersion: days of people are over-dispersed. */
export function negativeBinomial(random: Random, mean: number, dispersion: number): number {
  return poisson(random, gamma(random, dispersion, mean / dispersion));
}

/** In (0, 1) with the given mean; a larger weight means a narrower spread. */
export function beta(random: Random, mean: number, weight: number): number {
  const yes = gamma(random, Math.max(1e-3, mean * weight), 1);
  const no = gamma(random, Math.max(1e-3, (1 - mean) * weight), 1);
  return yes / (yes + no || 1);
}

/** As likely to lie between 10 and 100 as between 100 and 1,000. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.unit();
}

/** Shares that sum to one around the given weights (Dirichlet); a larger weight of evidence means closer to them. */
export function shares(random: Random, weights: readonly number[], evidence: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.map((weight) => gamma(random, Math.max(1e-3, (weight / total) * evidence), 1));
  const sum = drawn.reduce((all, one) => all + one, 0) || 1;
  return drawn.map((one) => one / sum);
}
