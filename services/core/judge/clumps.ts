// How lumpy honest work is: work on one seller comes in clumps (one dispute, several reviews), so amounts under a seller are not
// independent. The size-biased mean clump, Σk²/Σk over (actor, seller), is the variance inflation by which
// amounts are divided before a share is tested (quasi-likelihood, Wedderburn 1974).

/** The largest clumps, up to this share of the total amount, are left out: past offences are clumps too. */
const TRIMMED_SHARE = 0.02;

/** @param counts how often each amount of an (actor, seller) pair occurs @returns at least 1 */
export function meanClump(counts: ReadonlyMap<number, number>): number {
  const ascending = [...counts].sort((a, b) => a[0] - b[0]);
  let total = 0;
  for (const [clump, count] of ascending) total += clump * count;
  const kept = total * (1 - TRIMMED_SHARE);
  let sum = 0;
  let squares = 0;
  for (const [clump, count] of ascending) {
    if (clump <= 0) continue;
    const fitting = Math.min(count, Math.max(sum === 0 ? 1 : 0, Math.floor((kept - sum) / clump)));
    sum += clump * fitting;
    squares += clump * clump * fitting;
    if (fitting < count) break;
  }
  return sum === 0 ? 1 : Math.max(1, squares / sum);
}
