// Expected against observed alarms: what the budget promises at each level, and what came. On data without offenders the two should
// meet; with offenders, what is observed holds them too.

import { type Alert, alertsOf, type Finding } from './alerts.js';

export type Level = 'low' | 'medium' | 'high' | 'critical';

export interface LevelledFinding extends Finding {
  readonly level: Level;
  readonly detection: string;
  /** evidence that was told before within an episode, so no alert of its own at any budget */
  readonly goesOn: boolean;
}

export interface LevelCalibration {
  readonly level: 'high' | 'medium' | 'low';
  /** Distinct (day, entity) a day at this level or above. */
  readonly expected_per_day: number;
  readonly observed_per_day: number;
  readonly ratio: number;
}

export interface PeriodCalibration {
  readonly from: string;
  readonly days: number;
  readonly alerts_per_day: number;
}

export interface DetectionCalibration {
  readonly detection: string;
  readonly alerts: number;
}

export interface CalibrationTable {
  /** Whether truth names nobody, so that every alert is a false one. */
  readonly honest_only: boolean;
  readonly budget_per_day: number;
  readonly levels: readonly LevelCalibration[];
  readonly periods: readonly PeriodCalibration[];
  /** Most alerts first. */
  readonly detections: readonly DetectionCalibration[];
}

/** How many times the alert budget each level may take: `high` is what pages, rows are kept down to ten times the budget. */
const TIMES = { high: 1, medium: 3, low: 10 } as const;
const RANK: Readonly<Record<Level, number>> = { low: 0, medium: 1, high: 2, critical: 3 };
const PERIOD_DAYS = 10;
const DAY_MS = 86_400_000;

export function calibrationTable(
  findings: readonly LevelledFinding[],
  budgetPerDay: number,
  judged: { readonly fromMs: number; readonly days: number; readonly honestOnly: boolean },
): CalibrationTable {
  const within = findings.filter(({ detectedMs }) => Math.floor(detectedMs / DAY_MS) * DAY_MS >= judged.fromMs);
  const atLeast = (level: Level): Alert[] => alertsOf(within.filter((one) => RANK[one.level] >= RANK[level]));
  const alerts = atLeast('high');
  return {
    honest_only: judged.honestOnly,
    budget_per_day: budgetPerDay,
    levels: (['high', 'medium', 'low'] as const).map((level) => {
      const observed = atLeast(level).length / judged.days;
      const expected = TIMES[level] * budgetPerDay;
      return {
        level,
        expected_per_day: rounded(expected),
        observed_per_day: rounded(observed),
        ratio: rounded(observed / expected),
      };
    }),
    periods: periodsOf(alerts, judged),
    detections: detectionsOf(within),
  };
}

function periodsOf(alerts: readonly Alert[], judged: { readonly fromMs: number; readonly days: number }) {
  const periods: PeriodCalibration[] = [];
  for (let from = 0; from < judged.days; from += PERIOD_DAYS) {
    const days = Math.min(PERIOD_DAYS, judged.days - from);
    const fromMs = judged.fromMs + from * DAY_MS;
    const inside = alerts.filter(({ day }) => day * DAY_MS >= fromMs && day * DAY_MS < fromMs + days * DAY_MS);
    periods.push({
      from: new Date(fromMs).toISOString().slice(0, 10),
      days,
      alerts_per_day: rounded(inside.length / days),
    });
  }
  return periods;
}

function detectionsOf(findings: readonly LevelledFinding[]): DetectionCalibration[] {
  const detections = [...new Set(findings.map((one) => one.detection))].sort();
  return detections
    .map((detection) => {
      const own = findings.filter((one) => one.detection === detection && RANK[one.level] >= RANK.high);
      return { detection, alerts: alertsOf(own).length };
    })
    .sort((a, b) => b.alerts - a.alerts);
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
