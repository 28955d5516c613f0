// How unusual it is that a rule matches so often, given how often it did before: for the entity itself, shrunk to everybody, and how
// often anybody got as far. A rule that matches daily says little, whatever level its author gave it.

import type { Level } from '../sigma/document.js';
import { round, surprise } from '../stats/combine.js';
import { logNegativeBinomialTail } from '../stats/tails.js';

/** What a rule matched on the earlier days that have data. */
export interface RuleHistory {
  readonly days: number;
  /** matches a day, of days with any, by entity */
  readonly byEntity: ReadonlyMap<string, readonly number[]>;
}

export interface MatchFigures {
  readonly matches: number;
  readonly expected: number;
  /** ln of the probability of so many, by the model */
  readonly logP: number;
  /** own days with a match, and the most on one */
  readonly ownDays: number;
  readonly ownMost: number;
  /** earlier days and entities that got as far */
  readonly reached: number;
  /** honest alarms a day by the rule's level and by how often anybody got as far, the larger */
  readonly alarmsByLevel: number;
  /** −log10 p: of the model's probability and the level's, the smaller */
  readonly surprise: number;
  readonly inputs: Readonly<Record<string, number>>;
}

/** Honest alarms a day that a rule of this level is taken to raise while it matches rarely. */
export const NOMINAL: Readonly<Record<Level, number>> = {
  critical: 0.002,
  high: 0.05,
  medium: 0.5,
  low: 5,
  informational: 1000,
};

/** What a level says about how often honest people match counts as much as a month of history. */
const LEVEL_DAYS = 28;
/** With fewer days of history the level alone says what a match is worth. */
const MIN_DAYS = 5;
/** Days of everybody's rate that an own history counts against. */
const PRIOR_DAYS = 5;
/** Without history a probability is distrusted by this factor (calibration.ts); a level is not. */
const UNCALIBRATED_FACTOR = 10;

/** Figures of everybody, made once a sheet. */
export interface Everybody {
  readonly history: RuleHistory;
  readonly level: Level;
  /** entities that could have matched */
  readonly entities: number;
  /** matches by an entity a day */
  readonly mean: number;
  /** size-biased mean of the matches of a day that has some: how lumpy they come */
  readonly clump: number;
  /** all days' matches, descending */
  readonly all: readonly number[];
}

export function everybody(history: RuleHistory, entities: number, level: Level): Everybody {
  const all = [...history.byEntity.values()].flat().sort((a, b) => b - a);
  const capped = winsorised(all);
  const sum = capped.reduce((total, one) => total + one, 0);
  const squares = capped.reduce((total, one) => total + one * one, 0);
  const mean = (sum + NOMINAL[level] * LEVEL_DAYS) / (Math.max(1, entities) * (history.days + LEVEL_DAYS));
  return { history, level, entities, mean, clump: sum === 0 ? 1 : Math.max(1, squares / sum), all };
}

export function weighMatches(
  entity: string,
  matches: number,
  { history, level, entities, mean, clump, all }: Everybody,
): MatchFigures {
  const own = history.byEntity.get(entity) ?? [];
  const sum = winsorised([...own].sort((a, b) => b - a)).reduce((total, one) => total + one, 0);
  const shape = mean * PRIOR_DAYS + sum / clump;
  const rate = PRIOR_DAYS + history.days / clump;
  const expected = shape / rate;
  const excess = clump - 1 + expected / shape;
  const logP = logNegativeBinomialTail(matches, expected, expected / excess);
  const reached = countAtLeast(all, matches);
  const alarmsByLevel = Math.max(NOMINAL[level], reached / Math.max(1, history.days));
  const byLevel = surprise(Math.log(alarmsByLevel / (UNCALIBRATED_FACTOR * Math.max(1, entities))));
  return {
    matches,
    expected: round(expected, 6),
    logP,
    ownDays: own.length,
    ownMost: Math.max(0, ...own),
    reached,
    alarmsByLevel: round(alarmsByLevel, 6),
    surprise: history.days < MIN_DAYS ? Math.max(byLevel, 0) : Math.max(surprise(logP), byLevel, 0),
    inputs: {
      mean_per_entity_day: round(mean, 8),
      clump: round(clump, 4),
      shape: round(shape, 6),
      rate: round(rate, 6),
      days: history.days,
    },
  };
}

/** The ⌊n/10⌋ largest lowered to the next (Tukey 1962). @param descending */
function winsorised(descending: readonly number[]): number[] {
  const cut = Math.floor(descending.length / 10);
  const next = descending[cut] ?? 0;
  return descending.map((one, i) => (i < cut ? next : one));
}

function countAtLeast(descending: readonly number[], least: number): number {
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] as number) >= least) low = middle + 1;
    else high = middle;
  }
  return low;
}
