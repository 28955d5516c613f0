// Evidence about places: a seller, a cluster of linked sellers or a niche of rivals takes a share of the work that honest work would
// seldom give it. Formulas in docs/model.md; who works where is counted in places.ts.

import { round } from '../stats/combine.js';
import { logGeometricPoissonTail } from '../stats/tails.js';
import type { Clumps } from './clumps.js';
import type { ConductFigures } from './conduct.js';
import type { Evidence, EvidenceContext } from './evidence.js';

/** How much is known of a place: by the actor before, and by everybody else in the baseline and in this window. */
export interface PlaceTraffic {
  /** the actor's own amount under it in the baseline */
  readonly own: number;
  /** everybody else's amount under it, baseline and window */
  readonly others: number;
  /** the same of those colleagues only who gave it a clump, and their whole amounts in those windows */
  readonly othersClumped: number;
  readonly ofOthersClumped: number;
}

/** Everything that a place is a part of: all work, or all in its marketplace. */
export type WholeTraffic = Pick<PlaceTraffic, 'own' | 'others'>;

export type PlaceKind = 'concentration' | 'cluster' | 'niche';

export interface PlaceAmount {
  readonly amount: number;
  /** of it, decided alone or without a good case */
  readonly unchecked: number;
  /** of it, without a good case */
  readonly doubtful: number;
  /** days of work on single sellers */
  readonly visits: number;
}

/** How the work on places is counted: by amount, of all or of some, or by days. */
export type Way = keyof PlaceAmount;
export const WAYS: readonly Way[] = ['amount', 'unchecked', 'doubtful', 'visits'];

export interface WeighedPlace {
  readonly id: string;
  readonly traffic: PlaceTraffic;
  /** of the marketplace in which its share is taken; null: of all work */
  readonly within: WholeTraffic | null;
}

export interface Places {
  /** how many the actor touched, counted in each way */
  readonly candidates: Readonly<Record<Way, number>>;
  /** amounts that one person has under one of them in a window of this length */
  readonly clumps: Clumps;
  /** the same of visits; null in windows of one day */
  readonly visits: Clumps | null;
  readonly largest: readonly WeighedPlace[];
  /** of the figures being weighed, under a place, and under all that its share is taken in */
  amountUnder(id: string, figures: ConductFigures): { readonly place: PlaceAmount; readonly whole: PlaceAmount };
}

/** How many accesses' worth the past counts in the prior of a share: small, because honest days are lumpy. */
export const SHARE_PRIOR = 8;
const MIN_PRIOR_MEAN = 1e-6;
export const MIN_CONCENTRATION = 3;
/** Of the places touched, so many of the largest are weighed. */
export const MAX_PLACES_WEIGHED = 5;
/** How much work of colleagues on a place it takes until their share of it is believed. */
const COLLEAGUES_PRIOR = 20;
/** Places that nobody has touched yet count as this much amount together: sellers and clusters are many, niches few. */
const UNSEEN: Readonly<Record<PlaceKind, number>> = { concentration: 100, cluster: 100, niche: 5 };

/** The share of a place in everybody else's work. */
export const usualShare = (others: number, othersAmount: number, kind: PlaceKind = 'concentration'): number =>
  (others + 0.5) / (othersAmount + UNSEEN[kind]);

/** What share of the work honest people would give a place: the actor's own before, or that of colleagues who work on it, if larger. */
export function shareOf(kind: PlaceKind, traffic: PlaceTraffic, whole: WholeTraffic) {
  const usual = usualShare(traffic.others, whole.others, kind);
  const own = (traffic.own + SHARE_PRIOR * usual) / (whole.own + SHARE_PRIOR);
  const colleagues = (traffic.othersClumped + COLLEAGUES_PRIOR * usual) / (traffic.ofOthersClumped + COLLEAGUES_PRIOR);
  return { usual, own, colleagues, mean: clampMean(Math.max(own, colleagues)) };
}

/**
 * Tail of the amount under one place. Work on a place comes in clumps; their mean follows from the size-biased one, as geometric
 * clumps of mean c have a size-biased mean of 2c − 1.
 */
export function placeTail(amount: number, whole: number, clump: number, mean: number): number {
  return logGeometricPoissonTail(Math.round(amount), whole * clampMean(mean), (clump + 1) / 2);
}

/**
 * The place whose share surprises most, paid for by the number of places that the actor touched. Of decisions those made alone or
 * without a good case are looked at apart, which is paid for, too.
 */
export function mostSurprising(kind: PlaceKind, figures: ConductFigures, context: EvidenceContext): Evidence {
  const ownBefore = sumOf(context.history.amounts);
  const { candidates, clumps, visits, largest, amountUnder } = context.places[kind];
  let best: Evidence = { kind, observed: 0, expected: 0, logP: 0, inputs: { of: figures.amount } };
  for (const { id, traffic, within } of largest) {
    const { place, whole } = amountUnder(id, figures);
    const known = { ...traffic, own: Math.min(traffic.own, ownBefore) };
    const all = { own: Math.min(within?.own ?? ownBefore, ownBefore), others: within?.others ?? context.othersAmount };
    const share = shareOf(kind, known, all);
    const ways = WAYS.filter((way) => isApart(way, whole, visits));
    for (const way of ways) {
      const [amount, of] = [Math.round(place[way]), Math.round(whole[way])];
      if (amount < MIN_CONCENTRATION) continue;
      const lumps = way === 'visits' ? (visits ?? clumps) : clumps;
      const tail = tailOf(kind, amount, of, share.mean, lumps);
      const tried = Math.max(1, candidates[way]) * ways.length;
      const logP = Math.min(0, tail + Math.log(tried));
      if (logP >= best.logP) continue;
      best = {
        kind,
        observed: amount,
        expected: round(of * share.mean, 4),
        logP,
        inputs: {
          [kind === 'concentration' ? 'seller' : kind]: id,
          of,
          counts: way,
          clump: round(lumps.mean, 4),
          clumps_as_large: round(Math.exp(lumps.logAtLeast(beyond(amount, of, share.mean))), 8),
          mean_share: round(share.mean, 8),
          own_before: known.own,
          own_before_of: all.own,
          own_share: round(share.own, 8),
          peers_share: round(share.usual, 8),
          colleagues_share: round(share.colleagues, 8),
          candidates: tried,
        },
      };
    }
  }
  return best;
}

/** Whether a way of counting says something of its own. */
function isApart(way: Way, whole: PlaceAmount, visits: Clumps | null): boolean {
  if (way === 'amount') return true;
  if (way === 'visits') return visits !== null && whole.visits > 0;
  return whole[way] > 0 && whole[way] < whole.amount;
}

/**
 * Seldom seen sellers and clusters are many, and a clump falls on one of them: so it surprises no more than a clump of this size does
 * anywhere. Niches are few and large; there the share alone counts.
 */
function tailOf(kind: PlaceKind, amount: number, whole: number, mean: number, clumps: Clumps): number {
  const tail = placeTail(amount, whole, clumps.mean, mean);
  return kind === 'niche' ? tail : Math.max(tail, clumps.logAtLeast(beyond(amount, whole, mean)));
}

const beyond = (amount: number, whole: number, mean: number): number => Math.max(1, Math.round(amount - whole * mean));

export const clampMean = (mean: number): number => Math.min(1 - MIN_PRIOR_MEAN, Math.max(MIN_PRIOR_MEAN, mean));

const sumOf = (values: readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
