// From the raw surprises of all detections to what a team reads: expected honest alarms a day, the thresholds that meet the alert
// budget on history, and which rows go on with an episode that was told before. Reads samples only, never verdicts.

import type { Definition } from '../detections/definition.js';
import { ensure } from '../maps.js';
import type { Day } from '../time.js';
import {
  type Calibration,
  type CalibrationOptions,
  calibrate,
  expectedPerDay,
  type Sample,
  uncalibrated,
} from './calibration.js';
import type { EntityKey } from './kind.js';
import type { Severity } from './scale.js';

export type SampleOf = (detection: string, day: Day) => Sample | undefined;

export interface Thresholds {
  /** alarms a day at or below which a row is at least of this level */
  readonly keep: number;
  readonly medium: number;
  readonly high: number;
  readonly critical: number;
}

export type Level = 'keep' | 'medium' | 'high';

/** All that levels of one day need, whatever the sheet: made once per day, and anew when a sample that it read changes. */
export interface DayLevels {
  readonly day: Day;
  readonly thresholds: Thresholds;
  /** of rows that name no person, seller or cluster: outside the budget, each detection with its even share */
  readonly evenThresholds: Thresholds;
  calibrationOf(detection: string): Calibration;
  /**
   * By how many decades the entity passed this level, by any detection, on the days on which an episode is remembered, as levels stood
   * on each of them; negative when it did not.
   */
  earlierOf(key: EntityKey, level: Level): number;
}

/** What level a row has, and how its alarms a day follow from its surprise. */
export interface RowLevel {
  readonly alarmsPerDay: number;
  readonly severity: Severity;
  readonly isContinuation: boolean;
  readonly calibration: Calibration;
  readonly thresholds: Thresholds;
}

export interface LevelledRow {
  readonly key: EntityKey;
  readonly surprise: number;
  readonly level: RowLevel;
}

/** Days of history that calibrate, and the last of them before the day itself: late events cannot change them. */
const HISTORY_DAYS = 28;
const GAP_DAYS = 2;
/** An episode is remembered for so many days after it last reached the level. */
export const EPISODE_DAYS = 14;
/** The model's own expectation counts as so many days of history. */
const PSEUDO_DAYS = 3;
/** Alerts aimed at, of those that the budget allows: what is new is a little more than what history held. */
const AIM = 0.7;
const MEDIUM_FACTOR = 3;
/** Rows are kept down to this many times the budget (CONTRACT §2). */
export const KEEP_FACTOR = 10;
const CRITICAL_FACTOR = 0.02;
/** A threshold is at most so many times each detection's even share: quiet history does not make an alarm of the ordinary. */
const MOST_EVEN_SHARES = 3;
/** An episode's evidence is materially new once the decades by which it passes the threshold have so grown. */
const NEW_TIMES = 2;
const NEW_DECADES = 2;

const FEED_PREFIX = 'feed ';

/** Days whose samples the levels of a day read beside its own, of all detections. */
export const levelRange = (day: Day): { readonly from: Day; readonly to: Day } => ({
  from: standardsRange(day - EPISODE_DAYS).from,
  to: day,
});

/** Days whose samples the calibrations and thresholds of a day read. */
const standardsRange = (day: Day): { readonly from: Day; readonly to: Day } => ({
  from: day - GAP_DAYS - HISTORY_DAYS + 1 - EPISODE_DAYS,
  to: day - GAP_DAYS + 1,
});

/** Least alarms a day of one entity on one day. */
interface Told {
  readonly day: Day;
  alarms: number;
}

export interface LevelOptions {
  readonly budgetPerDay: number;
}

export function prepareLevels(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  options: LevelOptions,
): DayLevels {
  const { thresholds, evenThresholds, calibrations } = standardsOf(day, definitions, sampleOf, options);
  const earlier: { readonly thresholds: Thresholds; readonly reached: ReadonlyMap<EntityKey, number> }[] = [];
  for (let d = day - EPISODE_DAYS; d < day; d++) {
    const standards = standardsOf(d, definitions, sampleOf, options);
    earlier.push({ thresholds: standards.thresholds, reached: leastOn(d, definitions, sampleOf, standards) });
  }
  return {
    day,
    thresholds,
    evenThresholds,
    calibrationOf: (detection) => (calibrations.get(detection) ?? NO_CALIBRATION).whole,
    earlierOf(key, level) {
      let most = Number.NEGATIVE_INFINITY;
      for (const one of earlier) {
        const alarms = one.reached.get(key);
        if (alarms !== undefined) most = Math.max(most, Math.log10(one.thresholds[level] / alarms));
      }
      return most;
    },
  };
}

/** Calibrations and thresholds of a day, by the samples up to two days before. */
interface Standards {
  readonly calibrations: ReadonlyMap<string, Calibrations>;
  readonly thresholds: Thresholds;
  readonly evenThresholds: Thresholds;
}

interface Remembered {
  readonly reads: readonly (Sample | undefined)[];
  readonly budgetPerDay: number;
  readonly standards: Standards;
}

const remembered = new WeakMap<readonly Definition[], Map<Day, Remembered>>();
const MOST_REMEMBERED = 64;

/** Made once while the samples that they read are the same objects; the result is the same without. */
function standardsOf(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  options: LevelOptions,
): Standards {
  const { from, to } = standardsRange(day);
  const reads: (Sample | undefined)[] = [];
  for (const { id } of definitions) for (let d = from; d < to; d++) reads.push(sampleOf(id, d));
  const ofDefinitions = ensure(remembered, definitions, () => new Map<Day, Remembered>());
  const known = ofDefinitions.get(day);
  if (known?.budgetPerDay === options.budgetPerDay && known.reads.every((one, i) => one === reads[i])) {
    return known.standards;
  }
  const standards = makeStandards(day, definitions, sampleOf, options);
  ofDefinitions.delete(day);
  while (ofDefinitions.size >= MOST_REMEMBERED) ofDefinitions.delete(ofDefinitions.keys().next().value as Day);
  ofDefinitions.set(day, { reads, budgetPerDay: options.budgetPerDay, standards });
  return standards;
}

function makeStandards(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  { budgetPerDay }: LevelOptions,
): Standards {
  const newest = day - GAP_DAYS;
  const oldest = newest - HISTORY_DAYS + 1;
  const calibrations = new Map<string, Calibrations>();
  const judgedDays = new Set<Day>();
  const catalogue = [...definitions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const span = { first: firstJudged(oldest, newest, catalogue, sampleOf), newest };
  for (const { id, judge, weight, window } of catalogue) {
    const samples: { readonly block: number; readonly sample: Sample }[] = [];
    for (let d = oldest; d <= newest; d++) {
      const sample = sampleOf(id, d);
      if (sample === undefined || sample.judged === 0) continue;
      samples.push({ block: blockOf(d, span), sample });
      judgedDays.add(d);
    }
    calibrations.set(
      id,
      judge.kind === 'canary' ? NO_CALIBRATION : fitTo(samples, { weight, windowDays: window.days }),
    );
  }
  const told = new Map<EntityKey, Told[]>();
  for (let d = oldest - EPISODE_DAYS; d <= newest; d++) {
    for (const { id } of catalogue) {
      const sample = sampleOf(id, d);
      if (sample === undefined) continue;
      const { whole, without } = calibrations.get(id) ?? NO_CALIBRATION;
      remember(told, d, sample, without[blockOf(d, span)] ?? whole);
    }
  }
  const episodes = [...told.values()].map((days): Episodes => ({ days, least: leastBetween(days, oldest, newest) }));
  episodes.sort((a, b) => a.least - b.least);
  const history = { oldest, newest, days: judgedDays.size, episodes };
  const weights = Math.max(
    1,
    catalogue.reduce((sum, { weight }) => sum + weight, 0),
  );
  const even = (times: number): number => (AIM * budgetPerDay * times) / weights;
  const solve = (times: number): number =>
    Math.min(MOST_EVEN_SHARES * even(times), solveThreshold(history, AIM * budgetPerDay * times, weights));
  return { calibrations, thresholds: thresholdsBy(solve), evenThresholds: thresholdsBy(even) };
}

function firstJudged(oldest: Day, newest: Day, catalogue: readonly Definition[], sampleOf: SampleOf): Day {
  for (let d = oldest; d < newest; d++) if (catalogue.some(({ id }) => (sampleOf(id, d)?.judged ?? 0) > 0)) return d;
  return newest;
}

/** Least alarms a day of each entity on a day, by that day's calibrations. */
function leastOn(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  { calibrations, thresholds }: Standards,
): Map<EntityKey, number> {
  const least = new Map<EntityKey, number>();
  for (const { id } of definitions) {
    const sample = sampleOf(id, day);
    if (sample === undefined) continue;
    const { whole } = calibrations.get(id) ?? NO_CALIBRATION;
    for (let i = 0; i < sample.keys.length; i++) {
      const alarms = expectedPerDay(sample.surprises[i] as number, sample.judged, whole);
      if (alarms > thresholds.keep) break;
      const key = sample.keys[i] as string;
      least.set(key, Math.min(alarms, least.get(key) ?? Number.POSITIVE_INFINITY));
    }
  }
  return least;
}

function thresholdsBy(solve: (times: number) => number): Thresholds {
  const high = solve(1);
  return { keep: solve(KEEP_FACTOR), medium: solve(MEDIUM_FACTOR), high, critical: high * CRITICAL_FACTOR };
}

/** History is left out in so many blocks of days, one after another, when its days are judged by what the others say. */
const BLOCKS = 4;

/** Fitted to the whole history, and to the history without each of its blocks. */
interface Calibrations {
  readonly whole: Calibration;
  readonly without: readonly Calibration[];
}

/** From the first day on which anything was judged. */
interface Span {
  readonly first: Day;
  readonly newest: Day;
}

const NO_CALIBRATION: Calibrations = { whole: uncalibrated, without: [] };

const blockOf = (day: Day, { first, newest }: Span): number =>
  Math.floor((BLOCKS * (day - first)) / (newest - first + 1));

/**
 * A calibration never meets the days that it was fitted to as strangers, so history is counted by cross-validation (Stone 1974):
 * each block of days by the calibration of the others, where those are enough.
 */
function fitTo(
  samples: readonly { readonly block: number; readonly sample: Sample }[],
  options: CalibrationOptions,
): Calibrations {
  const whole = calibrate(
    samples.map(({ sample }) => sample),
    options,
  );
  const without: Calibration[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const others = calibrate(
      samples.filter((one) => one.block !== block).map(({ sample }) => sample),
      options,
    );
    without.push(Number.isNaN(others.threshold) ? whole : others);
  }
  return { whole, without };
}

function remember(told: Map<EntityKey, Told[]>, day: Day, sample: Sample, calibration: Calibration): void {
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

function leastBetween(days: readonly Told[], from: Day, to: Day): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { day, alarms } of days) if (day >= from && day <= to && alarms < least) least = alarms;
  return least;
}

/** One entity's days, ascending, and its least alarms a day within the history. */
interface Episodes {
  readonly days: readonly Told[];
  readonly least: number;
}

interface History {
  readonly oldest: Day;
  readonly newest: Day;
  /** days of them on which anything was judged */
  readonly days: number;
  /** ascending by least alarms */
  readonly episodes: readonly Episodes[];
}

const BISECTIONS = 26;

/**
 * The alarms a day θ at which history and, for a few pseudo-days, the model's own expectation would together have made the budget's
 * number of alerts: N(θ) + n₀·θ·W = aim · (H + n₀). Between 10⁻¹² and 10³, by bisection of its logarithm.
 */
function solveThreshold(history: History, budgetPerDay: number, detections: number): number {
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
  for (const { days, least } of episodes) {
    if (least > theta) break;
    for (let i = 0; i < days.length; i++) {
      const { day, alarms } = days[i] as Told;
      if (alarms > theta || day < oldest || day > newest) continue;
      let earlier = Number.POSITIVE_INFINITY;
      for (let j = i - 1; j >= 0 && (days[j] as Told).day >= day - EPISODE_DAYS; j--) {
        earlier = Math.min(earlier, (days[j] as Told).alarms);
      }
      if (!goesOn(Math.log10(theta / alarms), Math.log10(theta / earlier))) alerts++;
    }
  }
  return alerts;
}

/** Whether evidence, in decades by which a level is passed, only goes on with what passed it before, without being materially new. */
const goesOn = (decades: number, earlier: number): boolean =>
  earlier >= 0 && decades < NEW_TIMES * earlier + NEW_DECADES;

/** The rows of one sheet that are worth keeping, in the sample's order. */
export function levelSheet(levels: DayLevels, definition: Definition, sample: Sample): LevelledRow[] {
  const calibration = levels.calibrationOf(definition.id);
  const rows: LevelledRow[] = [];
  for (let i = 0; i < sample.keys.length; i++) {
    const key = sample.keys[i] as string;
    const surprise = sample.surprises[i] as number;
    const alarmsPerDay = expectedPerDay(surprise, sample.judged, calibration);
    const level = rowLevel(levels, key, alarmsPerDay, definition.window.days > 1);
    if (level === null) continue;
    const thresholds = thresholdsOf(levels, key);
    rows.push({ key, surprise, level: { alarmsPerDay, ...level, calibration, thresholds } });
  }
  return rows;
}

/**
 * An episode that goes on makes no second alert: where every day has a row, the row is at most `medium`; where windows overlap, there
 * is no further row.
 */
function rowLevel(
  levels: DayLevels,
  key: EntityKey,
  alarms: number,
  overlaps: boolean,
): { severity: Severity; isContinuation: boolean } | null {
  const thresholds = thresholdsOf(levels, key);
  const severity = severityAt(alarms, thresholds);
  if (severity === null) return null;
  const level = severity === 'low' ? 'keep' : severity === 'medium' ? 'medium' : 'high';
  const isContinuation = goesOn(Math.log10(thresholds[level] / alarms), levels.earlierOf(key, level));
  if (!isContinuation) return { severity, isContinuation };
  if (overlaps) return null;
  return { severity: severity === 'low' ? 'low' : 'medium', isContinuation };
}

const thresholdsOf = (levels: DayLevels, key: EntityKey): Thresholds =>
  key.startsWith(FEED_PREFIX) ? levels.evenThresholds : levels.thresholds;

export function severityAt(alarms: number, thresholds: Thresholds): Severity | null {
  if (alarms <= thresholds.critical) return 'critical';
  if (alarms <= thresholds.high) return 'high';
  if (alarms <= thresholds.medium) return 'medium';
  return alarms <= thresholds.keep ? 'low' : null;
}
