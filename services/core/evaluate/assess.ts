// Recall, precision and days to detection of a set of alerts against the truth, as they are and at alert budgets.

import { type Alert, credits, keyOf, rightly } from './alerts.js';
import type { Offender } from './truth.js';

const DAY_MS = 86_400_000;

/** Alerts a day at which recall and precision are told. */
export const BUDGETS = [0.5, 1, 2, 5, 10] as const;

export interface FamilyResult {
  readonly campaign: string;
  readonly planted: number;
  readonly found: number;
  readonly median_days_to_detection: number | null;
}

export interface Assessment {
  readonly alerts: number;
  /** Alerts that name no offender, or one before the campaign began. */
  readonly false_alerts: number;
  /** Actors among them who are in no campaign at all. */
  readonly honest_people_alerted: number;
  readonly offenders: number;
  readonly found: number;
  /** Share of offenders found; null when none was planted. */
  readonly recall: number | null;
  /** Share of the people, sellers and clusters alerted who were rightly alerted; null when there was no alert. */
  readonly precision: number | null;
  readonly median_days_to_detection: number | null;
  readonly families: readonly FamilyResult[];
}

export interface BudgetResult extends Assessment {
  readonly alerts_per_day: number;
}

export function assess(alerts: readonly Alert[], offenders: readonly Offender[]): Assessment {
  const suspects = new Set(offenders.map((one) => one.actorId));
  const wrong = alerts.filter((alert) => !offenders.some((one) => rightly(alert, one)));
  const entities = new Set(alerts.map((alert) => keyOf(alert.entity)));
  const right = new Set(alerts.filter((alert) => !wrong.includes(alert)).map((alert) => keyOf(alert.entity)));
  const honest = wrong.filter(({ entity }) => entity.kind === 'actor' && !suspects.has(entity.id));
  const delays = offenders.map((one) => daysToDetection(alerts, one));
  const found = delays.filter((days) => days !== null);
  const campaigns = [...new Set(offenders.map((one) => one.campaign))].sort();
  return {
    alerts: alerts.length,
    false_alerts: wrong.length,
    honest_people_alerted: new Set(honest.map(({ entity }) => entity.id)).size,
    offenders: offenders.length,
    found: found.length,
    recall: share(found.length, offenders.length),
    precision: share(right.size, entities.size),
    median_days_to_detection: median(found),
    families: campaigns.map((campaign) => {
      const own = delays.filter((_, at) => offenders[at]?.campaign === campaign);
      const hits = own.filter((days) => days !== null);
      return { campaign, planted: own.length, found: hits.length, median_days_to_detection: median(hits) };
    }),
  };
}

/** The top-scored alerts that a budget of so many a day allows over the days judged. */
export function assessBudgets(alerts: readonly Alert[], offenders: readonly Offender[], days: number): BudgetResult[] {
  return BUDGETS.map((perDay) => {
    return { alerts_per_day: perDay, ...assess(alerts.slice(0, Math.floor(perDay * days)), offenders) };
  });
}

/** Days from a campaign's start to the first alert credited for this offender; null when there is none. */
export function daysToDetection(alerts: readonly Alert[], offender: Offender): number | null {
  const times = alerts.filter((alert) => credits(alert, offender)).map((alert) => alert.detectedMs);
  return times.length === 0 ? null : rounded((Math.min(...times) - offender.fromMs) / DAY_MS);
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] as number;
  const high = sorted[Math.floor(middle)] as number;
  return rounded((low + high) / 2);
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : rounded(part / whole));
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
