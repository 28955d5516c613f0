// Generators of feed records as NDJSON has them: every valid shape, and shapes that are off by one thing.

import fc from 'fast-check';
import type { Feed } from '../../../services/core/feeds/records.js';

export type NdjsonRecord = Record<string, unknown>;

const plainId = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,64}$/);
const oddId = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 64 })
  .filter((text) => !/[\s\p{White_Space}@]/u.test(text));
const id = fc.oneof({ weight: 4, arbitrary: plainId }, { weight: 1, arbitrary: oddId });
const text = fc.oneof(
  { weight: 4, arbitrary: plainId },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 256 }) },
);
const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }).chain((ms) => {
  const iso = new Date(ms).toISOString();
  const forms = [iso, iso.replace('Z', '+00:00'), ...(iso.endsWith('.000Z') ? [iso.replace('.000Z', 'Z')] : [])];
  return fc.constantFrom(...forms);
});
const count = fc.oneof(fc.nat(), fc.bigInt(0n, 2n ** 53n - 2n).map(Number));
const ids = fc.array(id, { maxLength: 5 });
const oneOf = (...values: string[]) => fc.constantFrom(...values);

/** Absent, null or there. */
interface Shape {
  readonly required: Record<string, fc.Arbitrary<unknown>>;
  readonly optional: Record<string, fc.Arbitrary<unknown>>;
}

const SHAPES: Readonly<Record<Feed, Shape>> = {
  'access-log': {
    required: {
      event_id: id,
      occurred_at: time,
      actor_id: id,
      action: text,
      tool: text,
      marketplace: text,
      record_count: count,
    },
    optional: {
      actor_kind: oneOf('employee', 'contractor', 'service', 'seller_app'),
      outcome: oneOf('allowed', 'denied'),
      seller_id: id,
      customer_ids: ids,
      review_id: id,
      review_rating: fc.integer({ min: 1, max: 5 }),
      case_id: id,
      approver_id: id,
      session_id: id,
      source_ip: text,
      country: text,
    },
  },
  employees: {
    required: {
      employee_id: id,
      department: text,
      role: text,
      peer_group: text,
      marketplace: text,
      status: oneOf('active', 'leave', 'notice', 'left'),
      hired_at: time,
      valid_from: time,
    },
    optional: { manager_id: id, office: text, time_zone: text, left_at: time },
  },
  'support-cases': {
    required: {
      case_id: id,
      kind: oneOf('support', 'appeal', 'review_dispute', 'investigation', 'bulk_task'),
      status: oneOf('open', 'closed'),
      opened_at: time,
      opened_by: id,
      updated_at: time,
    },
    optional: {
      closed_at: time,
      assignee_id: id,
      seller_id: id,
      customer_ids: ids,
      approved_by: id,
      record_limit: count,
    },
  },
  'seller-enforcements': {
    required: {
      enforcement_id: id,
      seller_id: id,
      kind: oneOf('suspended', 'reinstated', 'closed', 'funds_withheld', 'warned'),
      at: time,
      reason: text,
    },
    optional: { case_id: id, decided_by: id },
  },
  'customer-complaints': {
    required: {
      complaint_id: id,
      customer_id: id,
      received_at: time,
      kind: oneOf('off_platform_contact', 'review_pressure', 'other'),
      channel: text,
    },
    optional: { seller_id: id },
  },
  'seller-links': {
    required: {
      seller_id: id,
      cluster_id: id,
      basis: oneOf('bank', 'device', 'address', 'broker', 'manual'),
      valid_from: time,
    },
    optional: {},
  },
  sellers: { required: { seller_id: id, marketplace: text, category: text, valid_from: time }, optional: {} },
  canaries: { required: { customer_id: id, label: text, planted_at: time }, optional: {} },
};

export function validRecord(feed: Feed): fc.Arbitrary<NdjsonRecord> {
  const { required, optional } = SHAPES[feed];
  const sometimes = Object.fromEntries(
    Object.entries(optional).map(([name, value]) => [name, fc.option(value, { freq: 3 })]),
  );
  return fc
    .tuple(
      fc.record(required),
      fc.record(sometimes, { requiredKeys: [] }),
      fc.dictionary(fc.constantFrom('later_field', 'x', '__proto__'), fc.jsonValue(), { maxKeys: 1 }),
    )
    .map(([always, maybe, unknown]) => ({ ...unknown, ...always, ...maybe }));
}

const WRONG: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    ' ',
    'a b',
    'a@b',
    'x'.repeat(64),
    'x'.repeat(65),
    'é'.repeat(64),
    '😀'.repeat(64),
  ),
  fc.constantFrom(
    '😀'.repeat(65),
    'y'.repeat(256),
    'y'.repeat(257),
    '😀'.repeat(257),
    '\ud800',
    'a\u00a0b',
    'a\u0085b',
  ),
  fc.constantFrom(-1, -0, 0, 1, 5, 6, 1.5, 2 ** 53, 2 ** 53 - 1, 2 ** 53 - 2, 1e300, true, false),
  fc.constantFrom('2026-03-01', '1999-12-31T23:59:59.999Z', '2100-01-01T00:00:00.000Z', '2100-01-01T00:00:00.001Z'),
  fc.constantFrom([], ['c1'], ['c1', 'c@2'], ['c1', null], ['c1', 7], {}, 'employee', 'service', 'boss', 'denied'),
  fc.integer({ min: Date.UTC(1999, 11, 31), max: Date.UTC(2100, 0, 2) }),
  fc.jsonValue(),
);

/** A valid record of which up to two fields were replaced by something that seldom fits. */
export function nearlyValidRecord(feed: Feed): fc.Arbitrary<NdjsonRecord> {
  const { required, optional } = SHAPES[feed];
  const names = [...Object.keys(required), ...Object.keys(optional)];
  const change = fc.tuple(fc.constantFrom(...names), WRONG);
  return fc
    .tuple(validRecord(feed), fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([record, changes]) => ({ ...record, ...Object.fromEntries(changes) }));
}
