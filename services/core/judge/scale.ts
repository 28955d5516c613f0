// The one scale: from expected honest alarms a day to a score, a severity, and whether a row is kept at all.

import { round } from '../stats/combine.js';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Rows are kept down to this many times the budget (CONTRACT §2). */
export const KEEP_FACTOR = 10;
const MEDIUM_FACTOR = 3;
const CRITICAL_FACTOR = 0.02;
/** Expected alarms a day at which the score is zero; and the decades above it at which the score is fifty. */
const ZERO_AT = 1000;
const HALF_DECADES = 5;

/** 0–100, four decimals: decades below ZERO_AT, d, as 100·d/(d + 5). Never reaches 100, so more evidence always ranks higher. */
export function score(alarmsPerDay: number): number {
  const decades = Math.max(0, Math.log10(ZERO_AT / alarmsPerDay));
  return round((100 * decades) / (decades + HALF_DECADES), 4);
}

/** @param share alarms a day that this detection may raise: the budget over the number of detections; null: not worth a row */
export function severity(alarmsPerDay: number, share: number): Severity | null {
  if (alarmsPerDay <= share * CRITICAL_FACTOR) return 'critical';
  if (alarmsPerDay <= share) return 'high';
  if (alarmsPerDay <= share * MEDIUM_FACTOR) return 'medium';
  return alarmsPerDay <= share * KEEP_FACTOR ? 'low' : null;
}
