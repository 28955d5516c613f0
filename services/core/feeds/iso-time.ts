// Reads and writes times as NDJSON has them: ISO 8601, UTC, to the millisecond. Strict: what is not a moment that exists
// (30 February, 24:00, a leap second), has another offset or more digits than milliseconds is refused, not rounded.

const FORM = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?(?:Z|\+00:00)$/;
const ZERO = 48;

/** Epoch milliseconds of `2026-03-01T09:30:00.000Z` (or without, or with fewer, digits of milliseconds); NaN otherwise. */
export function parseIsoMs(text: string): number {
  if (text.length === 24 && text.charCodeAt(23) === 90 && text.charCodeAt(19) === 46) return parseFull(text);
  const parts = FORM.exec(text);
  return parts ? parseFull(`${parts[1]}.${(parts[2] ?? '').padEnd(3, '0')}Z`) : Number.NaN;
}

export function formatIso(ms: number): string {
  return new Date(ms).toISOString();
}

function parseFull(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return Number.NaN;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millis = digit(text, 20) * 100 + twoDigits(text, 21);
  const exists =
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && hour < 24 && minute < 60 && second < 60;
  if (!exists || !Number.isInteger(year) || !Number.isInteger(millis)) return Number.NaN;
  return daysSinceEpoch(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + millis;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Proleptic Gregorian calendar, years counted from March so that the leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}
