// Leak tracing: of everybody who had read customers who later complained, whose reads account for the complaints far better than
// how much they read, where, and how many readers those customers have. "Nobody stands out" is an answer.

import { push } from '../maps.js';
import { Background } from './background.js';
import { chanceOfRatio, RatioPool, type Subject } from './chance.js';
import { drawsFrom } from './draws.js';
import { searchWeights } from './floods.js';
import type { Complaint, LeakInput } from './input.js';
import { type Groups, type Hit, Mixture, nodesOf } from './mixture.js';
import { Signs } from './signs.js';
import { type Expectation, type Expectations, expectAll, spreadOf } from './spread.js';
import { Workload } from './workload.js';

export interface Suspect {
  readonly actorId: string;
  /** Of the customers who complained, so many had been read by this candidate before. */
  readonly complaintsRead: number;
  /** So many by chance. */
  readonly expected: number;
  /** Customers read in all, a customer of several days counted on each. */
  readonly reads: number;
  /** ln of the likelihood ratio: its reads caused a part of the complaints, over none. */
  readonly logRatio: number;
  /** That an honest candidate with these reads would look this bad. */
  readonly chance: number;
  /** That some honest candidate would, among all of them. */
  readonly chanceAmongAll: number;
  readonly standsOut: boolean;
}

export interface Trace {
  /** Customers who complained and had readers. */
  readonly complaints: number;
  /** Customers who complained and whom nobody had read. */
  readonly unread: number;
  readonly candidates: number;
  /** How many suspects stand out. */
  readonly named: number;
  /** Everybody who had read one of the customers, best account first. */
  readonly suspects: readonly Suspect[];
}

/** Somebody is named when chance would bring it about, among all candidates, at most this often. */
export const NAMED_CHANCE = 0.01;
/** A chance is worked out for so many at the top; below, the bound 1/ratio will do. */
const EXAMINED = 16;
/** A single complaint names nobody: its readers are all equally near. */
const LEAST_HITS = 2;

export function traceLeak(input: LeakInput): Trace {
  const complaints = inOrder(input.complaints.filter((one) => one.reads.length > 0));
  const workload = new Workload(input);
  const background = new Background(workload, complaints);
  const expectations = expectAll(background, complaints, workload);
  const mixture = new Mixture(groupsOf(complaints, workload), nodesOf(spreadOf(expectations.all)));
  const { hits, pool } = hitsOf(complaints, workload, expectations);
  const weighed = [...hits].map(([actor, own]) => {
    const byChance = expectations.all[actor] as Expectation;
    const missLogs = mixture.missLogs(byChance);
    return { actor, hits: own.length, byChance, missLogs, observed: mixture.weigh(own, byChance, missLogs) };
  });
  weighed.sort((a, b) => b.observed.logRatio - a.observed.logRatio || a.actor - b.actor);
  const seed = seedOf(complaints);
  const suspects = weighed.map((one, rank): Suspect => {
    const { logRatio } = one.observed;
    const actorId = workload.actors[one.actor] as string;
    const subject = (): Subject => ({ ...one, chances: background.column(one.actor, expectations.reaches) });
    const chance =
      rank < EXAMINED && logRatio > 0
        ? chanceOfRatio(subject(), mixture, pool, drawsFrom(`${seed} ${actorId}`))
        : Math.min(1, Math.exp(-logRatio));
    const chanceAmongAll = -Math.expm1(workload.actors.length * Math.log1p(-Math.min(chance, 1 - 1e-12)));
    return {
      actorId,
      complaintsRead: one.hits,
      expected: one.byChance.sum,
      reads: workload.totals[one.actor] as number,
      logRatio,
      chance,
      chanceAmongAll,
      standsOut: chanceAmongAll <= NAMED_CHANCE && one.hits >= LEAST_HITS,
    };
  });
  return {
    complaints: complaints.length,
    unread: input.complaints.length - complaints.length,
    candidates: workload.actors.length,
    named: suspects.filter((one) => one.standsOut).length,
    suspects,
  };
}

function hitsOf(complaints: readonly Complaint[], workload: Workload, { chances }: Expectations) {
  const signs = new Signs(workload, complaints);
  const hits = new Map<number, Hit[]>();
  const ratios: number[] = [];
  complaints.forEach((complaint, at) => {
    complaint.reads.forEach((read, which) => {
      const ratio = signs.ratio(complaint, read);
      ratios.push(ratio);
      push(hits, workload.indexOf(read.actorId), { complaint: at, chance: chances[at]?.[which] ?? 1, ratio });
    });
  });
  return { hits, pool: new RatioPool(ratios) };
}

/** The seller of each complaint: the one that it names, else under whom most of the reads were. */
function groupsOf(complaints: readonly Complaint[], workload: Workload): Groups {
  const sellers = complaints.map(({ sellerId, reads }) => {
    const counts = new Map<string, number>();
    for (const read of reads) {
      if (read.sellerId !== null) counts.set(read.sellerId, (counts.get(read.sellerId) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return sellerId ?? most?.[0] ?? null;
  });
  const sizes = new Map<string, number>();
  for (const seller of sellers) if (seller !== null) sizes.set(seller, (sizes.get(seller) ?? 0) + 1);
  for (const [seller, size] of sizes) if (size < LEAST_HITS) sizes.delete(seller);
  const weights = searchWeights(sizes, workload);
  const numbers = new Map([...weights.keys()].map((seller, at) => [seller, at]));
  return { of: sellers.map((seller) => numbers.get(seller ?? '') ?? -1), weights: [...weights.values()] };
}

/** By content, so that the order of the input changes no sum. */
function inOrder(complaints: readonly Complaint[]): Complaint[] {
  const keyed = complaints.map((complaint) => {
    const reads = [...complaint.reads].sort((a, b) => (a.actorId < b.actorId ? -1 : 1));
    const text = reads.map((read) => `${read.actorId} ${read.atMs} ${read.sellerId ?? ''}`).join(',');
    return {
      key: `${complaint.atMs} ${complaint.sellerId ?? ''} ${complaint.place} ${text}`,
      complaint: { ...complaint, reads },
    };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map((one) => one.complaint);
}

function seedOf(complaints: readonly Complaint[]): string {
  const last = complaints.at(-1);
  return `${complaints.length} ${last?.atMs ?? ''} ${last?.reads.map((read) => `${read.actorId} ${read.atMs}`).join() ?? ''}`;
}
