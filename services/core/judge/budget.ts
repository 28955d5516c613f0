// How many alerts a threshold would have made in history, and the threshold that meets the budget: alerts are counted, not predicted.
// An entity whose evidence only goes on makes no second alert. Knows alarms a day, not where they come from.

import { ensure } from '../maps.js';
import type { Day } from '../time.js';
import { type Calibration, expectedPerDay, type Sample } from './calibration.js';
import { type EntityKey, FEED_PREFIX } from './kind.js';

/** An episode is remembered for so many days after it last reached the level. */
export const EPISODE_DAYS = 14;
/** The model's own expectation counts as so many days of history. */
const PSEUDO_DAYS = 3;
/** An episode's evidence is materially new once the decades by which it passes the threshold have so grown. */
const NEW_TIMES = 3;
const NEW_DECADES = 3;

/** Least alarms a day of one entity on one day. */
export interface Told {
  readonly day: Day;
  alarms: number;
}

export function remember(told: Map<EntityKey, Told[]>, day: Day, sample: Sample, calibration: Calibration): void {
  for (let i = 0; i < sample.keys.length; i++) {
    const key = sample.keys[i] as string;
    if (key.startsWith(FEED_PREFIX)) continue;
    const alarms = expectedPerDay(sample.surprises[i] as number, sample.judged, calibration);
    const days = ensure(told, key, (): Told[] => []);
    const last = days.at(-1);
    if (last?.day !== day) days.push({ day, alarms });
    else last.alarms = Math.min(last.alarms, alarms);
  }
}

/** One entity's days, ascending, and its least alarms a day within the history. */
interface Episodes {
  readonly days: readonly Told[];
  readonly least: number;
}

export interface History {
  readonly oldest: Day;
  readonly newest: Day;
  /** days of them on which anything was judged */
  readonly days: number;
  /** ascending by least alarms */
  readonly episodes: readonly Episodes[];
}

/** What was told in the days up to `newest`, counted from `oldest`; earlier days only begin episodes. */
export function historyOf(
  told: ReadonlyMap<EntityKey, readonly Told[]>,
  { oldest, newest, days }: Omit<History, 'episodes'>,
): History {
  const episodes = [...told.values()].map((own): Episodes => ({ days: own, least: leastBetween(own, oldest, newest) }));
  episodes.sort((a, b) => a.least - b.least);
  return { oldest, newest, days, episodes };
}

function leastBetween(days: readonly Told[], from: Day, to: Day): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { day, alarms } of days) if (day >= from && day <= to && alarms < least) least = alarms;
  return least;
}

const BISECTIONS = 26;

/**
 * The alarms a day θ at which history and, for a few pseudo-days, the model's own expectation would together have made the budget's
 * number of alerts: N(θ) + n₀·θ·W = aim · (H + n₀). Between 10⁻¹² and 10³, by bisection of its logarithm.
 */
export function solveThreshold(history: History, budgetPerDay: number, detections: number): number {
  const wanted = budgetPerDay * (history.days + PSEUDO_DAYS);
  let low = -12;
  let high = 3;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    const theta = 10 ** middle;
    if (alertsAt(theta, history) + PSEUDO_DAYS * theta * detections <= wanted) low = middle;
    else high = middle;
  }
  return Number((10 ** low).toPrecision(6));
}

/** Alerts that this threshold would have made in the history: (day, entity) that do not go on with an episode. */
function alertsAt(theta: number, { oldest, newest, episodes }: History): number {
  let alerts = 0;
  for (const { days, least: leastOfAll } of episodes) {
    if (leastOfAll > theta) break;
    for (let i = 0; i < days.length; i++) {
      const { day, alarms } = days[i] as Told;
      if (alarms > theta || day < oldest || day > newest) continue;
      let first = Number.POSITIVE_INFINITY;
      let least = Number.POSITIVE_INFINITY;
      for (let j = i - 1; j >= 0 && (days[j] as Told).day >= day - EPISODE_DAYS; j--) {
        const { alarms: before } = days[j] as Told;
        if (before > theta) continue;
        first = before;
        least = Math.min(least, before);
      }
      const passedBy = (one: number): number => Math.log10(theta / one);
      if (!goesOn(passedBy(alarms), { first: passedBy(first), most: passedBy(least) })) alerts++;
    }
  }
  return alerts;
}

/** By how many decades a level was passed when the episode, as far as it is remembered, began, and at most; negative: not at all. */
export interface Episode {
  readonly first: number;
  readonly most: number;
}

/**
 * Whether evidence only goes on with what passed a level before. It is materially new once it passes a further step than all of it;
 * steps are counted from where the episode began: so neither a slow rise nor a chance alarm before it hides what follows.
 */
export function goesOn(decades: number, { first, most }: Episode): boolean {
  if (first < 0) return false;
  let step = NEW_TIMES * first + NEW_DECADES;
  while (step <= most && Number.isFinite(most)) step = NEW_TIMES * step + NEW_DECADES;
  return decades < step;
}
