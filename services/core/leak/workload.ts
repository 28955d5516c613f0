// How much everybody reads: each candidate's share of all reads in a place up to a moment, and under one seller.
// Knows no complaint.

import { ensure } from '../maps.js';
import type { Day } from '../time.js';
import type { LeakInput } from './input.js';

/** Into so many parts of equal length the period is cut; a share at a moment counts reads up to the end of its part. */
const PARTS = 16;

/** Of all reads in a place up to a moment. */
export interface Shares {
  /** By candidate. */
  readonly of: Float64Array;
  readonly ofOneRead: number;
}

export class Workload {
  /** Sorted, so that nothing hangs on the order in which the input came. */
  readonly actors: readonly string[];
  /** All customers read, by candidate. */
  readonly totals: Float64Array;
  private readonly indexes: ReadonlyMap<string, number>;
  private readonly firstDay: Day;
  private readonly partDays: number;
  private readonly shares: ReadonlyMap<string, readonly Shares[]>;
  private readonly sellers = new Map<string, { readonly counts: Map<number, number>; total: number }>();
  private readonly days = new Map<number, { readonly days: Day[]; readonly sums: number[] }>();

  constructor({ complaints, volumes, sellerVolumes }: LeakInput) {
    const ids = new Set(volumes.map((one) => one.actorId));
    for (const complaint of complaints) for (const read of complaint.reads) ids.add(read.actorId);
    this.actors = [...ids].sort();
    this.indexes = new Map(this.actors.map((id, at) => [id, at]));
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const { day } of volumes) {
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
    this.firstDay = first;
    this.partDays = Math.max(1, Math.ceil((last - first + 1) / PARTS));
    this.totals = new Float64Array(this.actors.length);
    const counts = new Map<string, Float64Array[]>();
    const daily = new Map<number, Map<Day, number>>();
    for (const { actorId, day, place, customers } of volumes) {
      const actor = this.indexOf(actorId);
      const parts = ensure(counts, place, () => Array.from({ length: PARTS }, () => new Float64Array(ids.size)));
      const part = parts[this.partOf(day)] as Float64Array;
      part[actor] = (part[actor] as number) + customers;
      this.totals[actor] = (this.totals[actor] as number) + customers;
      const own = ensure(daily, actor, () => new Map<Day, number>());
      own.set(day, (own.get(day) ?? 0) + customers);
    }
    this.shares = new Map([...counts].map(([place, parts]) => [place, cumulativeShares(parts)]));
    for (const [actor, own] of daily) this.days.set(actor, cumulativeDays(own));
    for (const { actorId, sellerId, customers } of sellerVolumes) {
      const seller = ensure(this.sellers, sellerId, () => ({ counts: new Map<number, number>(), total: 0 }));
      const actor = this.indexes.get(actorId);
      if (actor === undefined) continue;
      seller.counts.set(actor, (seller.counts.get(actor) ?? 0) + customers);
      seller.total += customers;
    }
  }

  indexOf(actorId: string): number {
    return this.indexes.get(actorId) ?? -1;
  }

  /** Of all reads in the place up to the moment (null: ever), by candidate; null when nobody read there. */
  sharesAt(place: string, day: Day | null): Shares | null {
    const parts = this.shares.get(place);
    return parts?.[day === null ? PARTS - 1 : this.partOf(day)] ?? null;
  }

  ofSeller(sellerId: string): { readonly counts: ReadonlyMap<number, number>; readonly total: number } | null {
    return this.sellers.get(sellerId) ?? null;
  }

  /** Share of a candidate's reads before the day that lie at least `near` and less than `far` days before it. */
  ownShare(actor: number, day: Day, near: number, far: number): number {
    const all = this.readsUpTo(actor, day);
    return all === 0 ? 0 : (this.readsUpTo(actor, day - near) - this.readsUpTo(actor, day - far)) / all;
  }

  private readsUpTo(actor: number, day: Day): number {
    const own = this.days.get(actor);
    if (own === undefined) return 0;
    let low = 0;
    let high = own.days.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((own.days[middle] as Day) <= day) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (own.sums[low - 1] as number);
  }

  private partOf(day: Day): number {
    return Math.max(0, Math.min(PARTS - 1, Math.floor((day - this.firstDay) / this.partDays)));
  }
}

function cumulativeShares(parts: readonly Float64Array[]): Shares[] {
  const sums = new Float64Array(parts[0]?.length ?? 0);
  let total = 0;
  return parts.map((part) => {
    for (let at = 0; at < sums.length; at++) {
      sums[at] = (sums[at] as number) + (part[at] as number);
      total += part[at] as number;
    }
    const all = Math.max(1, total);
    return { of: sums.map((sum) => sum / all), ofOneRead: 1 / all };
  });
}

function cumulativeDays(counts: ReadonlyMap<Day, number>): { days: Day[]; sums: number[] } {
  const days = [...counts.keys()].sort((a, b) => a - b);
  let sum = 0;
  return {
    days,
    sums: days.map((day) => {
      sum += counts.get(day) ?? 0;
      return sum;
    }),
  };
}
