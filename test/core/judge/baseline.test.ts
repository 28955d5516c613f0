// What people usually do: predictions are calibrated on honest chance, and past offences neither raise nor widen them much.

import { type Chance, chance } from '../../../services/core/detections/cases/chance.js';
import {
  emptyHistory,
  groupBaseline as groupOfMembers,
  memberOf,
  type OwnHistory,
  predict as predictFor,
} from '../../../services/core/judge/baseline.js';
import { logNegativeBinomialTail } from '../../../services/core/stats/tails.js';

const history = (daily: readonly number[]): OwnHistory => ({
  ...emptyHistory(),
  activeDays: daily.length,
  amounts: daily.filter((amount) => amount > 0),
});

const winsorisedSum = (own: OwnHistory): number => memberOf(own).sum;
const ownSpread = (own: OwnHistory): number => memberOf(own).ownSpread;
const groupBaseline = (name: string, members: readonly OwnHistory[]) => groupOfMembers(name, members.map(memberOf));
const predict = (own: OwnHistory, group: ReturnType<typeof groupBaseline>, active: number, surge: number) =>
  predictFor(memberOf(own), group, active, surge);

const days = (count: number, amount: () => number): number[] => Array.from({ length: count }, amount);

const tailOf = (amount: number, own: OwnHistory, group: ReturnType<typeof groupBaseline>, surge = 1): number => {
  const { mean, variance } = predict(own, group, 1, surge);
  return Math.exp(logNegativeBinomialTail(amount, mean, mean ** 2 / (variance - mean)));
};

/** People whose rates are Gamma and whose days scatter around them by a Gamma–Poisson. */
const honestPeople = (random: Chance, people: number, meanRate: number): (() => number)[] =>
  Array.from({ length: people }, () => {
    const rate = random.gamma(3, meanRate / 3);
    return () => random.poisson(rate * random.gamma(6, 1 / 6));
  });

describe('honest people', () => {
  test.each([
    ['busy', 40, 12],
    ['quiet', 40, 1.5],
    ['rare', 40, 0.15],
    ['few', 6, 8],
  ])(
    '%s: a day that the model gives one in a hundred comes at most three times as often, and it does come',
    (_title, people, meanRate) => {
      let rare = 0;
      let all = 0;
      for (let seed = 1; seed <= Math.ceil(240 / people); seed++) {
        const random = chance(seed);
        const paces = honestPeople(random, people, meanRate);
        const histories = paces.map((pace) => history(days(28, pace)));
        const group = groupBaseline('agents', histories);
        paces.forEach((pace, i) => {
          for (let day = 0; day < 40; day++) {
            all++;
            if (tailOf(pace(), histories[i] as OwnHistory, group) <= 0.01) rare++;
          }
        });
      }
      expect(rare / all).toBeGreaterThan(0.001);
      expect(rare / all).toBeLessThan(0.03);
    },
  );

  test('somebody without a history is expected to do what the peers do, with room to differ', () => {
    const random = chance(4);
    const group = groupBaseline(
      'agents',
      honestPeople(random, 30, 10).map((pace) => history(days(28, pace))),
    );
    const fresh = predict(emptyHistory(), group, 1, 1);
    const settled = predict(history(days(28, () => 10)), group, 1, 1);
    expect(fresh.mean).toBeCloseTo(group.meanPerDay, 9);
    expect(fresh.variance).toBeGreaterThan(settled.variance);
  });

  test('the more history, the closer to the own rate', () => {
    const random = chance(4);
    const group = groupBaseline(
      'agents',
      honestPeople(random, 30, 10).map((pace) => history(days(28, pace))),
    );
    const means = [0, 3, 10, 28].map((count) => predict(history(days(count, () => 40)), group, 1, 1).mean);
    expect([...means].sort((a, b) => a - b)).toEqual(means);
    expect(means[3]).toBeGreaterThan(30);
    expect(means[3]).toBeLessThan(40);
  });

  test('a surge is part of the expectation', () => {
    const own = history(days(28, () => 5));
    const group = groupBaseline('agents', [own, own, own]);
    expect(predict(own, group, 1, 2).mean).toBeCloseTo(2 * predict(own, group, 1, 1).mean, 9);
    expect(tailOf(20, own, group, 2)).toBeGreaterThan(tailOf(20, own, group, 1));
  });

  test('rare work is expected as often as it happens', () => {
    const random = chance(8);
    const histories = Array.from({ length: 200 }, () => history(days(28, () => random.poisson(0.08))));
    const group = groupBaseline('specialists', histories);
    expect(group.meanPerDay / 0.08).toBeGreaterThan(0.7);
    expect(group.meanPerDay / 0.08).toBeLessThan(1.3);
  });
});

describe('past offences', () => {
  const random = chance(2);
  const usual = days(26, () => random.poisson(8));
  const clean = history([...usual, 8, 8]);
  const soiled = history([...usual, 300, 250]);
  const colleagues = Array.from({ length: 5 }, () => history(days(28, () => random.poisson(8))));

  test('the largest tenth of days is lowered to the next', () => {
    expect(winsorisedSum(history([1, 2, 3, 4, 5, 6, 7, 8, 9, 100]))).toBe(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 9);
    expect(winsorisedSum(history([1, 2, 100]))).toBe(103);
    expect(winsorisedSum(history([1, 1, ...days(26, () => 0)]))).toBe(2);
    expect(winsorisedSum(history([300, 1, ...days(26, () => 0)]))).toBe(2);
  });

  test('do not raise what is expected of the same person', () => {
    const group = groupBaseline('agents', [...colleagues, clean]);
    expect(predict(soiled, group, 1, 1).mean).toBeLessThan(predict(clean, group, 1, 1).mean * 1.2);
  });

  test('do not excuse the next one', () => {
    const group = groupBaseline('agents', [...colleagues, soiled]);
    expect(ownSpread(soiled)).toBeLessThan(3);
    expect(tailOf(150, soiled, group)).toBeLessThan(1e-12);
  });

  test('do not widen what is expected of colleagues, even in a small group', () => {
    const [colleague] = colleagues as [OwnHistory];
    const among = (member: OwnHistory) => predict(colleague, groupBaseline('agents', [...colleagues, member]), 1, 1);
    expect(among(soiled).variance).toBeLessThan(among(clean).variance * 1.3);
  });
});

describe('shares', () => {
  const told = (part: number): OwnHistory => ({ ...history(days(10, () => 5)), events: 50, unexplained: part });

  test('where members differ widely, the peers say little about one of them; where they are alike, much', () => {
    const differ = groupBaseline('agents', [0, 50, 2, 48, 1].map(told)).unexplained;
    const alike = groupBaseline('agents', [10, 11, 9, 10, 12].map(told)).unexplained;
    expect(differ.weight).toBe(1);
    expect(alike.weight).toBe(30);
    expect(alike.mean).toBeCloseTo(0.208, 2);
  });
});

describe('too little to tell', () => {
  test('a group without members has a mean, a spread and no member', () => {
    const group = groupBaseline('everyone', []);
    expect(group.members).toBe(0);
    for (const value of Object.values(group)) if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    expect(predict(emptyHistory(), group, 1, 1).mean).toBeGreaterThan(0);
  });

  test('members of fewer than three days do not count', () => {
    expect(groupBaseline('agents', [history([5, 5]), history([5, 5, 5])]).members).toBe(1);
  });

  test('a spread needs five days and five of the amount', () => {
    expect(ownSpread(history([9, 9, 9, 9]))).toBeNaN();
    expect(ownSpread(history([1, 1, 1, 1, 0, 0]))).toBeNaN();
    expect(ownSpread(history([2, 2, 2, 2, 2]))).toBe(0);
  });

  test('a group that never does a thing expects next to nothing', () => {
    const idle = history(days(28, () => 0));
    const group = groupBaseline('agents', [idle, idle, idle]);
    expect(predict(idle, group, 1, 1).mean).toBeLessThan(0.01);
    expect(tailOf(8, idle, group)).toBeLessThan(1e-4);
  });
});
