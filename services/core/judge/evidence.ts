// The pieces of evidence about one actor's conduct in one window, each the probability that honest work would look at least
// this way: volume, concentration on one seller, low ratings, justification, second person. Formulas in docs/model.md.

import type { EvidenceKind } from '../detections/definition.js';
import { logFisher, round, surprise } from '../stats/combine.js';
import { logBetaBinomialTail, logNegativeBinomialTail } from '../stats/tails.js';
import { type GroupBaseline, type Member, type OwnHistory, predict, type ShareBaseline } from './baseline.js';
import { type ConductFigures, unexplained } from './conduct.js';
import { clampMean, mostSurprising, type PlaceKind, type Places, SHARE_PRIOR } from './place-evidence.js';

export interface EvidenceContext {
  readonly history: OwnHistory;
  /** the history in the figures that predictions are made of */
  readonly own: Member;
  readonly group: GroupBaseline;
  readonly activeDays: number;
  /** how much busier the peers are in this window than they usually are, or the actor with other work; at least 1 */
  readonly surge: number;
  /** everybody else's total amount, baseline and window */
  readonly othersAmount: number;
  /** the largest places of each sort that the window's figures fall under */
  readonly places: Readonly<Record<PlaceKind, Places>>;
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

export function weigh(kinds: readonly EvidenceKind[], figures: ConductFigures, context: EvidenceContext): Evidence[] {
  return kinds.map((kind) => WEIGHERS[kind](figures, context));
}

/**
 * All evidence in one surprise, −log10 p: the smaller of Fisher's probability (many moderate pieces) and Bonferroni's
 * (one strong piece), doubled for the choice between the two; of a detection that weighs its pieces together only, Fisher's.
 */
export function combined(evidence: readonly Evidence[], { together }: { readonly together: boolean }): number {
  const logs = evidence.map((piece) => piece.logP);
  return together ? surprise(logFisher(logs)) : combinedLogs(logs);
}

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
