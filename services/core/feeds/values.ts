// The kinds of value that fields hold, and when one is valid: ids, short text, times. Limits are fixed by the contract
// (end of §4) and never depend on a clock. It knows neither feeds nor where a value came from.

/** A record over this many bytes, as it arrived, is the dead letter `too_large`. */
export const MAX_RECORD_BYTES = 1_000_000;
export const MAX_TEXT_CHARACTERS = 256;
/** avsc refuses longs beyond this; Number.MAX_SAFE_INTEGER is one more. */
export const MAX_COUNT = 2 ** 53 - 2;
/** 2000-01-01 and 2100-01-01, UTC; both are still valid. */
export const MIN_TIME_MS = Date.UTC(2000, 0, 1);
export const MAX_TIME_MS = Date.UTC(2100, 0, 1);
/** How far a time may lie ahead of its record's Kafka timestamp. */
export const MAX_AHEAD_MS = 24 * 3_600_000;

const PLAIN_ID = /^[\w.:/-]{1,64}$/;
const ID = /^[^\s\p{White_Space}@\p{Surrogate}]{1,64}$/u;
const SURROGATE = /\p{Surrogate}/u;

/** 1–64 characters (code points), no white space, no `@`, nothing that UTF-8 cannot carry. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && (PLAIN_ID.test(value) || ID.test(value));
}

/** At most 256 characters (code points), nothing that UTF-8 cannot carry. */
export function isText(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 2 * MAX_TEXT_CHARACTERS) return false;
  if (PLAIN_ID.test(value)) return true;
  if (SURROGATE.test(value)) return false;
  return value.length <= MAX_TEXT_CHARACTERS || [...value].length <= MAX_TEXT_CHARACTERS;
}

/** An integer of at least 0 that survives both JSON and Avro. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
}

/** Whole milliseconds between 2000 and 2100. */
export function isTimeMs(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= MIN_TIME_MS && value <= MAX_TIME_MS;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
