// From surprise to expected honest alarms a day: how often did this detection's surprise reach so far on earlier days?
// Reads samples of earlier sheets; never the verdicts on them.

import { push } from '../maps.js';
import { round } from '../stats/combine.js';

/** The largest surprises of one sheet, by entity, and of how many that were judged. */
export interface Sample {
  readonly judged: number;
  /** side by side, descending by surprise, at most SAMPLE_SIZE */
  readonly keys: readonly string[];
  readonly surprises: readonly number[];
}

export const SAMPLE_SIZE = 60;
const MIN_SHEETS = 5;
/** A tail of fewer surprises may be one campaign's; of a small organisation half of the people must do. */
const MIN_TAIL = { least: 8, most: 20 };
/** How much of what was judged is the tail; in a large organisation less, at most half of what is sampled. */
const TAIL_SHARE = 0.05;
const ENOUGH_TAIL = 40;
/** Without history the model's own probability is distrusted by this factor. */
const UNCALIBRATED_FACTOR = 10;
/** An exponential tail with this mean is what a perfectly calibrated −log10 p has. */
const MODEL_MEAN_EXCESS = 1 / Math.LN10;
/** History may say that the model is too careful, by at most this factor (an episode of a long window counted once). */
const MODEL_CAUTION = 10;
/** An entity that stays in the tail is an alarm anew after so many sheets: its episode is forgotten by then (budget.ts). */
const STRETCH_SHEETS = 14;
/** The model's slope counts as so many excesses. */
const MODEL_WEIGHT = 5;

export interface Calibration {
  readonly sheets: number;
  /** where the tail begins, in −log10 p; NaN when uncalibrated */
  readonly threshold: number;
  /** entities a day that reach the threshold, each once in a stretch of days */
  readonly tailPerDay: number;
  /** mean of the exponential that continues the tail */
  readonly meanExcess: number;
  /** of the detection: alarms a day are divided by it */
  readonly weight: number;
  /** days of the detection's window */
  readonly windowDays: number;
}

export const uncalibrated: Calibration = {
  sheets: 0,
  threshold: Number.NaN,
  tailPerDay: 0,
  meanExcess: MODEL_MEAN_EXCESS,
  weight: 1,
  windowDays: 1,
};

export interface CalibrationOptions {
  readonly weight?: number;
  /** days of a window: overlapping windows tell one thing several times */
  readonly windowDays?: number;
}

export function calibrate(
  samples: readonly Sample[],
  { weight = 1, windowDays = 1 }: CalibrationOptions = {},
): Calibration {
  const sheets = samples.filter((sample) => sample.judged > 0);
  const perEntity = Math.max(1, Math.ceil(sheets.length / windowDays));
  const all = largestOfEach(sheets, perEntity);
  let judged = 0;
  for (const sample of sheets) judged += sample.judged;
  const share = Math.ceil((judged * TAIL_SHARE * perEntity) / Math.max(1, sheets.length));
  const sampled = Math.floor((sheets.length * SAMPLE_SIZE) / 2);
  const tail = Math.min(all.length, sampled, Math.max(ENOUGH_TAIL, share));
  const wanted = Math.min(MIN_TAIL.most, Math.max(MIN_TAIL.least, judged / Math.max(1, sheets.length) / 2));
  if (sheets.length < MIN_SHEETS || tail < wanted)
    return { ...uncalibrated, sheets: sheets.length, weight, windowDays };
  all.sort((a, b) => b - a);
  const threshold = all[tail - 1] as number;
  return {
    sheets: sheets.length,
    threshold,
    tailPerDay: round(alarmsAtOrAbove(sheets, threshold) / sheets.length, 6),
    meanExcess: round(Math.max(MODEL_MEAN_EXCESS, meanExcess(all, tail, threshold)), 6),
    weight,
    windowDays,
  };
}

/** Of each entity as many surprises, the largest, as there are windows beside one another: somebody's long window counts once. */
function largestOfEach(sheets: readonly Sample[], most: number): number[] {
  if (most >= sheets.length) return sheets.flatMap(({ surprises }) => [...surprises]);
  const byEntity = new Map<string, number[]>();
  for (const { keys, surprises } of sheets) {
    for (let i = 0; i < keys.length; i++) push(byEntity, keys[i] as string, surprises[i] as number);
  }
  const all: number[] = [];
  for (const own of byEntity.values()) {
    own.sort((a, b) => b - a);
    for (let i = 0; i < Math.min(most, own.length); i++) all.push(own[i] as number);
  }
  return all;
}

/** An entity that stays at its surprise is one alarm in each stretch of days, as it is one alert: whoever reaches the threshold counts once in it. */
function alarmsAtOrAbove(sheets: readonly Sample[], threshold: number): number {
  const distinct = new Set<string>();
  sheets.forEach(({ keys, surprises }, at) => {
    const stretch = Math.floor(at / STRETCH_SHEETS);
    for (let i = 0; i < keys.length && (surprises[i] as number) >= threshold; i++)
      distinct.add(`${stretch} ${keys[i]}`);
  });
  return distinct.size;
}

/**
 * Maximum likelihood of an exponential whose upper half is censored (Epstein and Sobel 1953), so that offenders in the sample, being
 * few and at the top, hardly stretch it: the sum of the lower half's excesses and, for each in the upper half, the median.
 */
function meanExcess(descending: readonly number[], tail: number, threshold: number): number {
  const seen = Math.ceil(tail / 2);
  let sum = 0;
  for (let i = tail - seen; i < tail; i++) sum += (descending[i] as number) - threshold;
  sum += (tail - seen) * ((descending[tail - seen] as number) - threshold);
  return (sum + MODEL_WEIGHT * MODEL_MEAN_EXCESS) / (seen + MODEL_WEIGHT);
}

/**
 * Honest alarms a day expected at this surprise or above, over the detection's weight (weighted Bonferroni: Genovese, Roeder and
 * Wasserman 2006). @param judged entities judged in a sheet
 */
export const expectedPerDay = (surprise: number, judged: number, calibration: Calibration): number =>
  honestPerDay(surprise, judged, calibration) / calibration.weight;

function honestPerDay(surprise: number, judged: number, calibration: Calibration): number {
  const model = Math.max(1, judged) * 10 ** -surprise;
  if (Number.isNaN(calibration.threshold)) return model * UNCALIBRATED_FACTOR;
  if (surprise < calibration.threshold) return Math.max(model, calibration.tailPerDay);
  const beyond = (surprise - calibration.threshold) / calibration.meanExcess;
  const fitted = calibration.tailPerDay * Math.exp(-Math.min(650, beyond));
  return Math.max(fitted, model / (MODEL_CAUTION * calibration.windowDays));
}
