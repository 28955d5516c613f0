// Which days a sheet reads. Every date rule of the judges is in this file, standards.ts and levels.ts.

import type { Day } from '../time.js';

/** Whole days in a baseline. */
export const HISTORY_DAYS = 28;
/** Days between the end of a baseline and the start of its window: events up to 24 h late cannot change a baseline. */
export const GAP_DAYS = 1;

/** First and last (exclusive) day of the baseline of the window that starts on `start`. */
export const baselineRange = (start: Day): { readonly from: Day; readonly to: Day } => ({
  from: start - GAP_DAYS - HISTORY_DAYS,
  to: start - GAP_DAYS,
});

/** First day of the window of `days` days that ends with `day`. */
export const windowStart = (day: Day, days: number): Day => day - days + 1;

/** First and last (exclusive) day that a sheet of `day` with a baseline reads. */
export const sheetRange = (day: Day, days: number): { readonly from: Day; readonly to: Day } => ({
  from: baselineRange(windowStart(day, days)).from,
  to: day + 1,
});
