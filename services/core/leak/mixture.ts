// The likelihood ratio of one candidate: its reads caused a part of the complaints, or of those about one seller, against none.
// Averaged over how large the part is and which seller it is, so that nothing is chosen after looking. Honest candidates meet more
// or fewer complaining customers than their share by a factor of their own, which is averaged over, too.

import { ensure } from '../maps.js';

/** One complaint whose customer the candidate had read. */
export interface Hit {
  readonly complaint: number;
  /** Of being among that customer's readers by chance. */
  readonly chance: number;
  /** Of the read's signs (see signs.ts). */
  readonly ratio: number;
}

/** Factors by which honest candidates deviate, and their weights. */
export interface Nodes {
  readonly factors: readonly number[];
  readonly weights: readonly number[];
}

/** A leak that is tried: so large a part of the complaints about one seller; or so many times what chance makes of all of them. */
export type Leak = { readonly weight: number } & (
  | { readonly group: number; readonly part: number }
  | { readonly group: null; readonly times: number }
);

/** What one candidate's reads would do by chance: a function summed over all complaints. */
export interface ByChance {
  readonly sum: number;
  /** Σ f(chance) over all complaints. */
  over(f: (chance: number) => number): number;
}

/** What every leak that could concern the candidate makes of its reads. */
export interface Weighed {
  readonly leaks: readonly Leak[];
  /** ln likelihood ratio of each. */
  readonly logs: readonly number[];
  /** ln of their average, leaks about sellers whose customers it did not read included. */
  readonly logRatio: number;
}

/** Gauss–Hermite, seven nodes, for a standard normal (Abramowitz & Stegun 1964, table 25.10, scaled). */
const HERMITE = [
  [-3.750439717725742, 0.0005482688559722186],
  [-2.3667594107345415, 0.03075712396758652],
  [-1.1544053947399682, 0.2401231786050126],
  [0, 0.4571428571428575],
  [1.1544053947399682, 0.2401231786050126],
  [2.3667594107345415, 0.03075712396758652],
  [3.750439717725742, 0.0005482688559722186],
] as const;

/** Weight of leaks that concern no one seller. */
const OF_ALL = 0.5;
const MAX_CHANCE = 0.999;
const MAX_PART = 0.9;
export const bounded = (chance: number): number => Math.min(MAX_CHANCE, chance);

/** That a complaint of whose customer the candidate is a reader with this chance was caused by it. */
export const partOf = (leak: Leak, chance: number): number =>
  leak.group === null ? Math.min(MAX_PART, leak.times * chance) : leak.part;

/** Lognormal factors of mean one with this standard deviation (relative). */
export function nodesOf(deviation: number): Nodes {
  const sigma = Math.sqrt(Math.log1p(deviation * deviation));
  return {
    factors: HERMITE.map(([z]) => Math.exp(sigma * z - (sigma * sigma) / 2)),
    weights: HERMITE.map(([, weight]) => weight),
  };
}

/** ln Σ wᵢ e^xᵢ. */
export function logWeighted(logs: readonly number[], weights: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const log of logs) most = Math.max(most, log);
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (let at = 0; at < logs.length; at++) sum += (weights[at] as number) * Math.exp((logs[at] as number) - most);
  return most + Math.log(sum);
}

/** The sellers of the complaints. */
export interface Groups {
  /** Of each complaint, by number; −1 for none that is searched alone. */
  readonly of: readonly number[];
  /** How much of the search each gets; they sum to one. */
  readonly weights: readonly number[];
}

export class Mixture {
  private readonly sizes: number[];
  private readonly ofAllWeight: number;
  private readonly ofGroup: readonly ReturnType<typeof leaksOf>[];
  /** What leaks about a seller come to for somebody who read none of its customers. */
  private readonly untouched: readonly number[];
  private readonly untouchedSum: number;
  readonly groups: readonly number[];

  constructor(
    groups: Groups,
    readonly nodes: Nodes,
  ) {
    this.groups = groups.of;
    this.sizes = groups.weights.map(() => 0);
    for (const group of groups.of) if (group >= 0) this.sizes[group] = (this.sizes[group] ?? 0) + 1;
    this.ofAllWeight = groups.weights.length === 0 ? 1 : OF_ALL;
    this.ofGroup = groups.weights.map((weight, group) =>
      leaksOf(group, this.sizes[group] as number, (1 - OF_ALL) * weight),
    );
    this.untouched = this.ofGroup.map((leaks, group) =>
      leaks.reduce((all, { part, weight }) => all + weight * (1 - part) ** (this.sizes[group] as number), 0),
    );
    this.untouchedSum = this.untouched.reduce((sum, one) => sum + one, 0);
  }

  weigh(hits: readonly Hit[], byChance: ByChance, missLogs: Float64Array): Weighed {
    const { factors, weights } = this.nodes;
    const honest = this.honestLogs(hits, missLogs);
    const honestLog = logWeighted(honest, weights);
    const byGroup = new Map<number, Hit[]>();
    for (const hit of hits) {
      const group = this.groups[hit.complaint] as number;
      if (group >= 0) ensure(byGroup, group, (): Hit[] => []).push(hit);
    }
    const leaks: Leak[] = [];
    const logs: number[] = [];
    const tryLeak = (leak: Leak, concerned: readonly Hit[], unlessHit: number): void => {
      let misses = unlessHit;
      for (const { chance } of concerned) misses -= Math.log1p(-partOf(leak, chance));
      const both = factors.map((factor, at) => {
        let log = (honest[at] as number) + misses;
        for (const { chance, ratio } of concerned) {
          const part = partOf(leak, chance);
          log += Math.log(1 - part + (part * ratio) / bounded(chance * factor));
        }
        return log;
      });
      leaks.push(leak);
      logs.push(logWeighted(both, weights) - honestLog);
    };
    for (const leak of this.leaksOfAll(byChance.sum)) {
      tryLeak(
        leak,
        hits,
        byChance.over((chance) => Math.log1p(-partOf(leak, chance))),
      );
    }
    let untouched = this.untouchedSum;
    for (const [group, concerned] of byGroup) {
      untouched -= this.untouched[group] as number;
      for (const leak of this.ofGroup[group] ?? [])
        tryLeak(leak, concerned, (this.sizes[group] as number) * Math.log1p(-leak.part));
    }
    const tried = logWeighted(
      logs,
      leaks.map((leak) => leak.weight),
    );
    return { leaks, logs, logRatio: logWeighted([tried, 0], [1, Math.max(0, untouched)]) };
  }

  /** Every leak that is tried for the candidate; their weights sum to one. */
  leaks(byChance: ByChance): Leak[] {
    return [...this.leaksOfAll(byChance.sum), ...this.ofGroup.flat()];
  }

  missLogs(byChance: ByChance): Float64Array {
    return Float64Array.from(this.nodes.factors, (factor) =>
      byChance.over((chance) => Math.log1p(-bounded(factor * chance))),
    );
  }

  /** Of two complaints, four, eight … beside those that chance brings. */
  private leaksOfAll(expected: number): Leak[] {
    const times: number[] = [];
    for (let size = 2; times.length === 0 || size < 0.8 * this.groups.length; size *= 2) times.push(size / expected);
    return times.map((one) => ({ group: null, times: one, weight: this.ofAllWeight / times.length }));
  }

  /** ln P(whose customers it read | honest, factor), for each factor. */
  private honestLogs(hits: readonly Hit[], missLogs: Float64Array): number[] {
    return this.nodes.factors.map((factor, at) => {
      let log = missLogs[at] as number;
      for (const { chance } of hits) {
        const p = bounded(chance * factor);
        log += Math.log(p / (1 - p));
      }
      return log;
    });
  }
}

/** Parts of two complaints, four, eight … and nearly all. */
function leaksOf(group: number, complaints: number, weight: number): { group: number; part: number; weight: number }[] {
  const sizes: number[] = [];
  for (let size = 2; size < 0.8 * complaints; size *= 2) sizes.push(size);
  sizes.push(MAX_PART * complaints);
  return sizes.map((size) => ({ group, part: size / complaints, weight: weight / sizes.length }));
}
