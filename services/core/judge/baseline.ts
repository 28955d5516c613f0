// What an actor and its peers usually do: own daily amounts shrunk towards the peer group (empirical Bayes, Gamma–Poisson with
// extra day-to-day spread), own shares shrunk towards the peers' (beta–binomial). See docs/model.md for the derivation.

export interface OwnHistory {
  /** days with any activity, in the baseline */
  activeDays: number;
  /** the amount of each active day with an amount above zero, in day order */
  readonly amounts: number[];
  /** all accesses, and those that the definition counts */
  events: number;
  counted: number;
  unexplained: number;
  /** explained late or by a case of one's own */
  doubtful: number;
  unapproved: number;
  low: number;
}

export const emptyHistory = (): OwnHistory => ({
  activeDays: 0,
  amounts: [],
  events: 0,
  counted: 0,
  unexplained: 0,
  doubtful: 0,
  unapproved: 0,
  low: 0,
});

/** A history in the figures that baselines are made of. */
export interface Member extends Readonly<Omit<OwnHistory, 'amounts'>> {
  /** of winsorised amounts */
  readonly sum: number;
  /** day-to-day variance over mean of winsorised amounts: a first offence does not excuse the second. NaN without enough to tell */
  readonly ownSpread: number;
  /** the same of the amounts as they are */
  readonly spread: number;
}

export interface ShareBaseline {
  readonly mean: number;
  /** how many accesses' worth the peers' share counts against one's own: small where members differ widely */
  readonly weight: number;
}

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
  readonly unexplained: ShareBaseline;
  readonly doubtful: ShareBaseline;
  readonly unapproved: ShareBaseline;
  readonly low: ShareBaseline;
}

const MIN_DAYS_FOR_RATE = 3;
const SPREAD_PRIOR_DAYS = 20;
/** A group's rates are never believed to differ by less than a tenth of their mean, nor by more than ten times. */
const MIN_RELATIVE_VARIANCE = 0.01;
const MAX_RELATIVE_VARIANCE = 100;

/** The amounts of one history: entries from … to − 1. */
interface Stretch {
  readonly amounts: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

/** Room for the largest amounts of one history at a time. */
const scratch = new Float64Array(16);

/** The level to which the largest tenth of active days is lowered; never below one, as rare work is no outlier. */
function capOf({ amounts, from, to }: Stretch, activeDays: number): number {
  const clipped = Math.floor(activeDays / 10);
  if (clipped === 0) return Number.POSITIVE_INFINITY;
  if (to - from <= clipped) return 1;
  const largest = clipped < scratch.length ? scratch.fill(0, 0, clipped + 1) : new Float64Array(clipped + 1);
  for (let i = from; i < to; i++) {
    const amount = amounts[i] as number;
    if (amount <= (largest[clipped] as number)) continue;
    let at = clipped;
    while (at > 0 && (largest[at - 1] as number) < amount) {
      largest[at] = largest[at - 1] as number;
      at--;
    }
    largest[at] = amount;
  }
  return Math.max(1, largest[clipped] as number);
}

export function memberOf({ amounts, ...figures }: OwnHistory): Member {
  return { ...figures, ...paceIn(amounts, 0, amounts.length, figures.activeDays) };
}

const IDLE = { sum: 0, ownSpread: Number.NaN, spread: Number.NaN };

/** @param amounts of which entries from … to − 1 are the amounts above zero of somebody active on so many days */
export function paceIn(
  amounts: ArrayLike<number>,
  from: number,
  to: number,
  activeDays: number,
): Pick<Member, 'sum' | 'ownSpread' | 'spread'> {
  if (from === to) return IDLE;
  const stretch = { amounts, from, to };
  const cap = capOf(stretch, activeDays);
  let sum = 0;
  let raw = 0;
  for (let i = from; i < to; i++) {
    const amount = amounts[i] as number;
    raw += amount;
    sum += Math.min(amount, cap);
  }
  return {
    sum,
    ownSpread: spreadOf(stretch, activeDays, sum, cap),
    spread: spreadOf(stretch, activeDays, raw, Number.POSITIVE_INFINITY),
  };
}

function spreadOf({ amounts, from, to }: Stretch, activeDays: number, sum: number, cap: number): number {
  if (activeDays < 5 || sum < 5) return Number.NaN;
  const mean = sum / activeDays;
  let squares = (activeDays - (to - from)) * mean * mean;
  for (let i = from; i < to; i++) squares += (Math.min(amounts[i] as number, cap) - mean) ** 2;
  return squares / (activeDays - 1) / mean;
}

export function groupBaseline(name: string, members: readonly Member[]): GroupBaseline {
  const known = members.filter((member) => member.activeDays >= MIN_DAYS_FOR_RATE);
  let days = 0;
  let amount = 0;
  for (const member of known) {
    days += member.activeDays;
    amount += member.sum;
  }
  const meanPerDay = (amount + 0.5) / (days + 1);
  const spread = groupSpread(known);
  let between = 0;
  for (const member of known) {
    const rate = member.sum / member.activeDays;
    between += (rate - meanPerDay) ** 2 - (spread * meanPerDay) / member.activeDays;
  }
  const relative = known.length > 1 ? between / (known.length - 1) / meanPerDay ** 2 : 1;
  const variance = Math.min(MAX_RELATIVE_VARIANCE, Math.max(MIN_RELATIVE_VARIANCE, relative)) * meanPerDay ** 2;
  return {
    name,
    members: known.length,
    meanPerDay,
    shape: meanPerDay ** 2 / variance,
    rate: meanPerDay / variance,
    spread,
    ...usualRange(known.map((member) => member.sum / member.activeDays)),
    unexplained: shareBaseline(known, 'unexplained', 'events'),
    doubtful: shareBaseline(known, 'doubtful', 'events'),
    unapproved: shareBaseline(known, 'unapproved', 'events'),
    low: shareBaseline(known, 'low', 'counted'),
  };
}

function usualRange(rates: number[]): { usualFrom: number; usualTo: number } {
  const sorted = rates.sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  return { usualFrom: at(0.1), usualTo: at(0.9) };
}

const MIN_SHARE_WEIGHT = 1;
const MAX_SHARE_WEIGHT = 30;
const MIN_WHOLE = 5;

type Share = 'unexplained' | 'doubtful' | 'unapproved' | 'low';

/** Pooled share, and the weight of its beta prior by the method of moments over members (Kleinman 1973). */
function shareBaseline(members: readonly Member[], part: Share, whole: 'events' | 'counted'): ShareBaseline {
  let parts = 0;
  let wholes = 0;
  for (const member of members) {
    parts += member[part];
    wholes += member[whole];
  }
  const mean = (parts + 0.5) / (wholes + 1);
  let told = 0;
  let between = 0;
  for (const member of members) {
    if (member[whole] < MIN_WHOLE) continue;
    told++;
    between += (member[part] / member[whole] - mean) ** 2 - (mean * (1 - mean)) / member[whole];
  }
  if (told < 3) return { mean, weight: MIN_SHARE_WEIGHT };
  const variance = between / told;
  const weight = variance <= 0 ? MAX_SHARE_WEIGHT : (mean * (1 - mean)) / variance - 1;
  return { mean, weight: Math.min(MAX_SHARE_WEIGHT, Math.max(MIN_SHARE_WEIGHT, weight)) };
}

/** Median of members' spreads, so that past offenders do not widen everybody's, also in a small group. */
function groupSpread(known: readonly Member[]): number {
  const spreads = known.map((one) => one.spread).filter((spread) => !Number.isNaN(spread));
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
export function predict(own: Member, group: GroupBaseline, days: number, surge: number): Prediction {
  const weight = Number.isNaN(own.ownSpread) ? 0 : own.activeDays;
  const spread = Math.max(
    1,
    (weight * (weight === 0 ? 0 : own.ownSpread) + SPREAD_PRIOR_DAYS * group.spread) / (weight + SPREAD_PRIOR_DAYS),
  );
  const shape = group.shape + own.sum / spread;
  const rate = group.rate + own.activeDays / spread;
  const ratePerDay = shape / rate;
  const mean = ratePerDay * days * surge;
  return { mean, variance: mean * spread + (mean * mean) / shape, spread, ratePerDay };
}
