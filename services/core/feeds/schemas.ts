// The truth about a valid record, feed by feed, as zod schemas: types, ranges, defaults, what may be absent. Unknown fields
// are dropped, absent and null are one thing. Messages name the fault, never the value. It knows no bytes and no clock.

import { z } from 'zod';
import { parseIsoMs } from './iso-time.js';
import type { Feed, FeedRecords } from './records.js';
import { isCount, isId, isText, isTimeMs } from './values.js';

/** How times are written: ISO 8601 text in NDJSON, epoch milliseconds in Avro. */
export type TimeForm = 'iso' | 'millis';

export type RecordSchemas = { readonly [F in Feed]: z.ZodType<FeedRecords[F]> };

const ID_FAULT = 'must be an id: 1 to 64 characters, no white space, no @';
const TEXT_FAULT = 'must be text of at most 256 characters';
const COUNT_FAULT = 'must be an integer of at least 0 and at most 2^53 - 2';
const TIME_FAULT = 'must lie between 2000-01-01 and 2100-01-01';

const id = z.custom<string>(isId, fault(ID_FAULT));
const text = z.custom<string>(isText, fault(TEXT_FAULT));
const count = z.custom<number>(isCount, fault(COUNT_FAULT)).transform((n) => n + 0);
const rating = z.int(fault('must be an integer from 1 to 5')).min(1, 'must be at least 1').max(5, 'must be at most 5');
const ids = z
  .array(id, fault('must be a list of ids'))
  .nullish()
  .transform((list) => list ?? []);

const timeMillis = z.custom<number>(isTimeMs, fault(`must be whole milliseconds and ${TIME_FAULT}`));
const timeIso = z
  .string(fault('must be an ISO 8601 time in UTC, such as 2026-03-01T09:30:00.000Z'))
  .transform((written, context) => {
    const ms = parseIsoMs(written);
    if (isTimeMs(ms)) return ms;
    const message = Number.isNaN(ms) ? 'must be an ISO 8601 time in UTC, to the millisecond at most' : TIME_FAULT;
    context.issues.push({ code: 'custom', message, input: written });
    return z.NEVER;
  });

function fault(message: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => (issue.input === undefined || issue.input === null ? 'is missing' : message) };
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, fault(`must be one of ${values.join(', ')}`));
}

function optional<T>(schema: z.ZodType<T>) {
  return schema.nullish().transform((value) => value ?? null);
}

function build(time: z.ZodType<number>): RecordSchemas {
  const optionalId = optional(id);
  const optionalText = optional(text);
  const optionalTime = optional(time);
  return {
    'access-log': z.object({
      event_id: id,
      occurred_at: time,
      actor_id: id,
      actor_kind: oneOf(['employee', 'contractor', 'service', 'seller_app'])
        .nullish()
        .transform((kind) => kind ?? 'employee'),
      action: text,
      outcome: oneOf(['allowed', 'denied'])
        .nullish()
        .transform((outcome) => outcome ?? 'allowed'),
      tool: text,
      marketplace: text,
      seller_id: optionalId,
      customer_ids: ids,
      review_id: optionalId,
      review_rating: optional(rating),
      record_count: count,
      case_id: optionalId,
      approver_id: optionalId,
      session_id: optionalId,
      source_ip: optionalText,
      country: optionalText,
    }),
    employees: z.object({
      employee_id: id,
      manager_id: optionalId,
      department: text,
      role: text,
      peer_group: text,
      marketplace: text,
      office: optionalText,
      time_zone: optionalText,
      status: oneOf(['active', 'leave', 'notice', 'left']),
      hired_at: time,
      left_at: optionalTime,
      valid_from: time,
    }),
    'support-cases': z.object({
      case_id: id,
      kind: oneOf(['support', 'appeal', 'review_dispute', 'investigation', 'bulk_task']),
      status: oneOf(['open', 'closed']),
      opened_at: time,
      closed_at: optionalTime,
      opened_by: id,
      assignee_id: optionalId,
      seller_id: optionalId,
      customer_ids: ids,
      approved_by: optionalId,
      record_limit: optional(count),
      updated_at: time,
    }),
    'seller-enforcements': z.object({
      enforcement_id: id,
      seller_id: id,
      kind: oneOf(['suspended', 'reinstated', 'closed', 'funds_withheld', 'warned']),
      at: time,
      reason: text,
      case_id: optionalId,
      decided_by: optionalId,
    }),
    'customer-complaints': z.object({
      complaint_id: id,
      customer_id: id,
      seller_id: optionalId,
      received_at: time,
      kind: oneOf(['off_platform_contact', 'review_pressure', 'other']),
      channel: text,
    }),
    'seller-links': z.object({
      seller_id: id,
      cluster_id: id,
      basis: oneOf(['bank', 'device', 'address', 'broker', 'manual']),
      valid_from: time,
    }),
    sellers: z.object({ seller_id: id, marketplace: text, category: text, valid_from: time }),
    canaries: z.object({ customer_id: id, label: text, planted_at: time }),
  };
}

export const RECORD_SCHEMAS: Readonly<Record<TimeForm, RecordSchemas>> = {
  iso: build(timeIso),
  millis: build(timeMillis),
};
