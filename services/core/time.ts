// Event time on a fixed grid of UTC days. A day is an integer: whole days since 1970-01-01.

export const DAY_MS = 86_400_000;

export type Day = number;

export const dayOf = (timeMs: number): Day => Math.floor(timeMs / DAY_MS);
export const startOf = (day: Day): number => day * DAY_MS;

/** `YYYY-MM-DD`, as ClickHouse writes and reads a Date. */
export const dayText = (day: Day): string => new Date(startOf(day)).toISOString().slice(0, 10);
export const dayFromText = (text: string): Day => dayOf(Date.parse(`${text}T00:00:00.000Z`));

/** Starts of the grid's windows that contain the day, ascending. */
export function windowsContaining(day: Day, window: { readonly days: number; readonly hop_days: number }): Day[] {
  const starts: Day[] = [];
  const newest = day - (((day % window.hop_days) + window.hop_days) % window.hop_days);
  for (let start = newest; start > day - window.days; start -= window.hop_days) starts.push(start);
  return starts.reverse();
}

export const onGrid = (day: Day, hopDays: number): boolean => day % hopDays === 0;
