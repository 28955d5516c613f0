// From surprise to expected honest alarms: against counts of chance from a seed, and against offenders in the sample.

import fc from 'fast-check';
import { type Chance, chance } from '../../../services/core/detections/cases/chance.js';
import {
  calibrate,
  expectedPerDay,
  SAMPLE_SIZE,
  type Sample,
  uncalibrated,
} from '../../../services/core/judge/calibration.js';

const SHEETS = 28;

/** Honest surprises: exponential with this mean (a perfect model's −log10 p has 1/ln 10). */
const honestSheet = (random: Chance, entities: number, mean: number): number[] =>
  Array.from({ length: entities }, () => -mean * Math.log(1 - random.uniform())).sort((a, b) => b - a);

/** Everybody a stranger, so that each who reaches the tail is an alarm of their own. */
let strangers = 0;
const toSample = (surprises: readonly number[]): Sample => {
  const top = [...surprises].sort((a, b) => b - a).slice(0, SAMPLE_SIZE);
  return { judged: surprises.length, keys: top.map(() => `actor ${strangers++}`), surprises: top };
};

const honest = (seed: number, entities: number, mean: number): Sample[] => {
  const random = chance(seed);
  return Array.from({ length: SHEETS }, () => toSample(honestSheet(random, entities, mean)));
};

describe('exponential surprises', () => {
  test.each([
    ['a model that is right', 60, 1 / Math.LN10],
    ['a model twice too sure', 60, 2 / Math.LN10],
    ['a model three times too sure, many people', 1500, 3 / Math.LN10],
    ['more people than a sample holds in its tail', 8000, 1 / Math.LN10],
  ])('%s: the expected number a day is within 2.5 times what many further days hold', (_title, entities, mean) => {
    const calibration = calibrate(honest(7, entities, mean));
    const random = chance(99);
    const days = Math.round(4_000_000 / entities / 10);
    const level = mean * Math.log(entities * 12);
    let reached = 0;
    for (let day = 0; day < days; day++) {
      for (let i = 0; i < entities; i++) if (-mean * Math.log(1 - random.uniform()) >= level) reached++;
    }
    const expected = expectedPerDay(level, entities, calibration);
    expect(calibration.sheets).toBe(SHEETS);
    expect(expected / (reached / days)).toBeGreaterThan(0.4);
    expect(expected / (reached / days)).toBeLessThan(2.5);
  });
});

test('a few huge outliers hardly move what is expected of honest people', () => {
  const clean = honest(3, 60, 1.5 / Math.LN10);
  const soiled = clean.map((sample, i) => (i % 7 === 0 ? toSample([...sample.surprises.slice(1), 200 + i]) : sample));
  for (const surprise of [2, 3, 4]) {
    const ratio = expectedPerDay(surprise, 60, calibrate(soiled)) / expectedPerDay(surprise, 60, calibrate(clean));
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  }
});

test('with too few sheets the model is distrusted by a factor of ten', () => {
  const few = honest(1, 60, 0.4).slice(0, 4);
  expect(calibrate(few)).toEqual({ ...uncalibrated, sheets: 4 });
  expect(expectedPerDay(4, 60, calibrate(few))).toBeCloseTo(0.06, 12);
});

test('sheets without anybody say nothing', () => {
  const empty: Sample = { judged: 0, keys: [], surprises: [] };
  expect(calibrate(Array.from({ length: 30 }, () => empty))).toEqual(uncalibrated);
  expect(calibrate([])).toEqual(uncalibrated);
});

test('the order of samples does not matter', () => {
  const samples = honest(5, 80, 0.6);
  expect(calibrate([...samples].reverse())).toEqual(calibrate(samples));
});

test('a lighter tail than the model is never believed', () => {
  expect(calibrate(honest(5, 80, 0.1)).meanExcess).toBeCloseTo(1 / Math.LN10, 6);
});

test('somebody who stays in the tail for weeks is one alarm, not one a day', () => {
  const daily = honest(9, 60, 0.6);
  const same = daily.map((sample) => ({ ...sample, keys: sample.keys.map((_, i) => `actor ${i}`) }));
  const { tailPerDay } = calibrate(same);
  expect(tailPerDay).toBeLessThan(calibrate(daily).tailPerDay / 2);
  expect(tailPerDay * SHEETS).toBeCloseTo(Math.round(tailPerDay * SHEETS), 4);
});

test('a fifth of the tail being offenders changes the slope by less than a half', () => {
  const clean = honest(21, 1500, 0.6);
  const soiled = clean.map((sample, i) =>
    toSample([...sample.surprises.slice(0, 54), ...Array.from({ length: 6 }, (_, j) => 20 + i + j)]),
  );
  const slope = (samples: readonly Sample[]): number =>
    calibrate(samples.map((one) => ({ ...one, judged: 1500 }))).meanExcess;
  expect(slope(soiled) / slope(clean)).toBeLessThan(1.5);
});

test('more surprise never means more alarms', () => {
  const calibrations = [calibrate(honest(11, 60, 0.7)), uncalibrated];
  const surprise = fc.double({ min: 0, max: 300, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...calibrations), surprise, surprise, (calibration, a, b) => {
      const lower = expectedPerDay(Math.min(a, b), 60, calibration);
      const higher = expectedPerDay(Math.max(a, b), 60, calibration);
      expect(higher).toBeLessThanOrEqual(lower);
      expect(higher).toBeGreaterThan(0);
    }),
  );
});
