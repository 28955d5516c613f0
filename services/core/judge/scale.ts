// The one scale: from expected honest alarms a day to a score, and the names of the levels that levels.ts gives.

import { round } from '../stats/combine.js';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Expected alarms a day at which the score is zero; and the decades above it at which the score is fifty. */
const ZERO_AT = 1000;
const HALF_DECADES = 5;

/** 0–100, four decimals: decades below ZERO_AT, d, as 100·d/(d + 5). Never reaches 100, so more evidence always ranks higher. */
export function score(alarmsPerDay: number): number {
  const decades = Math.max(0, Math.log10(ZERO_AT / alarmsPerDay));
  return round((100 * decades) / (decades + HALF_DECADES), 4);
}
