// How many complaining customers each candidate would have read by chance, and how far candidates deviate from that although
// nobody leaked: people work on kinds of customers that the shares do not know.

import { type Background, chanceOf } from './background.js';
import type { Complaint } from './input.js';
import type { ByChance } from './mixture.js';
import type { Workload } from './workload.js';

/** Chances are counted in so many classes to the octave, down to 2^-OCTAVES. */
const CLASSES = 2;
const OCTAVES = 24;
/** Deviation of honest candidates (relative standard deviation): no less than this is supposed, nor more. */
const LEAST_SPREAD = 0.08;
const MOST_SPREAD = 1;
/** The most deviating part of the candidates, and two more, are left out: one of them may be the source. */
const LEFT_OUT = 0.005;

/** One candidate over all complaints. */
export class Expectation implements ByChance {
  observed = 0;
  sum = 0;
  private squares = 0;
  private readonly counts = new Float64Array(CLASSES * OCTAVES);
  private readonly sums = new Float64Array(CLASSES * OCTAVES);

  add(chance: number): void {
    this.sum += chance;
    this.squares += chance * chance;
    const at = Math.min(CLASSES * OCTAVES - 1, Math.floor(-CLASSES * Math.log2(chance)));
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sums[at] = (this.sums[at] as number) + chance;
  }

  /** Of the number observed, if nobody deviates. */
  get variance(): number {
    return this.sum - this.squares;
  }

  /** Each class at its mean. */
  over(f: (chance: number) => number): number {
    let sum = 0;
    for (let at = 0; at < this.counts.length; at++) {
      const count = this.counts[at] as number;
      if (count > 0) sum += count * f((this.sums[at] as number) / count);
    }
    return sum;
  }
}

export interface Expectations {
  /** By candidate. */
  readonly all: readonly Expectation[];
  /** By complaint, then by its reads. */
  readonly chances: readonly (readonly number[])[];
  readonly reaches: Float64Array;
}

export function expectAll(background: Background, complaints: readonly Complaint[], workload: Workload): Expectations {
  const all = workload.actors.map(() => new Expectation());
  const reaches = new Float64Array(complaints.length);
  const chances = complaints.map((complaint, at) => {
    const { shares, reach } = background.row(complaint);
    reaches[at] = reach;
    for (let actor = 0; actor < shares.length; actor++) {
      (all[actor] as Expectation).add(chanceOf(shares[actor] as number, reach));
    }
    return complaint.reads.map((read) => {
      const actor = workload.indexOf(read.actorId);
      (all[actor] as Expectation).observed++;
      return chanceOf(shares[actor] as number, reach);
    });
  });
  return { all, chances, reaches };
}

/** Relative standard deviation of honest candidates, by the method of moments over all but the most deviating. */
export function spreadOf(all: readonly Expectation[]): number {
  const deviations = all
    .filter((one) => one.sum > 0)
    .map((one) => ({ one, z: (one.observed - one.sum) / Math.sqrt(one.sum + 1) }))
    .sort((a, b) => b.z - a.z);
  const kept = deviations.slice(Math.ceil(LEFT_OUT * deviations.length) + 2);
  let excess = 0;
  let scale = 0;
  for (const { one } of kept) {
    excess += (one.observed - one.sum) ** 2 - one.variance;
    scale += one.sum * one.sum;
  }
  const squared = scale > 0 ? excess / scale : 0;
  return Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, Math.sqrt(Math.max(0, squared))));
}
