// What people type, as values: instants, ids, limits. Every refusal is a UsageError that names the option, the value and what
// would do. Knows no command.

import { UsageError } from '../../core/errors.js';

const isoPattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** '2026-03-01', '2026-03-01T09:30', '2026-03-01T09:30:00.000Z' or with an offset, as epoch ms; UTC where no zone is said. */
export function parseInstant(option: string, text: string): number {
  const match = isoPattern.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isReal =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= lastDayOf(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  if (match === null || !isReal)
    throw new UsageError(`${option} ${text} is not a time; give one like 2026-03-01 or 2026-03-01T09:30:00Z`);
  const fraction = Number((match[7] ?? '').padEnd(3, '0'));
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction) - offsetMs(match[8] ?? 'Z');
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Both bounds where given; from is included, to is not. */
export function parseRange(
  from: { readonly option: string; readonly text: string | undefined },
  to: { readonly option: string; readonly text: string | undefined },
): { readonly fromMs: number | undefined; readonly toMs: number | undefined } {
  const fromMs = from.text === undefined ? undefined : parseInstant(from.option, from.text);
  const toMs = to.text === undefined ? undefined : parseInstant(to.option, to.text);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new UsageError(`${from.option} ${from.text} must be before ${to.option} ${to.text}`);
  return { fromMs, toMs };
}

/** An id as the feeds allow it. What looks like an address is refused without being repeated. */
export function parseId(option: string, text: string): string {
  if (!/^[^\s@]{1,64}$/u.test(text))
    throw new UsageError(`${option} takes an id of 1 to 64 characters without spaces and without @, never an address`);
  return text;
}

export function parseNumber(
  option: string,
  text: string,
  bounds: { readonly min: number; readonly max: number },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= bounds.min && value <= bounds.max))
    throw new UsageError(`${option} ${text} is not a number from ${bounds.min} to ${bounds.max}`);
  return value;
}

export function parseCount(option: string, text: string): number {
  const value = parseNumber(option, text, { min: 1, max: 10_000_000 });
  if (!Number.isInteger(value)) throw new UsageError(`${option} ${text} is not a whole number`);
  return value;
}
