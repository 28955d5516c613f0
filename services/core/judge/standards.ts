// Calibrations and thresholds of one day, by the samples of earlier days: what a surprise of each detection is worth in honest alarms
// a day, and at how many alarms a day each level begins. Reads samples only, never verdicts.

import type { Definition } from '../detections/definition.js';
import { ensure } from '../maps.js';
import type { Day } from '../time.js';
import { EPISODE_DAYS, historyOf, remember, solveThreshold, type Told } from './budget.js';
import { type Calibration, type CalibrationOptions, calibrate, type Sample, uncalibrated } from './calibration.js';
import type { EntityKey } from './kind.js';

export type SampleOf = (detection: string, day: Day) => Sample | undefined;

export interface Thresholds {
  /** alarms a day at or below which a row is at least of this level */
  readonly keep: number;
  readonly medium: number;
  readonly high: number;
  readonly critical: number;
}

/** Days of history that calibrate, and the last of them before the day itself: late events cannot change them. */
const HISTORY_DAYS = 28;
/** Days of it whose alerts are counted against the budget: where offenders appear, honest alarms make room for them within weeks. */
const COUNTED_DAYS = 14;
const GAP_DAYS = 2;
const MEDIUM_FACTOR = 3;
/** Rows are kept down to this many times the budget (CONTRACT §2). */
export const KEEP_FACTOR = 10;
const CRITICAL_FACTOR = 0.02;
/** A threshold is at most so many times each detection's even share: quiet history does not make an alarm of the ordinary. */
const MOST_EVEN_SHARES = 4;
/** History is left out in so many blocks of days, one after another, when its days are judged by what the others say. */
const BLOCKS = 4;

export interface LevelOptions {
  readonly budgetPerDay: number;
}

/** By the samples up to two days before the day. */
export interface Standards {
  readonly calibrations: ReadonlyMap<string, Calibrations>;
  readonly thresholds: Thresholds;
  readonly evenThresholds: Thresholds;
}

/** Fitted to the whole history, and to the history without each of its blocks. */
export interface Calibrations {
  readonly whole: Calibration;
  readonly without: readonly Calibration[];
}

export const NO_CALIBRATION: Calibrations = { whole: uncalibrated, without: [] };

/** Days whose samples the calibrations and thresholds of a day read. */
export const standardsRange = (day: Day): { readonly from: Day; readonly to: Day } => ({
  from: day - GAP_DAYS - HISTORY_DAYS + 1 - EPISODE_DAYS,
  to: day - GAP_DAYS + 1,
});

interface Remembered {
  readonly reads: readonly (Sample | undefined)[];
  readonly budgetPerDay: number;
  readonly standards: Standards;
}

const remembered = new WeakMap<readonly Definition[], Map<Day, Remembered>>();
const MOST_REMEMBERED = 64;

/** Made once while the samples that they read are the same objects; the result is the same without. */
export function standardsOf(
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
  const counted = Math.max(oldest, newest - COUNTED_DAYS + 1);
  const history = historyOf(told, {
    oldest: counted,
    newest,
    days: [...judgedDays].filter((one) => one >= counted).length,
  });
  const weights = Math.max(
    1,
    catalogue.reduce((sum, { weight }) => sum + weight, 0),
  );
  const even = (times: number): number => (budgetPerDay * times) / weights;
  const solve = (times: number): number =>
    Math.min(MOST_EVEN_SHARES * even(times), solveThreshold(history, budgetPerDay * times, weights));
  return { calibrations, thresholds: thresholdsBy(solve), evenThresholds: thresholdsBy(even) };
}

function firstJudged(oldest: Day, newest: Day, catalogue: readonly Definition[], sampleOf: SampleOf): Day {
  for (let d = oldest; d < newest; d++) if (catalogue.some(({ id }) => (sampleOf(id, d)?.judged ?? 0) > 0)) return d;
  return newest;
}

function thresholdsBy(solve: (times: number) => number): Thresholds {
  const high = solve(1);
  return { keep: solve(KEEP_FACTOR), medium: solve(MEDIUM_FACTOR), high, critical: high * CRITICAL_FACTOR };
}

/** From the first day on which anything was judged. */
interface Span {
  readonly first: Day;
  readonly newest: Day;
}

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
