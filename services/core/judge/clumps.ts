// How lumpy honest work is: work on one seller comes in clumps (one dispute, several reviews), so amounts under a seller are not
// independent. The size-biased mean clump, Σk²/Σk over (actor, seller) in the baseline, is the variance inflation by which
// amounts are divided before a share is tested (quasi-likelihood, Wedderburn 1974).

/** The largest clumps, up to this share of the total amount, are left out: past offences are clumps too. */
const TRIMMED_SHARE = 0.02;

/** @param clumps amounts of (actor, seller) pairs, any order @returns at least 1 */
export function meanClump(clumps: number[]): number {
  clumps.sort((a, b) => a - b);
  let total = 0;
  for (const clump of clumps) total += clump;
  const kept = total * (1 - TRIMMED_SHARE);
  let sum = 0;
  let squares = 0;
  for (const clump of clumps) {
    if (sum + clump > kept && sum > 0) break;
    sum += clump;
    squares += clump * clump;
  }
  return sum === 0 ? 1 : Math.max(1, squares / sum);
}
