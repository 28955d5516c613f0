// The pieces of evidence about one actor's conduct in one window, each the probability that honest work would look at least
// this way: volume, concentration on one seller, low ratings, justification, second person. Formulas in docs/model.md.

import type { EvidenceKind } from '../detections/definition.js';
import { logFisher, round, surprise } from '../stats/combine.js';
import { logBetaBinomialTail, logGeometricPoissonTail, logNegativeBinomialTail } from '../stats/tails.js';
import { type GroupBaseline, type Member, type OwnHistory, predict, type ShareBaseline } from './baseline.js';
import { type ConductFigures, unexplained } from './conduct.js';

/** How much is known of a place, a seller or a cluster: by the actor before, and by everybody else in the baseline and in this window. */
export interface PlaceTraffic {
  /** the actor's own amount under it in the baseline */
  readonly own: number;
  /** everybody else's amount under it, baseline and window */
  readonly others: number;
  /** the same of those colleagues only who gave it a clump, and their whole amounts in those windows */
  readonly othersClumped: number;
  readonly ofOthersClumped: number;
}

export interface EvidenceContext {
  readonly history: OwnHistory;
  /** the history in the figures that predictions are made of */
  readonly own: Member;
  readonly group: GroupBaseline;
  readonly activeDays: number;
  /** how much busier the peers are in this window than they usually are, at least 1 */
  readonly surge: number;
  /** everybody else's total amount, baseline and window */
  readonly othersAmount: number;
  /** the largest places of each sort that the window's figures fall under */
  readonly places: Readonly<Record<PlaceKind, Places>>;
}

export type PlaceKind = 'concentration' | 'cluster' | 'niche';

export interface Places {
  /** how many the actor touched */
  readonly candidates: number;
  /** size-biased mean amount that one person has under one of them in a window of this length */
  readonly clump: number;
  readonly largest: readonly { readonly id: string; readonly traffic: PlaceTraffic }[];
  /** the amount under a place, of the figures being weighed */
  amountUnder(id: string, figures: ConductFigures): number;
}

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly observed: number;
  readonly expected: number;
  /** natural logarithm of the probability under honest behaviour */
  readonly logP: number;
  /** what a person needs to redo the arithmetic */
  readonly inputs: Readonly<Record<string, number | string>>;
}

/** How many accesses' worth the past counts in the prior of a share: small, because honest days are lumpy. */
const SHARE_PRIOR = 8;
const MIN_PRIOR_MEAN = 1e-6;
export const MIN_CONCENTRATION = 3;
/** Of the places touched, so many of the largest are weighed. */
export const MAX_PLACES_WEIGHED = 5;
/** How much work of colleagues on a place it takes until their share of it is believed. */
const COLLEAGUES_PRIOR = 20;
/** Sellers that nobody has touched yet count as this much amount together. */
const UNSEEN_SELLERS = 100;

export function weigh(kinds: readonly EvidenceKind[], figures: ConductFigures, context: EvidenceContext): Evidence[] {
  return kinds.map((kind) => WEIGHERS[kind](figures, context));
}

/**
 * All evidence in one surprise, −log10 p: the smaller of Fisher's probability (many moderate pieces) and Bonferroni's
 * (one strong piece), doubled for the choice between the two.
 */
export const combined = (evidence: readonly Evidence[]): number => combinedLogs(evidence.map((piece) => piece.logP));

export function combinedLogs(logs: readonly number[]): number {
  const strongest = Math.log(Math.max(1, logs.length)) + Math.min(0, ...logs);
  return surprise(Math.min(0, Math.LN2 + Math.min(logFisher(logs), strongest)));
}

const WEIGHERS: Readonly<Record<EvidenceKind, (figures: ConductFigures, context: EvidenceContext) => Evidence>> = {
  volume,
  concentration: (figures, context) => mostSurprising('concentration', figures, context),
  cluster: (figures, context) => mostSurprising('cluster', figures, context),
  niche: (figures, context) => mostSurprising('niche', figures, context),
  low_ratings: (figures, { history, group }) =>
    share(
      'low_ratings',
      { part: figures.low, whole: figures.counted },
      { part: history.low, whole: history.counted },
      group.low,
    ),
  justification: (figures, { history, group }) =>
    share(
      'justification',
      { part: unexplained(figures), whole: figures.events },
      { part: history.unexplained, whole: history.events },
      group.unexplained,
    ),
  doubtful: (figures, { history, group }) =>
    share(
      'doubtful',
      { part: figures.explained_late + figures.explained_self, whole: figures.events },
      { part: history.doubtful, whole: history.events },
      group.doubtful,
    ),
  second_person: (figures, { history, group }) =>
    share(
      'second_person',
      { part: figures.unapproved, whole: figures.events },
      { part: history.unapproved, whole: history.events },
      group.unapproved,
    ),
};

function volume(figures: ConductFigures, { own, group, activeDays, surge }: EvidenceContext): Evidence {
  const { mean, variance, spread, ratePerDay } = predict(own, group, activeDays, surge);
  const size = (mean * mean) / Math.max(variance - mean, mean * 1e-9);
  return {
    kind: 'volume',
    observed: figures.amount,
    expected: round(mean, 4),
    logP: logNegativeBinomialTail(figures.amount, mean, size),
    inputs: {
      mean: round(mean, 6),
      size: round(size, 6),
      rate_per_active_day: round(ratePerDay, 6),
      active_days: activeDays,
      surge: round(surge, 4),
      spread: round(spread, 4),
    },
  };
}

interface Share {
  readonly part: number;
  readonly whole: number;
}

/** Beta-binomial tail of a share: its prior mean the own past shrunk to the peers' share, its weight what is known, up to a bound. */
function share(kind: EvidenceKind, now: Share, before: Share, peers: ShareBaseline): Evidence {
  const mean = clampMean((before.part + peers.weight * peers.mean) / (before.whole + peers.weight));
  const weight = Math.min(SHARE_PRIOR, peers.weight + before.whole);
  return {
    kind,
    observed: now.part,
    expected: round(now.whole * mean, 4),
    logP: logBetaBinomialTail(now.part, now.whole, weight * mean, weight * (1 - mean)),
    inputs: {
      of: now.whole,
      prior_mean: round(mean, 8),
      prior_weight: round(weight, 6),
      own_before: before.part,
      own_before_of: before.whole,
      peers_share: round(peers.mean, 6),
      peers_weight: round(peers.weight, 6),
    },
  };
}

/** The share of a place in everybody else's work. */
export const usualShare = (others: number, othersAmount: number): number =>
  (others + 0.5) / (othersAmount + UNSEEN_SELLERS);

/**
 * Tail of the amount under one place. Work on a place comes in clumps; their mean follows from the size-biased one, as geometric
 * clumps of mean c have a size-biased mean of 2c − 1.
 */
export function placeTail(amount: number, whole: number, clump: number, mean: number): number {
  return logGeometricPoissonTail(Math.round(amount), whole * clampMean(mean), (clump + 1) / 2);
}

/** The place whose share surprises most, paid for by the number of places that the actor touched. */
function mostSurprising(kind: PlaceKind, figures: ConductFigures, context: EvidenceContext): Evidence {
  const ownBefore = sumOf(context.history.amounts);
  const { candidates, clump, largest, amountUnder } = context.places[kind];
  let best: Evidence = { kind, observed: 0, expected: 0, logP: 0, inputs: { of: figures.amount } };
  for (const { id, traffic } of largest) {
    const amount = amountUnder(id, figures);
    if (amount < MIN_CONCENTRATION) continue;
    const { own: ownEver, others, othersClumped, ofOthersClumped } = traffic;
    const own = Math.min(ownEver, ownBefore);
    const usual = usualShare(others, context.othersAmount);
    const ownShare = (own + SHARE_PRIOR * usual) / (ownBefore + SHARE_PRIOR);
    const colleaguesShare = (othersClumped + COLLEAGUES_PRIOR * usual) / (ofOthersClumped + COLLEAGUES_PRIOR);
    const mean = clampMean(Math.max(ownShare, colleaguesShare));
    const tail = placeTail(amount, figures.amount, clump, mean);
    const logP = Math.min(0, tail + Math.log(Math.max(1, candidates)));
    if (logP >= best.logP) continue;
    best = {
      kind,
      observed: amount,
      expected: round(figures.amount * mean, 4),
      logP,
      inputs: {
        [kind === 'concentration' ? 'seller' : kind]: id,
        of: figures.amount,
        clump: round(clump, 4),
        mean_share: round(mean, 8),
        own_before: own,
        own_before_of: ownBefore,
        own_share: round(ownShare, 8),
        peers_share: round(usual, 8),
        colleagues_share: round(colleaguesShare, 8),
        candidates,
      },
    };
  }
  return best;
}

const clampMean = (mean: number): number => Math.min(1 - MIN_PRIOR_MEAN, Math.max(MIN_PRIOR_MEAN, mean));

const sumOf = (values: readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
