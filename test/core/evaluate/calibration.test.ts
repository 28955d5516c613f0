// What the budget promises beside what came, redone by hand.

import { calibrationTable, type Level, type LevelledFinding } from '../../../services/core/evaluate/calibration.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 1, 1);
const finding = (day: number, id: string, level: Level, detection = 'd-1'): LevelledFinding => ({
  entity: { kind: 'actor', id },
  score: 50,
  level,
  detection,
  goesOn: false,
  detectedMs: START_MS + day * DAY_MS + 1,
});
const judged = { fromMs: START_MS, days: 20, honestOnly: true };

test('each level counts distinct days and entities at or above it, against its share of the budget', () => {
  const findings = [
    finding(0, 'e-1', 'high'),
    finding(0, 'e-1', 'critical', 'd-2'),
    finding(1, 'e-1', 'high'),
    finding(1, 'e-2', 'medium'),
    finding(2, 'e-3', 'low'),
    finding(-1, 'e-4', 'critical'),
  ];
  const table = calibrationTable(findings, 0.1, judged);
  expect(table.levels).toEqual([
    { level: 'high', expected_per_day: 0.1, observed_per_day: 0.1, ratio: 1 },
    { level: 'medium', expected_per_day: 0.3, observed_per_day: 0.15, ratio: 0.5 },
    { level: 'low', expected_per_day: 1, observed_per_day: 0.2, ratio: 0.2 },
  ]);
  expect(table.detections).toEqual([
    { detection: 'd-1', alerts: 2 },
    { detection: 'd-2', alerts: 1 },
  ]);
});

test('alerts are told by ten days, the last stretch as long as it is', () => {
  const findings = [0, 1, 2, 11, 21].map((day) => finding(day, `e-${day}`, 'high'));
  const { periods } = calibrationTable(findings, 1, { ...judged, days: 22 });
  expect(periods).toEqual([
    { from: '2026-02-01', days: 10, alerts_per_day: 0.3 },
    { from: '2026-02-11', days: 10, alerts_per_day: 0.1 },
    { from: '2026-02-21', days: 2, alerts_per_day: 0.5 },
  ]);
});

test('without findings the table is there, all zero', () => {
  const table = calibrationTable([], 2, judged);
  expect(table.levels.map((one) => one.observed_per_day)).toEqual([0, 0, 0]);
  expect(table.detections).toEqual([]);
});
