// What a single earlier read says beside the fact that it happened: how long before the complaint it was, and whether it was in
// connection with the seller complained about. As a ratio of two probabilities, leaked over honest; its mean over honest reads is one.

import { dayOf } from '../time.js';
import type { Complaint, EarlierRead } from './input.js';
import type { Workload } from './workload.js';

/** Whole days between read and complaint; each band ends where the next begins. */
const BANDS = [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 63, 90, 10_000] as const;
/** Delays of leaks are supposed to be as likely in 4 to 8 days as in 8 to 16: the law 1/(days + this), up to MAX_DELAY. */
const SHORTEST_DAYS = 4;
const MAX_DELAY_DAYS = 150;
/** Of leaks, a part whose delay follows no law but the reader's own days. */
const LAWLESS = 0.5;
/** Least share of leaked reads that are under the seller who is complained about. */
const LEAST_MATCHING = 0.9;

export class Signs {
  private readonly usual: readonly number[];
  private readonly matching: number;

  constructor(
    private readonly workload: Workload,
    complaints: readonly Complaint[],
  ) {
    const bands = BANDS.map(() => 0);
    const matches = [1, 1];
    for (const complaint of complaints) {
      for (const read of complaint.reads) {
        const band = bandOf(complaint, read);
        if (band !== null) bands[band] = (bands[band] ?? 0) + 1;
        const match = matchOf(complaint, read);
        if (match !== null) matches[match ? 1 : 0] = (matches[match ? 1 : 0] ?? 0) + 1;
      }
    }
    const all = bands.reduce((sum, count) => sum + count, 0);
    this.usual = bands.map((count) => (all === 0 ? 0 : count / all));
    this.matching = (matches[1] ?? 1) / ((matches[0] ?? 1) + (matches[1] ?? 1));
  }

  ratio(complaint: Complaint, read: EarlierRead): number {
    return this.delayRatio(complaint, read) * this.matchRatio(complaint, read);
  }

  /** Against the larger of what is usual for everybody and for this reader, so that neither alone makes a sign. */
  private delayRatio(complaint: Complaint, read: EarlierRead): number {
    const band = bandOf(complaint, read);
    if (band === null || complaint.atMs === null) return 1;
    const near = BANDS[band] as number;
    const far = BANDS[band + 1] as number;
    const actor = this.workload.indexOf(read.actorId);
    const own = this.workload.ownShare(actor, dayOf(complaint.atMs), near, far);
    const honest = Math.max(own, this.usual[band] ?? 0);
    return honest <= 0 ? 1 : LAWLESS + ((1 - LAWLESS) * leakedShare(near, far)) / honest;
  }

  private matchRatio(complaint: Complaint, read: EarlierRead): number {
    const match = matchOf(complaint, read);
    if (match === null) return 1;
    const leaked = Math.max(LEAST_MATCHING, this.matching);
    return match ? leaked / this.matching : (1 - leaked) / (1 - this.matching);
  }
}

function bandOf({ atMs }: Complaint, read: EarlierRead): number | null {
  if (atMs === null) return null;
  const days = dayOf(atMs) - dayOf(read.atMs);
  for (let band = BANDS.length - 2; band > 0; band--) if (days >= (BANDS[band] as number)) return band;
  return 0;
}

function matchOf({ sellerId }: Complaint, read: EarlierRead): boolean | null {
  return sellerId === null || read.sellerId === null ? null : sellerId === read.sellerId;
}

function leakedShare(near: number, far: number): number {
  const upTo = (days: number): number =>
    Math.log1p(Math.min(MAX_DELAY_DAYS, days) / SHORTEST_DAYS) / Math.log1p(MAX_DELAY_DAYS / SHORTEST_DAYS);
  return upTo(far) - upTo(near);
}
