// Which days a sheet reads, and so which sheets a touched day makes stale. Every date rule of the judges is in this file.

import { type Day, onGrid } from '../time.js';

export interface WindowGrid {
  readonly days: number;
  readonly hop_days: number;
}

/** Whole days in a baseline, and how far back calibration looks. */
export const HISTORY_DAYS = 28;
/** Days between the end of a baseline and the start of its window: events up to 24 h late cannot change a baseline. */
export const GAP_DAYS = 1;

/** First and last (exclusive) day of the baseline of the window that starts on `start`. */
export const baselineRange = (start: Day): { from: Day; to: Day } => ({
  from: start - GAP_DAYS - HISTORY_DAYS,
  to: start - GAP_DAYS,
});

/** Starts of the windows whose sheets calibrate this one: they ended at least 24 h before it. At least as many as days of history. */
export function calibrationStarts(start: Day, grid: WindowGrid): Day[] {
  const starts: Day[] = [];
  const newest = start - GAP_DAYS - grid.days;
  for (let s = newest; s > newest - Math.max(HISTORY_DAYS, grid.days); s--)
    if (onGrid(s, grid.hop_days)) starts.push(s);
  return starts;
}

/** Oldest day that a sheet depends on, through the baselines of its calibration. */
export const oldestDayRead = (start: Day, grid: WindowGrid): Day =>
  start - GAP_DAYS - grid.days - (Math.max(HISTORY_DAYS, grid.days) - 1) - GAP_DAYS - HISTORY_DAYS;

/** Whether the day is in the sheet's window or baseline. */
const isSampled = (day: Day, start: Day, { days }: WindowGrid): boolean => {
  const { from, to } = baselineRange(start);
  return (day >= start && day < start + days) || (day >= from && day < to);
};

/** Starts of the sheets that a change of `day` may change, ascending, up to `last`: those that read it, or whose calibration does. */
export function staleStarts(day: Day, grid: WindowGrid, last: Day): Day[] {
  const starts: Day[] = [];
  for (let s = day - grid.days + 1; s <= last && oldestDayRead(s, grid) <= day; s++) {
    if (!onGrid(s, grid.hop_days)) continue;
    const isRead =
      isSampled(day, s, grid) || calibrationStarts(s, grid).some((earlier) => isSampled(day, earlier, grid));
    if (isRead) starts.push(s);
  }
  return starts;
}
