import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'avsc';
import fc from 'fast-check';
import { z } from 'zod';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { FEEDS } from '../../../services/core/feeds/records.js';
import { validateRecord } from '../../../services/core/feeds/validate.js';
import { type AvroCodec, createCodec } from '../../../services/platform/registry/codec.js';
import { projectRoot } from '../../../services/platform/root.js';
import { validRecord } from '../../core/feeds/arbitraries.js';
import { type FakeRegistry, startFakeRegistry } from './support/fake-registry.js';

const EVENT: AccessEvent = {
  event_id: 'ev-1',
  occurred_at: Date.UTC(2026, 2, 1),
  actor_id: 'emp-1',
  actor_kind: 'contractor',
  action: 'order_history.read',
  outcome: 'allowed',
  tool: 'agent-desk',
  marketplace: 'FR',
  seller_id: null,
  customer_ids: ['cust-1', 'cust-2'],
  review_id: null,
  review_rating: null,
  record_count: 2,
  case_id: 'case-1',
  approver_id: null,
  session_id: null,
  source_ip: null,
  country: 'FR',
};

const AvroSchema = z.looseObject({
  type: z.literal('record'),
  name: z.string(),
  fields: z.array(z.looseObject({ name: z.string() })),
});
const schemaFile = readFileSync(join(projectRoot, 'schemas', 'avro', 'access-log.avsc'), 'utf8');
const SCHEMA = AvroSchema.parse(JSON.parse(schemaFile));

let registry: FakeRegistry;
let codec: AvroCodec;
let nowMs = 0;

beforeEach(async () => {
  registry = await startFakeRegistry();
  codec = createCodec({ url: registry.url }, { unknownForMs: 1000, nowMs: () => nowMs });
});
afterEach(() => registry.close());

function framed(id: number, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, body]);
}

/** avsc would end the process over it, for want of memory. */
function claimCustomers(good: Buffer): Buffer {
  const at = good.indexOf(Buffer.from([4, 12, ...Buffer.from('cust-1')]));
  return Buffer.concat([good.subarray(0, at), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x02])]);
}

/** As a producer with this schema would write it. */
function written(schema: z.infer<typeof AvroSchema>, record: object): Buffer {
  const text = JSON.stringify(schema);
  return framed(registry.add(text), Type.forSchema(JSON.parse(text), { wrapUnions: false }).toBuffer(record));
}

async function decode(payload: Buffer, feed: (typeof FEEDS)[number] = 'access-log') {
  await codec.prepare([payload]);
  return codec.decode(feed, payload);
}

describe('a record', () => {
  test('comes back as it was encoded', async () => {
    const payload = (await codec.encoder('access-log'))(EVENT);
    expect(await decode(payload)).toEqual({ ok: true, value: EVENT });
  });

  test('larger than any before it is encoded whole', async () => {
    const encode = await codec.encoder('access-log');
    const large = { ...EVENT, customer_ids: Array.from({ length: 9000 }, (_, n) => `cust-${n}`) };
    const payloads = [encode(EVENT), encode(large), encode(EVENT)];
    await codec.prepare(payloads);
    expect(payloads.map((payload) => codec.decode('access-log', payload))).toEqual(
      [EVENT, large, EVENT].map((value) => ({ ok: true, value })),
    );
  });

  test('of any feed survives NDJSON, validation, Avro and validation with the same digest', async () => {
    for (const feed of FEEDS) {
      const encode = await codec.encoder(feed);
      await codec.prepare([framed(FEEDS.indexOf(feed) + 1, Buffer.alloc(0))]);
      fc.assert(
        fc.property(validRecord(feed), (value) => {
          const read = validateRecord(feed, JSON.parse(JSON.stringify(value)), { times: 'iso' });
          if (!read.ok) throw new Error(read.error);
          const decoded = codec.decode(feed, encode(read.record));
          if (!decoded.ok) throw new Error(decoded.error);
          expect(validateRecord(feed, decoded.value, { times: 'millis' })).toEqual(read);
        }),
        { numRuns: 60 },
      );
    }
  });
});

describe('writers of other versions', () => {
  test('one that lacks an optional field leaves a null', async () => {
    const older = { ...SCHEMA, fields: SCHEMA.fields.filter((field) => field.name !== 'country') };
    const { country: _, ...record } = EVENT;
    expect(await decode(written(older, record))).toEqual({ ok: true, value: { ...EVENT, country: null } });
  });

  test('one that lacks fields with defaults leaves the defaults', async () => {
    const without = new Set(['actor_kind', 'outcome', 'customer_ids']);
    const older = { ...SCHEMA, fields: SCHEMA.fields.filter((field) => !without.has(field.name)) };
    const defaults = { actor_kind: 'employee', outcome: 'allowed', customer_ids: [] };
    expect(await decode(written(older, EVENT))).toEqual({ ok: true, value: { ...EVENT, ...defaults } });
  });

  test('one with fields more is read without them, wherever they stand', async () => {
    const tags = { name: 'tags', type: { type: 'array', items: { type: 'map', values: 'string' } } };
    const newer = { ...SCHEMA, fields: [tags, ...SCHEMA.fields, { name: 'device', type: ['null', 'string'] }] };
    const record = { ...EVENT, tags: [{ a: 'b' }, {}], device: 'tablet' };
    expect(await decode(written(newer, record))).toEqual({ ok: true, value: EVENT });
  });

  test('one with the fields in another order is read by name', async () => {
    const turned = { ...SCHEMA, fields: [...SCHEMA.fields].reverse() };
    expect(await decode(written(turned, EVENT))).toEqual({ ok: true, value: EVENT });
  });

  test('one with int for long is read', async () => {
    const fields = SCHEMA.fields.map((field) => (field.name === 'record_count' ? { ...field, type: 'int' } : field));
    expect(await decode(written({ ...SCHEMA, fields }, EVENT))).toEqual({ ok: true, value: EVENT });
  });
});

describe('what is no record of the feed is a dead letter', () => {
  test.each<[string, (good: Buffer) => Buffer | null, string]>([
    ['no value', () => null, 'not_avro'],
    ['nothing', () => Buffer.alloc(0), 'not_avro'],
    ['JSON', () => Buffer.from('{"event_id":"ev-1"}'), 'not_avro'],
    ['a header without a body of four bytes', (good) => good.subarray(0, 4), 'not_avro'],
    ['the header that names a schema by GUID', (good) => Buffer.concat([Buffer.alloc(17, 1), good]), 'not_avro'],
    ['an unknown schema id', (good) => framed(4711, good.subarray(5)), 'unknown_schema'],
    ['schema id zero', (good) => framed(0, good.subarray(5)), 'unknown_schema'],
    ['a negative schema id', (good) => framed(-7, good.subarray(5)), 'unknown_schema'],
    ['a header alone', (good) => good.subarray(0, 5), 'truncated'],
    ['a record without its last byte', (good) => good.subarray(0, -1), 'truncated'],
    ['a record that claims 268 million customers', claimCustomers, 'truncated'],
    ['a record and a byte', (good) => Buffer.concat([good, Buffer.alloc(1)]), 'not_avro'],
    ['over 1,000,000 bytes', (good) => Buffer.concat([good, Buffer.alloc(1_000_000)]), 'too_large'],
  ])('%s', async (_what, spoil, reason) => {
    const payload = spoil((await codec.encoder('access-log'))(EVENT));
    await codec.prepare([payload]);
    expect(codec.decode('access-log', payload)).toEqual({ ok: false, reason, error: expect.any(String) });
  });

  test('a record of another feed', async () => {
    const payload = (await codec.encoder('canaries'))({ customer_id: 'cust-0', label: 'A', planted_at: 1e12 });
    expect(await decode(payload)).toMatchObject({ ok: false, reason: 'wrong_schema' });
    expect(await decode(payload, 'canaries')).toMatchObject({ ok: true });
  });

  test('a record of the right name that cannot be read as it', async () => {
    const { fields } = SCHEMA;
    const clash = {
      ...SCHEMA,
      fields: fields.map((field) => (field.name === 'tool' ? { ...field, type: 'int' } : field)),
    };
    const payload = written(clash, { ...EVENT, tool: 7 });
    expect(await decode(payload)).toMatchObject({ ok: false, reason: 'wrong_schema' });
  });

  test('a record that lacks a field without a default', async () => {
    const older = { ...SCHEMA, fields: SCHEMA.fields.filter((field) => field.name !== 'actor_id') };
    expect(await decode(written(older, EVENT))).toMatchObject({ ok: false, reason: 'wrong_schema' });
  });

  test.each<[string, object | string, string]>([
    ['a JSON schema', { type: 'object' }, 'JSON'],
    ['an Avro schema that is none', { type: 'record', name: 'X' }, 'AVRO'],
    ['an Avro schema with references', { type: 'record', name: 'X', fields: [{ name: 'a', type: 'Y' }] }, 'AVRO'],
    ['a schema that is no record', '"string"', 'AVRO'],
  ])('%s', async (_what, schema, schemaType) => {
    const payload = framed(registry.add(schema, schemaType), Buffer.alloc(1));
    expect(await decode(payload)).toMatchObject({ ok: false, reason: 'wrong_schema' });
  });

  test('a long beyond what a number holds is invalid, not an exception', async () => {
    const body = Type.forSchema(JSON.parse(schemaFile), { wrapUnions: false }).toBuffer({ ...EVENT, record_count: 0 });
    const id = registry.add(schemaFile);
    const at = body.lastIndexOf(Buffer.from([0, 2, 12])); // record_count, then the branch and length of case_id
    const huge = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    const payload = framed(id, Buffer.concat([body.subarray(0, at), huge, body.subarray(at + 1)]));
    expect(await decode(payload)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  test('no noise behind a good header throws', async () => {
    const good = (await codec.encoder('access-log'))(EVENT);
    await codec.prepare([good]);
    const spoilt = fc.tuple(fc.nat({ max: good.length - 6 }), fc.uint8Array({ minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(spoilt, ([at, noise]) => {
        const payload = Buffer.from(good);
        payload.set(noise.subarray(0, payload.length - at - 5), at + 5);
        const decoded = codec.decode('access-log', payload);
        if (decoded.ok) validateRecord('access-log', decoded.value, { times: 'millis' });
        else expect(['truncated', 'not_avro', 'invalid']).toContain(decoded.reason);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('resolving schema ids', () => {
  test('asks once for each id, however many payloads and callers wait', async () => {
    const one = registry.add(schemaFile);
    const two = registry.add(schemaFile);
    const payloads = [one, two, one, two, 99].map((id) => framed(id, Buffer.alloc(1)));
    await Promise.all([codec.prepare(payloads), codec.prepare(payloads), codec.prepare([null, ...payloads])]);
    await codec.prepare(payloads);
    expect(registry.asked.sort()).toEqual(['GET /schemas/ids/1', 'GET /schemas/ids/2', 'GET /schemas/ids/99']);
  });

  test('believes that an id is unknown for a while, then asks again', async () => {
    const payload = framed(1, Buffer.alloc(1));
    expect(await decode(payload)).toMatchObject({ reason: 'unknown_schema' });
    registry.add(schemaFile);
    nowMs += 999;
    expect(await decode(payload)).toMatchObject({ reason: 'unknown_schema' });
    nowMs += 1;
    expect(await decode(payload)).toMatchObject({ reason: 'truncated' });
    expect(registry.asked).toHaveLength(2);
  });

  test('decodes what it knows while the registry is gone, and throws a retriable error for the rest', async () => {
    const payload = (await codec.encoder('access-log'))(EVENT);
    await codec.prepare([payload]);
    await registry.close();
    expect(await decode(payload)).toMatchObject({ ok: true });
    const unknown = codec.prepare([payload, framed(2, Buffer.alloc(1))]);
    await expect(unknown).rejects.toMatchObject({ code: 'registry_unavailable', retriable: true });
  });

  test('a registry that comes back is asked again', async () => {
    const payload = framed(registry.add(schemaFile), Buffer.alloc(1));
    registry.failWith(503);
    await expect(codec.prepare([payload])).rejects.toMatchObject({ code: 'registry_unavailable', retriable: true });
    registry.failWith(null);
    expect(await decode(payload)).toMatchObject({ reason: 'truncated' });
  });

  test.each([401, 403])('status %d is a refusal that names the settings', async (status) => {
    registry.failWith(status);
    await expect(codec.prepare([framed(1, Buffer.alloc(1))])).rejects.toMatchObject({
      code: 'registry_rejected',
      retriable: false,
      message: expect.stringContaining('KEYHOLE_SCHEMA_REGISTRY_USER'),
    });
  });

  test('a path that is no registry makes no dead letters', async () => {
    const lost = createCodec({ url: `${registry.url}/elsewhere` });
    await expect(lost.prepare([framed(1, Buffer.alloc(1))])).rejects.toMatchObject({
      code: 'registry_rejected',
      message: expect.stringContaining('/apis/ccompat/v7'),
    });
  });
});

describe('credentials', () => {
  const expected = `Basic ${Buffer.from('ann:pa:ss').toString('base64')}`;

  test('go with every request', async () => {
    await createCodec({ url: registry.url, user: 'ann', password: 'pa:ss' }).encoder('sellers');
    expect(new Set(registry.authorisations)).toEqual(new Set([expected]));
  });

  test('may stand in the address', async () => {
    await createCodec({ url: registry.url.replace('//', '//ann:pa%3Ass@') }).encoder('sellers');
    expect(new Set(registry.authorisations)).toEqual(new Set([expected]));
  });

  test('are in no error, nor in its cause', async () => {
    const { url } = registry;
    await registry.close();
    const secretive = createCodec({ url: url.replace('//', '//ann:geheim@') });
    const error: unknown = await secretive.prepare([framed(1, Buffer.alloc(1))]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'registry_unavailable' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/geheim|Z2VoZWlt|Basic/);
    expect(error).toHaveProperty('cause', undefined);
  });
});
