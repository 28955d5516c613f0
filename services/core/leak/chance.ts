// How often an honest candidate would look at least this bad: importance sampling from the leaks that explain it best, so that
// a chance of one in a billion takes as many draws as one in ten.

import { pickBy, runningSums } from './draws.js';
import { type ByChance, bounded, type Hit, type Leak, type Mixture, partOf, type Weighed } from './mixture.js';

const DRAWS = 300;

/** Ratios of honest reads, to draw from: as they come, and as a leak would have them. */
export class RatioPool {
  /** Scaled to a mean of one. */
  private readonly ratios: readonly number[];
  private readonly leaked: Float64Array;

  constructor(ratios: readonly number[]) {
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / Math.max(1, ratios.length);
    this.ratios = ratios.length === 0 ? [1] : ratios.map((ratio) => ratio / mean);
    this.leaked = runningSums(this.ratios);
  }

  draw(next: () => number, leaked: boolean): number {
    const at = leaked ? pickBy(this.leaked, next()) : Math.floor(next() * this.ratios.length);
    return this.ratios[at] as number;
  }
}

/** One candidate: its chance of being among the readers of each complaint's customer, and what was observed. */
export interface Subject {
  readonly chances: Float64Array;
  readonly byChance: ByChance;
  readonly missLogs: Float64Array;
  readonly observed: Weighed;
}

/**
 * P(ratio ≥ observed | honest). Draws come from the mixture of all leaks itself, so each counts 1/ratio, at most 1/observed (the
 * bound of Markov's inequality), and no way of looking bad is forgotten; one draw more than were made counts as a hit.
 */
export function chanceOfRatio(subject: Subject, mixture: Mixture, pool: RatioPool, next: () => number): number {
  const { observed, byChance, missLogs } = subject;
  const leaks = mixture.leaks(byChance);
  const sums = runningSums(leaks.map((leak) => leak.weight));
  const factors = runningSums(mixture.nodes.weights);
  let hits = 1;
  for (let draw = 0; draw < DRAWS; draw++) {
    const leak = leaks[pickBy(sums, next())] as Leak;
    const factor = mixture.nodes.factors[pickBy(factors, next())] as number;
    const drawn = drawHits(subject.chances, mixture.groups, leak, factor, pool, next);
    const { logRatio } = mixture.weigh(drawn, byChance, missLogs);
    if (logRatio >= observed.logRatio - 1e-9) hits += Math.exp(observed.logRatio - logRatio);
  }
  return Math.min(1, (Math.exp(-observed.logRatio) * hits) / (DRAWS + 1));
}

function drawHits(
  chances: Float64Array,
  groups: readonly number[],
  leak: Leak,
  factor: number,
  pool: RatioPool,
  next: () => number,
): Hit[] {
  const hits: Hit[] = [];
  for (let complaint = 0; complaint < chances.length; complaint++) {
    const chance = chances[complaint] as number;
    const part = leak.group === null || leak.group === groups[complaint] ? partOf(leak, chance) : 0;
    const u = next();
    if (u < part) hits.push({ complaint, chance, ratio: pool.draw(next, true) });
    else if (u < part + (1 - part) * bounded(chance * factor))
      hits.push({ complaint, chance, ratio: pool.draw(next, false) });
  }
  return hits;
}
