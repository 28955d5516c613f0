// Quiet hours: a daily span in a time zone, over midnight if need be. Decides until when a message waits; time is an argument.

import type { Severity } from './notice.js';

export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly except: readonly Severity[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** @returns when the message may go: now, or the end of the quiet hours (milliseconds; a change of daylight saving may shift it by its hour) */
export function sendableAt(nowMs: number, severity: Severity, quiet: QuietHours | undefined): number {
  if (quiet === undefined || quiet.except.includes(severity)) return nowMs;
  const now = minuteOfDay(nowMs, quiet.time_zone);
  const from = minutes(quiet.from);
  const to = minutes(quiet.to);
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES;
  const into = (now - from + DAY_MINUTES) % DAY_MINUTES;
  if (into >= length) return nowMs;
  return (Math.floor(nowMs / MINUTE_MS) + (length - into)) * MINUTE_MS;
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

function minuteOfDay(timeMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(timeMs);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') * 60 + of('minute');
}
