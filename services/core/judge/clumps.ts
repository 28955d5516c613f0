// How lumpy honest work is: work on one place comes in clumps (one dispute, several reviews), so amounts under a place are not
// independent. The size-biased mean clump, Σk²/Σk over (actor, place), says how much; how often a clump is so large, wherever it
// falls, is counted, and beyond what was seen often enough continued by a power law (Hill 1975).

export interface Clumps {
  /** size-biased mean, at least 1 */
  readonly mean: number;
  /** ln of the share of clumps, by one person on one place, that are at least so large */
  logAtLeast(amount: number): number;
}

/** The largest clumps, up to this share of the total amount, are left out: past offences are clumps too. */
const TRIMMED_SHARE = 0.02;

/** Clumps beyond the so-manieth largest are not counted but extrapolated: past offences are among them. */
const SURE_RANK = 3;
const SURE_SHARE = 1 / 500;
const RANKS_APART = 10;
/** Of fewer clumps the tail is not known; then they are geometric, as in the model of places. */
const ENOUGH = 100;
const LEAST_MEAN = 1.05;
/** Bounds of the power by which larger clumps become rarer. */
const POWER = { least: 1.5, most: 8 };

/**
 * @param counts how often each amount of an (actor, place) pair occurs, beyond what colleagues on the same place explain
 * @param enough so many clumps make their tail known
 */
export function clumpsOf(counts: ReadonlyMap<number, number>, enough = ENOUGH): Clumps {
  const descending = [...counts].filter(([amount]) => amount > 0).sort((a, b) => b[0] - a[0]);
  const amounts = descending.map(([amount]) => amount);
  const ranks: number[] = [];
  let total = 0;
  for (const [, count] of descending) {
    total += count;
    ranks.push(total);
  }
  const mean = meanClump(counts);
  if (total < enough) {
    const another = Math.log1p(-1 / Math.max(LEAST_MEAN, (mean + 1) / 2));
    return { mean, logAtLeast: (amount) => Math.max(0, amount - 1) * another };
  }
  const sure = Math.max(SURE_RANK, total * SURE_SHARE);
  const sizeAt = (rank: number): number => amounts[ranks.findIndex((one) => one >= rank)] ?? amounts.at(-1) ?? 1;
  const largest = sizeAt(sure);
  const power = Math.log(RANKS_APART) / Math.log((largest + 0.5) / (sizeAt(sure * RANKS_APART) + 0.5));
  const bounded = Math.min(POWER.most, Math.max(POWER.least, power));
  const shareOf = (rank: number): number => Math.min(1, Math.max(sure, rank) / Math.max(1, total));
  const logAtLargest = Math.log(shareOf(ranks[amounts.indexOf(largest)] ?? 0));
  return {
    mean,
    logAtLeast(amount) {
      if (amount > largest) return logAtLargest - bounded * Math.log(amount / largest);
      let reached = 0;
      for (let i = 0; i < amounts.length && (amounts[i] as number) >= amount; i++) reached = ranks[i] as number;
      return Math.log(shareOf(reached));
    },
  };
}

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
