// What chance alone does: how likely each candidate is among a complaining customer's readers when nobody leaked anything, given
// how many readers that customer has, where, about which sellers, and how much everybody reads there.

import { push } from '../maps.js';
import { dayOf } from '../time.js';
import type { Complaint, EarlierRead } from './input.js';
import type { Shares, Workload } from './workload.js';

/** Beyond this weight of the place, sellers tell nothing of their own. */
const MAX_PLACE_WEIGHT = 1e6;
const MIN_PLACE_WEIGHT = 5;
const TOLERANCE = 1e-3;
/** Nobody is certain to be a reader. */
const MAX_CHANCE = 0.999;
/** Nor certain not to be: somebody new to the place has half a read there. */
const leastShare = (place: Shares | null): number => 0.5 * (place?.ofOneRead ?? 1e-6);

/** One complaint's readers under chance: candidate s is among them with probability 1 − exp(−reach · share of s). */
export interface Row {
  readonly shares: Float64Array;
  readonly reach: number;
}

export class Background {
  private readonly placeWeight: number;
  private readonly scratch: Float64Array;

  constructor(
    private readonly workload: Workload,
    private readonly complaints: readonly Complaint[],
  ) {
    this.placeWeight = placeWeight(workload, complaints);
    this.scratch = new Float64Array(workload.actors.length);
  }

  /** Overwrites what the last call returned. */
  row(complaint: Complaint): Row {
    const shares = this.scratch;
    const place = this.placeShares(complaint);
    if (place === null) shares.fill(1 / Math.max(1, shares.length));
    else shares.set(place.of);
    this.mixSellers(complaint, shares);
    const least = leastShare(place);
    for (let at = 0; at < shares.length; at++) if ((shares[at] as number) < least) shares[at] = least;
    return { shares, reach: reachOf(shares, complaint.reads.length) };
  }

  /** One candidate's chances over all complaints, given each complaint's reach. */
  column(actor: number, reaches: Float64Array): Float64Array {
    const id = this.workload.actors[actor];
    return Float64Array.from(this.complaints, (complaint, at) => {
      const place = this.placeShares(complaint);
      const base = place === null ? 1 / Math.max(1, this.scratch.length) : (place.of[actor] as number);
      let share = 0;
      for (const { weight, kept, seller } of this.sellersOf(complaint)) {
        share += weight * kept * base;
        if (seller === null) continue;
        const itself = seller.readers.some((read) => read.actorId === id) ? 1 : 0;
        share += weight * (1 - kept) * (((seller.counts.get(actor) ?? 0) - itself) / seller.others);
      }
      return chanceOf(Math.max(leastShare(place), share), reaches[at] as number);
    });
  }

  private placeShares({ place, atMs }: Complaint): Shares | null {
    return this.workload.sharesAt(place, atMs === null ? null : dayOf(atMs));
  }

  private mixSellers(complaint: Complaint, shares: Float64Array): void {
    const sellers = this.sellersOf(complaint);
    const kept = sellers.reduce((sum, one) => sum + one.weight * one.kept, 0);
    for (let at = 0; at < shares.length; at++) shares[at] = (shares[at] as number) * kept;
    for (const { weight, kept: own, seller } of sellers) {
      if (seller === null) continue;
      const each = (weight * (1 - own)) / seller.others;
      for (const [actor, count] of seller.counts) shares[actor] = (shares[actor] as number) + each * count;
      for (const { actorId } of seller.readers) {
        const actor = this.workload.indexOf(actorId);
        shares[actor] = (shares[actor] as number) - each;
      }
    }
  }

  /** The sellers under whom the customer was read, what part of their readers is the place's, and their other customers' readers. */
  private sellersOf({ reads }: Complaint) {
    const bySeller = new Map<string | null, EarlierRead[]>();
    for (const read of reads) push(bySeller, read.sellerId, read);
    return [...bySeller].map(([sellerId, readers]) => {
      const weight = readers.length / reads.length;
      const known = sellerId === null ? null : this.workload.ofSeller(sellerId);
      const others = (known?.total ?? 0) - readers.length;
      if (known === null || others <= 0) return { weight, kept: 1, seller: null };
      const kept = this.placeWeight / (this.placeWeight + others);
      return { weight, kept, seller: { counts: known.counts, others, readers } };
    });
  }
}

export const chanceOf = (share: number, reach: number): number => Math.min(MAX_CHANCE, -Math.expm1(-reach * share));

/** So that the chances of all candidates sum to the number of readers: successive sampling in Rosén's (1997) approximation. */
function reachOf(shares: Float64Array, readers: number): number {
  let reach = readers;
  for (let round = 0; round < 20; round++) {
    let sum = 0;
    let slope = 0;
    for (let at = 0; at < shares.length; at++) {
      const share = shares[at] as number;
      const missed = Math.exp(-reach * share);
      sum += 1 - missed;
      slope += share * missed;
    }
    if (Math.abs(sum - readers) < TOLERANCE * readers || slope < 1e-9) break;
    reach = Math.min(reach * 3, Math.max(reach / 3, reach + (readers - sum) / slope));
  }
  return reach;
}

/**
 * How many reads of the place one has to add to a seller's own to foretell who reads its customers: large where sellers are
 * alike. Dirichlet-multinomial by the chance that two reads of a seller are one actor's (method of moments).
 */
function placeWeight(workload: Workload, complaints: readonly Complaint[]): number {
  const places = new Map<string, string>();
  for (const { place, reads } of complaints) {
    for (const { sellerId } of reads) if (sellerId !== null) places.set(sellerId, place);
  }
  let pairs = 0;
  let same = 0;
  let expected = 0;
  for (const [sellerId, place] of [...places].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const seller = workload.ofSeller(sellerId);
    const shares = workload.sharesAt(place, null);
    if (seller === null || shares === null || seller.total < 2) continue;
    const ofSeller = seller.total * (seller.total - 1);
    pairs += ofSeller;
    for (const count of seller.counts.values()) same += count * (count - 1);
    let alike = 0;
    for (const share of shares.of) alike += share ** 2;
    expected += ofSeller * alike;
  }
  if (pairs === 0 || same <= expected) return MAX_PLACE_WEIGHT;
  const weight = (pairs - expected) / (same - expected) - 1;
  return Math.min(MAX_PLACE_WEIGHT, Math.max(MIN_PLACE_WEIGHT, weight));
}
