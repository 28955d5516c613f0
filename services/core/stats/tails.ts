// Upper tails P(X ≥ k) of the count distributions that the judges use, in natural logarithms so that
// one in 10^200 is still a number. Every result is ≤ 0; a count of zero or less has probability one.

import { logBeta, logChoose, logGamma } from './gamma.js';

const EPSILON = 1e-15;
const TINY = 1e-300;
const MAX_TERMS = 10_000;
/** Beyond these, a count is judged as if it were this large in proportion: slightly less surprising, never slow. */
const MAX_SIZE = 1e7;
const MAX_POISSON_MEAN = 1e6;
const MAX_TRIALS = 10_000;

/** ln I_x(a, b), the regularised incomplete beta function. Continued fraction by Lentz's method (DLMF 8.17.22). */
export function logIncompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  if (x >= 1) return 0;
  if (x > (a + 1) / (a + b + 2)) return log1mexp(logIncompleteBeta(1 - x, b, a));
  const front = a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - logBeta(a, b);
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let fraction = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 + term * d;
      d = 1 / (Math.abs(d) < TINY ? TINY : d);
      c = 1 + term / c;
      if (Math.abs(c) < TINY) c = TINY;
      fraction *= d * c;
      if (term === odd && Math.abs(d * c - 1) < EPSILON) return Math.min(0, front + Math.log(fraction));
    }
  }
  return Math.min(0, front + Math.log(fraction));
}

/** ln(1 − e^y) for y ≤ 0 (Mächler 2012). */
export const log1mexp = (y: number): number => {
  if (y >= 0) return Number.NEGATIVE_INFINITY;
  return y > -Math.LN2 ? Math.log(-Math.expm1(y)) : Math.log1p(-Math.exp(y));
};

/** ln P(X ≥ k), X negative binomial with the given mean and size (variance = mean + mean²/size). */
export function logNegativeBinomialTail(k: number, mean: number, size: number): number {
  if (k <= 0) return 0;
  if (mean <= 0) return Number.NEGATIVE_INFINITY;
  if (size > MAX_SIZE && mean <= MAX_POISSON_MEAN) return logPoissonTail(k, mean);
  const bounded = Math.min(size, MAX_SIZE);
  return logIncompleteBeta(mean / (mean + bounded), k, bounded);
}

/** ln P(X ≥ k), X Poisson: summed upwards from k, or the complement of the sum downwards from k − 1. */
export function logPoissonTail(k: number, mean: number): number {
  if (k <= 0) return 0;
  if (mean <= 0) return Number.NEGATIVE_INFINITY;
  if (k > mean) return Math.min(0, logPoissonTerm(k, mean) + Math.log(seriesUp(k, mean)));
  return log1mexp(Math.min(0, logPoissonTerm(k - 1, mean) + Math.log(seriesDown(k - 1, mean))));
}

const logPoissonTerm = (k: number, mean: number): number => k * Math.log(mean) - mean - logGamma(k + 1);

function seriesUp(k: number, mean: number): number {
  let term = 1;
  let sum = 1;
  for (let i = 1; i < MAX_TERMS && term > sum * EPSILON; i++) {
    term *= mean / (k + i);
    sum += term;
  }
  return sum;
}

function seriesDown(k: number, mean: number): number {
  let term = 1;
  let sum = 1;
  for (let i = k; i > 0 && k - i < MAX_TERMS && term > sum * EPSILON; i--) {
    term *= i / mean;
    sum += term;
  }
  return sum;
}

/** ln P(X ≥ k), X beta-binomial: n trials whose chance is Beta(a, b). Summed from the largest terms down. */
export function logBetaBinomialTail(k: number, n: number, a: number, b: number): number {
  if (k <= 0) return 0;
  if (k > n) return Number.NEGATIVE_INFINITY;
  if (n > MAX_TRIALS) return logBetaBinomialTail(Math.max(1, Math.round((k * MAX_TRIALS) / n)), MAX_TRIALS, a, b);
  const mean = (n * a) / (a + b);
  if (k <= mean) return log1mexp(sumDown(k - 1, n, a, b));
  return Math.min(0, sumUp(k, n, a, b));
}

const logTerm = (i: number, n: number, a: number, b: number): number =>
  logChoose(n, i) + logBeta(i + a, n - i + b) - logBeta(a, b);

function sumUp(from: number, n: number, a: number, b: number): number {
  let ratio = 1;
  let sum = 1;
  for (let i = from; i < n; i++) {
    ratio *= ((n - i) * (i + a)) / ((i + 1) * (n - i - 1 + b));
    sum += ratio;
    if (ratio < sum * EPSILON) break;
  }
  return logTerm(from, n, a, b) + Math.log(sum);
}

function sumDown(from: number, n: number, a: number, b: number): number {
  let ratio = 1;
  let sum = 1;
  for (let i = from; i > 0; i--) {
    ratio *= (i * (n - i + b)) / ((n - i + 1) * (i - 1 + a));
    sum += ratio;
    if (ratio < sum * EPSILON) break;
  }
  return Math.min(0, logTerm(from, n, a, b) + Math.log(sum));
}

/**
 * ln P(X ≥ k), X geometric-Poisson (Pólya and Aeppli 1930): Poisson many clumps, each geometric from one upwards with the given mean.
 * Of j clumps, P(sum ≥ k) is the chance of at most j − 1 successes in k − 1 trials of chance 1/clump.
 */
export function logGeometricPoissonTail(k: number, mean: number, clump: number): number {
  if (k <= 0) return 0;
  if (mean <= 0) return Number.NEGATIVE_INFINITY;
  if (k > MAX_TRIALS) return logGeometricPoissonTail(MAX_TRIALS, (mean * MAX_TRIALS) / k, Math.max(1, clump));
  if (clump <= 1 + 1e-9) return logPoissonTail(k, mean);
  const clumps = mean / clump;
  const chance = 1 / clump;
  let atMost = Number.NEGATIVE_INFINITY;
  let sum = Number.NEGATIVE_INFINITY;
  for (let j = 1; j < MAX_TERMS; j++) {
    if (j <= k) atMost = addLogs(atMost, logBinomialTerm(j - 1, k - 1, chance));
    const term = logPoissonTerm(j, clumps) + Math.min(0, atMost);
    sum = addLogs(sum, term);
    if (j > clumps && j >= k * chance && term < sum - 37) break;
  }
  return Math.min(0, sum);
}

const logBinomialTerm = (i: number, n: number, chance: number): number =>
  logChoose(n, i) + i * Math.log(chance) + (n - i) * Math.log1p(-chance);

/** ln(e^a + e^b). */
function addLogs(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
