// The quick way gives what avsc, the schema of zod and canonical JSON give, or nothing.

import type { Type } from 'avsc';
import fc from 'fast-check';
import { acceptAccess } from '../../../services/core/feeds/access-accept.js';
import { BatchBuilder, type DecodedBatch } from '../../../services/core/feeds/batch.js';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { latestMs, validateRecord } from '../../../services/core/feeds/validate.js';
import { parseSchema, readerType, schemaText } from '../../../services/platform/registry/avro-types.js';
import { extentOf } from '../../../services/platform/registry/extent.js';
import { plainAccesses } from '../../../services/platform/registry/plain-accesses.js';
import { validRecord } from '../../core/feeds/arbitraries.js';

const type: Type = readerType('access-log');
const extent = extentOf(type);
const HEADER = Buffer.from([0, 0, 0, 0, 7]);
const LATE = Date.UTC(2100, 0, 1);

const event = validRecord('access-log').map((value) => acceptAccess(value, 'iso') as AccessEvent);
const wire = (value: unknown): Buffer => Buffer.concat([HEADER, type.toBuffer(value)]);

function slow(payload: Buffer, kafkaTimestampMs: number): DecodedBatch<'access-log'> | null {
  const batch = new BatchBuilder('access-log');
  if (extent(payload, HEADER.length) !== payload.length) return null;
  let value: unknown;
  try {
    value = type.decode(payload, HEADER.length).value;
  } catch {
    return null;
  }
  const verdict = validateRecord('access-log', value, { times: 'millis', kafkaTimestampMs });
  if (!verdict.ok) return null;
  batch.add(verdict);
  return batch.done();
}

function quick(payload: Buffer, kafkaTimestampMs: number): DecodedBatch<'access-log'> | null {
  const batch = new BatchBuilder('access-log');
  const way = plainAccesses(type);
  if (way === null) throw new Error('no quick way for the own schema');
  const isPlain = way.add(payload, HEADER.length, latestMs(kafkaTimestampMs), batch);
  const done = batch.done();
  expect([isPlain, batch.size]).toEqual(isPlain ? [true, 1] : [false, 0]);
  return isPlain ? done : null;
}

/** All that is asked of a batch of one access. */
function said({ records, ranks, watermarkMs }: DecodedBatch<'access-log'>) {
  const text = Buffer.alloc(records.sizeAt(0));
  records.copyAt(0, text, 0);
  const { action, seller_id, customer_ids, event_id, outcome, record_count, actor_id, occurred_at, case_id } =
    records.lookAt(0);
  const seen = { action, seller_id, customer_ids, event_id, outcome, record_count, actor_id, occurred_at, case_id };
  const { actorIds, times, caseIds } = records;
  return { ranks, watermarkMs, text: text.toString(), seen, packed: [actorIds, times, caseIds, records.ranks] };
}

function agree(payload: Buffer, kafkaTimestampMs: number): boolean {
  const one = quick(payload, kafkaTimestampMs);
  if (one === null) return false;
  const other = slow(payload, kafkaTimestampMs);
  if (other === null) throw new Error('the quick way took what is no valid access');
  expect(said(one)).toEqual(said(other));
  return true;
}

test('every valid access is read as the slow way reads it, or left to it', () => {
  let plain = 0;
  fc.assert(
    fc.property(event, fc.constantFrom(LATE, Date.UTC(2040, 0, 1), -1), (value, kafkaTimestampMs) => {
      if (agree(wire(value), kafkaTimestampMs)) plain++;
    }),
    { numRuns: 2_000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('one byte changed, added or cut away: never more than the slow way takes', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), how: fc.constantFrom('set', 'add', 'cut') });
  fc.assert(
    fc.property(event, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
      let payload = wire(value);
      for (const { at, byte, how } of changes) {
        const place = HEADER.length + (at % Math.max(1, payload.length - HEADER.length));
        const rest = how === 'add' ? place : place + 1;
        const middle = how === 'cut' ? [] : [byte];
        payload = Buffer.concat([payload.subarray(0, place), Buffer.from(middle), payload.subarray(rest)]);
      }
      agree(payload, LATE);
      agree(payload.subarray(0, HEADER.length + ((changes[0]?.at ?? 0) % payload.length)), LATE);
    }),
    { numRuns: 5_000 },
  );
});

const PLAIN: AccessEvent = {
  event_id: 'ev-1',
  occurred_at: Date.UTC(2026, 2, 1, 9, 30),
  actor_id: 'emp-1',
  actor_kind: 'employee',
  action: 'customer_email.read',
  outcome: 'allowed',
  tool: 'crm',
  marketplace: 'FR',
  seller_id: 'seller-1',
  customer_ids: ['c-1', 'c-2'],
  review_id: null,
  review_rating: 5,
  record_count: 2,
  case_id: 'case-1',
  approver_id: null,
  session_id: null,
  source_ip: '10.1.2.3',
  country: 'FR',
};

test.each<[string, Partial<AccessEvent>]>([
  ['as most are', {}],
  ['ids and texts of the largest plain size', { actor_id: 'a'.repeat(64), tool: 't'.repeat(256) }],
  ['no customers', { customer_ids: [] }],
  ['thirty customers', { customer_ids: Array.from({ length: 30 }, (_, i) => `c-${i}`) }],
  ['the first moment', { occurred_at: Date.UTC(2000, 0, 1) }],
  ['the last moment', { occurred_at: Date.UTC(2100, 0, 1) }],
  ['round numbers', { record_count: 100_000_000, occurred_at: 1_700_000_000_000 }],
  ['many records', { record_count: 123_456_789_012 }],
  ['an empty text', { source_ip: '' }],
  ['a service', { actor_kind: 'service', outcome: 'denied' }],
])('takes what is plain: %s', (_, part) => {
  expect(agree(wire({ ...PLAIN, ...part }), LATE)).toBe(true);
});

test.each<[string, object, number]>([
  ['a letter beyond ASCII', { tool: 'é' }, LATE],
  ['a quote', { tool: 'a"b' }, LATE],
  ['a space in an id', { actor_id: 'a b' }, LATE],
  ['an address in the place of an id', { customer_ids: ['a@b'] }, LATE],
  ['an empty id', { case_id: '' }, LATE],
  ['an id of 65 characters', { event_id: 'e'.repeat(65) }, LATE],
  ['an unknown kind of actor', { actor_kind: 'robot' }, LATE],
  ['six stars', { review_rating: 6 }, LATE],
  ['no stars', { review_rating: 0 }, LATE],
  ['fewer than no records', { record_count: -1 }, LATE],
  ['a time before 2000', { occurred_at: Date.UTC(2000, 0, 1) - 1 }, LATE],
  ['a time a day and more ahead of its message', {}, PLAIN.occurred_at - 24 * 3_600_000 - 1],
])('leaves to the slow way: %s', (_, part, kafkaTimestampMs) => {
  expect(quick(wire({ ...PLAIN, ...part }), kafkaTimestampMs)).toBeNull();
});

test('there is no quick way for a schema with other fields, another order or other types', () => {
  const { fields, ...rest } = JSON.parse(schemaText('access-log')) as { fields: { name: string }[] };
  const [first, ...others] = fields as [{ name: string }, ...{ name: string }[]];
  const asText = fields.map((field) => (field.name === 'record_count' ? { ...field, type: 'string' } : field));
  for (const fields of [others, [...others, { ...first, name: 'other' }], [...others, first], asText])
    expect(plainAccesses(parseSchema(JSON.stringify({ ...rest, fields })))).toBeNull();
  expect(plainAccesses(parseSchema('"string"'))).toBeNull();
});
