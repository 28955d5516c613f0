// Which sellers are complained about more than how many of their customers are read foretells. Says where a leak is looked for
// first, and nothing of who did it: no candidate's reads are asked about.

import type { Workload } from './workload.js';

/** The most that a flood of complaints moves the search. */
const MOST_LOG = 12;
const LEFT_OUT = 0.01;
const LEAST_SPREAD = 0.3;

/** For each seller: the share of the search that it gets. counts: complaints about it, by seller id. */
export function searchWeights(counts: ReadonlyMap<string, number>, workload: Workload): Map<string, number> {
  const sellers = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const reads = sellers.map(([id]) => workload.ofSeller(id)?.total ?? 0);
  const complaints = sellers.reduce((sum, [, count]) => sum + count, 0);
  const allReads = reads.reduce((sum, count) => sum + count, 0);
  const expected = reads.map((count) => (allReads === 0 ? 0 : (complaints * count) / allReads));
  const spread = spreadOf(sellers.map(([, count], at) => ({ count, expected: expected[at] as number })));
  const weights = sellers.map(([, count], at) => {
    const log = expected[at] === 0 ? 0 : floodLog(count, expected[at] as number, spread);
    return count * Math.exp(Math.min(MOST_LOG, log));
  });
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return new Map(sellers.map(([id], at) => [id, (weights[at] as number) / all]));
}

/** ln likelihood ratio of so many complaints, gamma-Poisson, with some leaked against none: the best number, at least none. */
function floodLog(count: number, expected: number, spread: number): number {
  const size = 1 / (spread * spread);
  if (count <= expected) return 0;
  return count * Math.log(count / expected) - (count + size) * Math.log((count + size) / (expected + size));
}

/** Relative standard deviation between sellers beyond chance; those that deviate most are left out. */
function spreadOf(all: readonly { readonly count: number; readonly expected: number }[]): number {
  const sorted = all
    .filter((one) => one.expected > 0)
    .sort(
      (a, b) => (b.count - b.expected) / Math.sqrt(b.expected + 1) - (a.count - a.expected) / Math.sqrt(a.expected + 1),
    );
  const kept = sorted.slice(Math.ceil(LEFT_OUT * sorted.length) + 1);
  let excess = 0;
  let scale = 0;
  for (const { count, expected } of kept) {
    excess += (count - expected) ** 2 - expected;
    scale += expected * expected;
  }
  return Math.max(LEAST_SPREAD, scale > 0 ? Math.sqrt(Math.max(0, excess / scale)) : 1);
}
