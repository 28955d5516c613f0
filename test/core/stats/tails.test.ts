// Known answers (computed with mpmath at 50 digits) and the laws that every upper tail obeys.

import fc from 'fast-check';
import { logBeta, logChoose, logGamma } from '../../../services/core/stats/gamma.js';
import {
  log1mexp,
  logBetaBinomialTail,
  logIncompleteBeta,
  logNegativeBinomialTail,
  logPoissonTail,
} from '../../../services/core/stats/tails.js';

const RELATIVE = 1e-9;

function expectClose(actual: number, expected: number, relative = RELATIVE): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe('known answers', () => {
  test.each([
    [1, 1, 1, -Math.LN2],
    [5, 2.5, 3, -1.839362813088104],
    [40, 10, 4, -7.609211868245052],
    [212, 11, 6.5, -79.95348687353629],
    [2, 5, 2, -0.22095934949936863],
    [1000, 3, 0.8, -237.6115860583492],
  ])('negative binomial, P(X >= %d) with mean %d and size %d', (k, mean, size, expected) => {
    expectClose(logNegativeBinomialTail(k, mean, size), expected);
  });

  test.each([
    [1, 0.001, -6.908255237315471],
    [3, 0.5, -4.241383135455768],
    [30, 10, -15.197832339625965],
    [5, 20, -1.6944887493862582e-5],
    [400, 3, -1564.0482732353],
  ])('Poisson, P(X >= %d) with mean %d', (k, mean, expected) => {
    expectClose(logPoissonTail(k, mean), expected);
  });

  test.each([
    [1, 10, 0.5, 7.5, -1.0454198379712079],
    [8, 8, 0.16, 7.84, -12.284552819825993],
    [190, 212, 0.008, 7.992, -23.5705878223337],
    [3, 10, 4, 4, -0.15641568645811044],
    [208, 212, 0.8, 7.2, -24.438319859102336],
    [2, 20, 6, 2, -0.00015879102627571577],
  ])('beta-binomial, P(X >= %d) of %d trials with Beta(%d, %d)', (k, n, a, b, expected) => {
    expectClose(logBetaBinomialTail(k, n, a, b), expected);
  });

  test('the gamma function at whole and half numbers', () => {
    expectClose(logGamma(1) + 1, 1);
    expectClose(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
    expectClose(logGamma(0.25), Math.log(3.625609908221908));
    expectClose(logGamma(11), Math.log(3_628_800));
    expectClose(logBeta(2, 3), Math.log(1 / 12));
    expectClose(logChoose(52, 5), Math.log(2_598_960));
  });

  test('a negative binomial whose size is beyond all bounds is Poisson', () => {
    expectClose(logNegativeBinomialTail(30, 10, 9e6), logPoissonTail(30, 10), 1e-5);
    expect(logNegativeBinomialTail(30, 10, 2e7)).toBe(logPoissonTail(30, 10));
  });
});

const mean = fc.double({ min: 1e-4, max: 500, noNaN: true });
const size = fc.double({ min: 0.05, max: 1e4, noNaN: true });
const count = fc.integer({ min: 1, max: 400 });
const weight = fc.double({ min: 1e-5, max: 50, noNaN: true });

describe('laws', () => {
  test('a count of zero or less is certain, and nothing is more certain than that', () => {
    for (const k of [0, -3]) {
      expect(logNegativeBinomialTail(k, 5, 2)).toBe(0);
      expect(logPoissonTail(k, 5)).toBe(0);
      expect(logBetaBinomialTail(k, 10, 1, 1)).toBe(0);
    }
    expect(logBetaBinomialTail(11, 10, 1, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(logPoissonTail(1, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(logNegativeBinomialTail(1, 0, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('tails lie in [-infinity, 0] and fall as the count grows', () => {
    const falls = (tail: (k: number) => number, k: number): void => {
      const here = tail(k);
      expect(here).toBeLessThanOrEqual(0);
      expect(tail(k + 1)).toBeLessThanOrEqual(here + 1e-9 * Math.abs(here));
    };
    fc.assert(
      fc.property(count, mean, size, weight, (k, m, s, b) => {
        falls((at) => logNegativeBinomialTail(at, m, s), k);
        falls((at) => logPoissonTail(at, m), k);
        falls((at) => logBetaBinomialTail(at, 400, s / 1000, b), k);
      }),
    );
  });

  test('neighbouring negative binomial tails differ by the mass between them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.1, max: 60, noNaN: true }), size, (k, m, s) => {
        const x = m / (m + s);
        const mass = Math.exp(logGamma(k + s) - logGamma(k + 1) - logGamma(s) + k * Math.log(x) + s * Math.log1p(-x));
        const between = Math.exp(logNegativeBinomialTail(k, m, s)) - Math.exp(logNegativeBinomialTail(k + 1, m, s));
        expect(Math.abs(between - mass)).toBeLessThan(1e-10);
      }),
    );
  });

  test('the mean of a count is the sum of its tails', () => {
    const summed = (tail: (k: number) => number, last: number): number => {
      let sum = 0;
      for (let k = 1; k <= last; k++) sum += Math.exp(tail(k));
      return sum;
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 2, max: 50, noNaN: true }),
        weight,
        fc.integer({ min: 1, max: 80 }),
        (m, s, a, n) => {
          expectClose(
            summed((k) => logNegativeBinomialTail(k, m, s), 900),
            m,
            1e-6,
          );
          expectClose(
            summed((k) => logPoissonTail(k, m), 200),
            m,
            1e-9,
          );
          expectClose(
            summed((k) => logBetaBinomialTail(k, n, a, 2), n),
            (n * a) / (a + 2),
            1e-8,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a beta-binomial tail from above and from below is one distribution', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), weight, weight, (n, at, a, b) => {
        const k = 1 + (at % n);
        const above = Math.exp(logBetaBinomialTail(k, n, a, b));
        const mirrored = Math.exp(logBetaBinomialTail(n - k + 1, n, b, a));
        expect(Math.abs(above + mirrored - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  test('the incomplete beta function and its mirror add up to one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), mean, size, (x, a, b) => {
        const sum = Math.exp(logIncompleteBeta(x, a + 0.01, b)) + Math.exp(logIncompleteBeta(1 - x, b, a + 0.01));
        expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      }),
    );
    expect(logIncompleteBeta(0, 2, 2)).toBe(Number.NEGATIVE_INFINITY);
    expect(logIncompleteBeta(1, 2, 2)).toBe(0);
  });

  test('ln(1 - e^y) keeps its digits at both ends', () => {
    expectClose(log1mexp(-1e-12), Math.log(1e-12), 1e-12);
    expectClose(log1mexp(-40), -Math.exp(-40), 1e-12);
    expect(log1mexp(0)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('counts beyond anything honest', () => {
  test.each([1e6, 1e9, 1e12, Number.MAX_SAFE_INTEGER])('%d is answered with a number', (n) => {
    const answers = [
      logNegativeBinomialTail(n, 11, 6.5),
      logNegativeBinomialTail(n, n / 2, 40),
      logNegativeBinomialTail(n / 4, n / 2, 3e7),
      logPoissonTail(n, n / 3),
      logPoissonTail(n / 3, n),
      logBetaBinomialTail(n, n, 0.008, 7.992),
      logBetaBinomialTail(0.9 * n, n, 0.008, 7.992),
      logBetaBinomialTail(0.3 * n, n, 4, 4),
    ];
    for (const answer of answers) expect(answer).toBeLessThanOrEqual(0);
    expect(answers[0]).toBeLessThan(-1e5);
    expect(answers[2]).toBeGreaterThan(-1e-6);
    expect(answers[4]).toBeGreaterThan(-1e-6);
  });

  test('a share of a very large number of trials is about what it is of ten thousand', () => {
    const few = logBetaBinomialTail(9000, 10_000, 0.8, 7.2);
    expectClose(logBetaBinomialTail(9_000_000, 10_000_000, 0.8, 7.2), few, 1e-3);
  });
});
