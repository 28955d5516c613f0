// Recall, precision and delay, redone by hand on a small case.

import { type Alert, alertsOf } from '../../../services/core/evaluate/alerts.js';
import { assess, assessBudgets, daysToDetection, median } from '../../../services/core/evaluate/assess.js';
import type { Offender } from '../../../services/core/evaluate/truth.js';

const DAY_MS = 86_400_000;
const day = (number: number): number => Date.UTC(2026, 1, number);
const offender = (actorId: string, campaign: string, from: number, to: number, sellers: string[] = []): Offender => ({
  actorId,
  campaign,
  fromMs: day(from),
  toMs: day(to),
  sellerIds: new Set(sellers),
  clusterIds: new Set(),
});
const offenders = [
  offender('e-1', 'bulk_email', 10, 12),
  offender('e-2', 'bulk_email', 10, 12),
  offender('e-3', 'review_deletion', 5, 20, ['s-9']),
];
const alerts: Alert[] = alertsOf([
  { entity: { kind: 'actor', id: 'e-1' }, score: 90, detectedMs: day(11) },
  { entity: { kind: 'actor', id: 'e-1' }, score: 60, detectedMs: day(12) },
  { entity: { kind: 'actor', id: 'e-7' }, score: 80, detectedMs: day(11) },
  { entity: { kind: 'actor', id: 'e-7' }, score: 50, detectedMs: day(13) },
  { entity: { kind: 'seller', id: 's-9' }, score: 70, detectedMs: day(9) },
  { entity: { kind: 'actor', id: 'e-2' }, score: 40, detectedMs: day(3) },
]);

test('offenders, families, false alerts and honest people are counted', () => {
  expect(assess(alerts, offenders)).toEqual({
    alerts: 6,
    false_alerts: 3,
    honest_people_alerted: 1,
    offenders: 3,
    found: 2,
    recall: 0.667,
    precision: 0.5,
    median_days_to_detection: 2.5,
    families: [
      { campaign: 'bulk_email', planted: 2, found: 1, median_days_to_detection: 1 },
      { campaign: 'review_deletion', planted: 1, found: 1, median_days_to_detection: 4 },
    ],
  });
});

test('a budget is spent on the highest scores only', () => {
  const budgets = assessBudgets(alerts, offenders, 2);
  expect(budgets.map((one) => [one.alerts_per_day, one.alerts, one.found, one.false_alerts])).toEqual([
    [0.5, 1, 1, 0],
    [1, 2, 1, 1],
    [2, 4, 2, 1],
    [5, 6, 2, 3],
    [10, 6, 2, 3],
  ]);
});

test('with nothing planted or nothing alerted, shares are unknown instead of zero or one', () => {
  expect(assess(alerts, []).recall).toBeNull();
  expect(assess([], offenders)).toMatchObject({ recall: 0, precision: null, median_days_to_detection: null });
});

test('the delay counts from the start of the campaign to the earliest credited alert', () => {
  const [, second] = offenders;
  expect(second && daysToDetection(alerts, second)).toBeNull();
  const slow = offender('e-1', 'slow_email', 9, 30);
  expect(daysToDetection(alerts, slow)).toBe((day(11) - day(9)) / DAY_MS);
});

test.each([
  [[], null],
  [[3], 3],
  [[5, 1], 3],
  [[9, 1, 4], 4],
])('the median of %j is %p', (values, expected) => {
  expect(median(values)).toBe(expected);
});
