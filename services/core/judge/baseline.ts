// What an actor and its peers usually do: own daily amounts shrunk towards the peer group (empirical Bayes, Gamma–Poisson with
// extra day-to-day spread). Reads whole days that ended at least 24 h before the window; see docs/model.md for the derivation.

export interface OwnHistory {
  /** days with any activity, in the baseline */
  activeDays: number;
  /** the amount of each active day with an amount above zero, in day order */
  readonly amounts: number[];
  /** all accesses, and those that the definition counts */
  events: number;
  counted: number;
  unexplained: number;
  unapproved: number;
  low: number;
}

export const emptyHistory = (): OwnHistory => ({
  activeDays: 0,
  amounts: [],
  events: 0,
  counted: 0,
  unexplained: 0,
  unapproved: 0,
  low: 0,
});

export interface GroupBaseline {
  readonly name: string;
  readonly members: number;
  /** amount per active day, pooled over members */
  readonly meanPerDay: number;
  /** Gamma prior of members' daily rates: shape and rate (in days) */
  readonly shape: number;
  readonly rate: number;
  /** day-to-day variance over mean, at least 1 */
  readonly spread: number;
  /** the tenth and ninetieth percentile of members' own rates per active day, for words only */
  readonly usualFrom: number;
  readonly usualTo: number;
  readonly unexplainedShare: number;
  readonly unapprovedShare: number;
  readonly lowShare: number;
}

const MIN_DAYS_FOR_RATE = 3;
const SPREAD_PRIOR_DAYS = 20;
/** A group's rates are never believed to differ by less than a tenth of their mean, nor by more than ten times. */
const MIN_RELATIVE_VARIANCE = 0.01;
const MAX_RELATIVE_VARIANCE = 100;

/**
 * A history's amounts with the largest tenth of its active days lowered to the largest day that is not among them (winsorised),
 * but never below one: rare work is no outlier.
 */
function winsorised({ activeDays, amounts }: OwnHistory): readonly number[] {
  const clipped = Math.floor(activeDays / 10);
  if (clipped === 0) return amounts;
  const cap = Math.max(1, [...amounts].sort((a, b) => b - a)[clipped] ?? 0);
  return amounts.map((amount) => Math.min(amount, cap));
}

export function winsorisedSum(history: OwnHistory): number {
  let sum = 0;
  for (const amount of winsorised(history)) sum += amount;
  return sum;
}

/** Day-to-day variance over mean of one history, zero days included. NaN without enough to tell. */
function spreadOf({ activeDays }: OwnHistory, amounts: readonly number[]): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  if (activeDays < 5 || sum < 5) return Number.NaN;
  const mean = sum / activeDays;
  let squares = (activeDays - amounts.length) * mean * mean;
  for (const amount of amounts) squares += (amount - mean) ** 2;
  return squares / (activeDays - 1) / mean;
}

/** The own spread that counts in a prediction: winsorised, so that a first offence does not excuse the second. */
export const ownSpread = (history: OwnHistory): number => spreadOf(history, winsorised(history));

export function groupBaseline(name: string, histories: readonly OwnHistory[]): GroupBaseline {
  const known = histories.filter((history) => history.activeDays >= MIN_DAYS_FOR_RATE);
  const sums = known.map(winsorisedSum);
  let days = 0;
  let amount = 0;
  let events = 0;
  let counted = 0;
  let unexplained = 0;
  let unapproved = 0;
  let low = 0;
  known.forEach((history, i) => {
    days += history.activeDays;
    amount += sums[i] as number;
    events += history.events;
    counted += history.counted;
    unexplained += history.unexplained;
    unapproved += history.unapproved;
    low += history.low;
  });
  const meanPerDay = (amount + 0.5) / (days + 1);
  const spread = groupSpread(known);
  let between = 0;
  known.forEach((history, i) => {
    const rate = (sums[i] as number) / history.activeDays;
    between += (rate - meanPerDay) ** 2 - (spread * meanPerDay) / history.activeDays;
  });
  const relative = known.length > 1 ? between / (known.length - 1) / meanPerDay ** 2 : 1;
  const variance = Math.min(MAX_RELATIVE_VARIANCE, Math.max(MIN_RELATIVE_VARIANCE, relative)) * meanPerDay ** 2;
  return {
    name,
    members: known.length,
    meanPerDay,
    shape: meanPerDay ** 2 / variance,
    rate: meanPerDay / variance,
    spread,
    ...usualRange(known.map((history, i) => (sums[i] as number) / history.activeDays)),
    unexplainedShare: share(unexplained, events),
    unapprovedShare: share(unapproved, events),
    lowShare: share(low, counted),
  };
}

function usualRange(rates: number[]): { usualFrom: number; usualTo: number } {
  const sorted = rates.sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  return { usualFrom: at(0.1), usualTo: at(0.9) };
}

const share = (part: number, whole: number): number => (part + 0.5) / (whole + 1);

/** Median of members' spreads, so that past offenders do not widen everybody's, also in a small group. */
function groupSpread(known: readonly OwnHistory[]): number {
  const spreads = known.map((one) => spreadOf(one, one.amounts)).filter((spread) => !Number.isNaN(spread));
  if (spreads.length === 0) return 1.5;
  spreads.sort((a, b) => a - b);
  return Math.max(1, spreads[Math.floor((spreads.length - 1) / 2)] as number);
}

export interface Prediction {
  readonly mean: number;
  readonly variance: number;
  readonly spread: number;
  /** expected amount per active day */
  readonly ratePerDay: number;
}

/**
 * Predictive mean and variance of the amount in `days` active days: the rate is Gamma with the group's prior updated by the own
 * winsorised history (discounted by the spread), days scatter with variance spread × mean.
 */
export function predict(history: OwnHistory, group: GroupBaseline, days: number, surge: number): Prediction {
  const own = ownSpread(history);
  const weight = Number.isNaN(own) ? 0 : history.activeDays;
  const spread = Math.max(
    1,
    (weight * (Number.isNaN(own) ? 0 : own) + SPREAD_PRIOR_DAYS * group.spread) / (weight + SPREAD_PRIOR_DAYS),
  );
  const shape = group.shape + winsorisedSum(history) / spread;
  const rate = group.rate + history.activeDays / spread;
  const ratePerDay = shape / rate;
  const mean = ratePerDay * days * surge;
  return { mean, variance: mean * spread + (mean * mean) / shape, spread, ratePerDay };
}
