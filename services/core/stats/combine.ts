// Several probabilities of one honest behaviour, combined into one.

/**
 * Fisher (1925): −2 Σ ln pᵢ is χ² with 2m degrees of freedom when all m probabilities are uniform and independent.
 * @param logs natural logarithms of the m probabilities
 * @returns natural logarithm of the combined probability: −h + ln Σ_{i<m} hⁱ/i!, with h = −Σ ln pᵢ
 */
export function logFisher(logs: readonly number[]): number {
  if (logs.length === 0) return 0;
  let h = 0;
  for (const log of logs) h -= log;
  if (h === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  let term = 1;
  let sum = 1;
  for (let i = 1; i < logs.length; i++) {
    term *= h / i;
    sum += term;
  }
  return Math.min(0, -h + Math.log(sum));
}

/** A probability's surprise: −log10 p, rounded to six decimals so that no threshold hangs on the last bit. */
export const surprise = (logP: number): number => round(Math.min(300, -logP / Math.LN10), 6);

export const round = (value: number, decimals: number): number => {
  const scale = 10 ** decimals;
  const rounded = Math.round(value * scale) / scale;
  return rounded === 0 ? 0 : rounded;
};
