import { calibrate, expectedPerDay, uncalibrated } from '../../../services/core/judge/calibration.js';
import { everybody, NOMINAL, weighMatches } from '../../../services/core/judge/rule-history.js';

const history = (byEntity: Record<string, number[]>, days = 28) => ({
  days,
  byEntity: new Map(Object.entries(byEntity)),
});
const alarms = (surprise: number, entities: number): number => expectedPerDay(surprise, entities, uncalibrated);

describe('a rule that has never matched', () => {
  test.each(['critical', 'high', 'medium', 'low'] as const)(
    'of level %s is worth what its level says, however large the organisation',
    (level) => {
      for (const entities of [5, 300, 10_000]) {
        const { surprise, expected } = weighMatches('actor a', 1, everybody(history({}), entities, level));
        expect(alarms(surprise, entities)).toBeLessThanOrEqual(NOMINAL[level] * 1.0001);
        expect(expected).toBeLessThan(0.1);
      }
    },
  );

  test('is worth more by many matches than by one, and by one about what its level says', () => {
    const medium = everybody(history({}), 300, 'medium');
    const one = weighMatches('actor a', 1, medium).surprise;
    expect(weighMatches('actor a', 40, medium).surprise).toBeGreaterThan(one);
    for (const level of ['low', 'medium', 'high'] as const) {
      const { surprise } = weighMatches('actor a', 1, everybody(history({}), 300, level));
      expect(alarms(surprise, 300)).toBeGreaterThan(NOMINAL[level] * 0.5);
    }
  });
});

test('without history, many matches are worth no more than the level says', () => {
  const all = everybody(history({}, 2), 300, 'medium');
  expect(alarms(weighMatches('actor a', 50, all).surprise, 300)).toBeCloseTo(NOMINAL.medium, 4);
});

describe('a rule that matches often', () => {
  const daily = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`actor ${i}`, Array.from({ length: 28 }, () => 3)]),
  );
  const all = everybody(history(daily), 100, 'critical');

  test('is worth no more than it occurs, whatever its level', () => {
    const { surprise, reached } = weighMatches('actor 1', 3, all);
    expect(reached).toBe(2800);
    expect(alarms(surprise, 100)).toBeGreaterThan(1);
  });

  test('still stands out where somebody goes far beyond', () => {
    const { surprise } = weighMatches('actor 1', 60, all);
    expect(alarms(surprise, 100)).toBeLessThan(0.001);
  });

  test('is judged by the own past: whoever always matches much does not stand out', () => {
    const busy = everybody(history({ ...daily, 'actor busy': Array.from({ length: 28 }, () => 30) }), 101, 'low');
    const usual = weighMatches('actor busy', 33, busy).surprise;
    expect(usual).toBeLessThan(weighMatches('actor 1', 33, busy).surprise);
    expect(usual).toBeLessThan(3);
  });

  test('leaves its level to calibration once earlier days tell', () => {
    const { surprise } = weighMatches('actor 1', 3, all);
    const sample = {
      judged: 100,
      keys: Array.from({ length: 60 }, (_, i) => `actor ${i}`),
      surprises: Array.from({ length: 60 }, () => surprise),
    };
    const calibration = calibrate(Array.from({ length: 28 }, () => sample));
    expect(expectedPerDay(surprise, 100, calibration)).toBeGreaterThan(1);
  });
});

test('matches that come in lumps surprise less than single ones', () => {
  const single = everybody(history({ 'actor a': Array.from({ length: 20 }, () => 1) }), 50, 'low');
  const lumps = everybody(history({ 'actor a': [10, 10] }), 50, 'low');
  expect(weighMatches('actor b', 8, lumps).logP).toBeGreaterThan(weighMatches('actor b', 8, single).logP);
});
