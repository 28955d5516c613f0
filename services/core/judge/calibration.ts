// From surprise to expected honest alarms a day: how often did this detection's surprise reach so far on earlier days?
// Reads the samples of sheets whose windows ended at least 24 h before this one; never the verdicts on them.

import { round } from '../stats/combine.js';

/** The largest surprises of one sheet, and of how many entities. */
export interface Sample {
  readonly entities: number;
  /** descending, at most SAMPLE_SIZE */
  readonly surprises: readonly number[];
}

export const SAMPLE_SIZE = 60;
const MIN_SHEETS = 7;
const MIN_TAIL = 10;
/** Share of judged entities that counts as the tail; in a large organisation less, at most half of what is sampled. */
const TAIL_SHARE = 0.02;
/** Without history the model's own probability is distrusted by this factor. */
const UNCALIBRATED_FACTOR = 10;
/** An exponential tail with this mean is what a perfectly calibrated −log10 p has. */
const MODEL_MEAN_EXCESS = 1 / Math.LN10;

export interface Calibration {
  readonly sheets: number;
  /** where the tail begins, in −log10 p; NaN when uncalibrated */
  readonly threshold: number;
  /** surprises at or above the threshold, per sheet */
  readonly tailPerSheet: number;
  /** mean of the exponential that continues the tail (from its median excess, so that a few offenders do not stretch it) */
  readonly meanExcess: number;
}

export const uncalibrated: Calibration = {
  sheets: 0,
  threshold: Number.NaN,
  tailPerSheet: 0,
  meanExcess: MODEL_MEAN_EXCESS,
};

export function calibrate(samples: readonly Sample[]): Calibration {
  const judged = samples.filter((sample) => sample.entities > 0);
  let entities = 0;
  const all: number[] = [];
  for (const sample of judged) {
    entities += sample.entities;
    all.push(...sample.surprises);
  }
  const sampled = Math.floor((judged.length * SAMPLE_SIZE) / 2);
  const tail = Math.max(MIN_TAIL, Math.min(sampled, Math.ceil(entities * TAIL_SHARE)));
  if (judged.length < MIN_SHEETS || all.length < tail) return { ...uncalibrated, sheets: judged.length };
  all.sort((a, b) => b - a);
  const threshold = all[tail - 1] as number;
  const median = (all[Math.floor((tail - 1) / 2)] as number) - threshold;
  const meanExcess = Math.max(MODEL_MEAN_EXCESS, median / Math.LN2);
  return { sheets: judged.length, threshold, tailPerSheet: tail / judged.length, meanExcess: round(meanExcess, 6) };
}

/**
 * Honest alarms a day expected at this surprise or above.
 * @param entities entities judged in this sheet
 * @param hopDays days between sheets
 */
export function expectedPerDay(surprise: number, entities: number, hopDays: number, calibration: Calibration): number {
  const model = (Math.max(1, entities) * 10 ** -surprise) / hopDays;
  if (Number.isNaN(calibration.threshold)) return model * UNCALIBRATED_FACTOR;
  if (surprise < calibration.threshold) return Math.max(model, calibration.tailPerSheet / hopDays);
  const beyond = (surprise - calibration.threshold) / calibration.meanExcess;
  return (calibration.tailPerSheet / hopDays) * Math.exp(-Math.min(650, beyond));
}
