// Decides whether a decoded value is a record of its feed, and under which rank its content stands. The same verdict for
// Avro and NDJSON, at any moment: validity depends on the record, and on its Kafka timestamp when it has one, alone.

import type { z } from 'zod';
import { acceptAccess } from './access-accept.js';
import type { Accepted, DeadLetterReason } from './batch.js';
import { canonicalJson, rankOfCanonicalJson } from './canonical.js';
import { acceptCase } from './case-accept.js';
import { NAMING } from './identity.js';
import type { Feed, FeedRecords } from './records.js';
import { RECORD_SCHEMAS, type TimeForm } from './schemas.js';
import { MAX_AHEAD_MS } from './values.js';

export type Verdict<F extends Feed> =
  | ({ readonly ok: true } & Accepted<F>)
  | { readonly ok: false; readonly reason: DeadLetterReason; readonly error: string };

export interface ValidateOptions {
  readonly times: TimeForm;
  /** The record's Kafka timestamp; files carry none, and neither do messages whose timestamp is negative. */
  readonly kafkaTimestampMs?: number;
}

/** An error names each field and its fault, five at most, and never a value. */
export function validateRecord<F extends Feed>(feed: F, value: unknown, options: ValidateOptions): Verdict<F> {
  const quick = QUICK[feed](value, options.times);
  if (quick) return timely(feed, quick, options) ?? accepted(quick, JSON.stringify(quick));
  const parsed = RECORD_SCHEMAS[options.times][feed].safeParse(value);
  if (!parsed.success) return invalid(describe(parsed.error.issues));
  return timely(feed, parsed.data, options) ?? accepted(parsed.data, canonicalJson(feed, parsed.data));
}

/** Ways around the schema: null means that the schema has to say. */
const QUICK: { readonly [F in Feed]: (value: unknown, times: TimeForm) => FeedRecords[F] | null } = {
  'access-log': acceptAccess,
  employees: none,
  'support-cases': acceptCase,
  'seller-enforcements': none,
  'customer-complaints': none,
  'seller-links': none,
  sellers: none,
  canaries: none,
};

function none(): null {
  return null;
}

function accepted<R>(record: R, canonical: string): { ok: true; record: R; rank: number; canonical: string } {
  return { ok: true, record, rank: rankOfCanonicalJson(canonical), canonical };
}

function invalid(error: string): { ok: false; reason: DeadLetterReason; error: string } {
  return { ok: false, reason: 'invalid', error };
}

/** Later than this no time of a record may be, by its Kafka timestamp. */
export function latestMs(kafkaTimestampMs: number | undefined): number {
  if (kafkaTimestampMs === undefined || kafkaTimestampMs < 0) return Number.POSITIVE_INFINITY;
  return kafkaTimestampMs + MAX_AHEAD_MS;
}

function timely<F extends Feed>(feed: F, record: FeedRecords[F], { kafkaTimestampMs }: ValidateOptions) {
  const latest = latestMs(kafkaTimestampMs);
  for (const name of NAMING[feed].times) {
    const time: unknown = record[name];
    if (typeof time === 'number' && time > latest) {
      return invalid(`${name}: must not be more than 24 hours ahead of the record's Kafka timestamp`);
    }
  }
  return null;
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const faults = issues.slice(0, 5).map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
  return issues.length > 5 ? `${faults.join('; ')}; and ${issues.length - 5} more` : faults.join('; ');
}

function pathOf(path: readonly PropertyKey[]): string {
  const [field, index] = path;
  if (field === undefined) return 'record';
  return index === undefined ? String(field) : `${String(field)}[${String(index)}]`;
}
