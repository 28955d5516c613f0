import { randomUUID } from 'node:crypto';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import { Type } from 'avsc';
import { FEEDS } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import { readerType, schemaText } from '../../services/platform/registry/avro-types.js';
import { connectRegistry } from '../../services/platform/registry/client.js';
import { createCodec } from '../../services/platform/registry/codec.js';
import { registerSchema, registerSchemas } from '../../services/platform/registry/register.js';
import { integrationStack } from './support/stack.js';

const EVENT = {
  event_id: 'ev-1',
  occurred_at: '2026-03-01T09:30:00.000Z',
  actor_id: 'emp-1',
  action: 'order_history.read',
  tool: 'agent-desk',
  marketplace: 'FR',
  customer_ids: ['cust-1'],
  record_count: 1,
  country: 'FR',
};

let url: string;
let direct: SchemaRegistryClient;

beforeAll(async () => {
  url = (await integrationStack()).registryUrl;
  direct = new SchemaRegistryClient({ baseURLs: [url] });
});
afterAll(() => direct.close());

function record() {
  const verdict = validateRecord('access-log', EVENT, { times: 'iso' });
  if (!verdict.ok) throw new Error(verdict.error);
  return verdict.record;
}

/** As another producer would write with a schema of its own, registered under a subject of its own. */
async function written(
  change: (fields: { name: string; type: unknown }[]) => unknown[],
  value: object,
): Promise<Buffer> {
  const schema = JSON.parse(schemaText('access-log'));
  const text = JSON.stringify({ ...schema, fields: change(schema.fields) });
  const id = await direct.register(`test-${randomUUID()}-value`, { schema: text, schemaType: 'AVRO' });
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, Type.forSchema(JSON.parse(text), { wrapUnions: false }).toBuffer(value)]);
}

async function decoded(payload: Buffer) {
  const codec = createCodec({ url });
  await codec.prepare([payload]);
  return codec.decode('access-log', payload);
}

describe('the real schema registry', () => {
  test('takes the schema of every feed once, whole, held to BACKWARD', async () => {
    await registerSchemas({ url }, { dryRun: false });
    const again = await registerSchemas({ url }, { dryRun: true });
    expect(again).toEqual(FEEDS.map((feed) => ({ subject: `${feed}-value`, id: expect.any(Number), created: false })));
    for (const feed of FEEDS) {
      const subject = `${feed}-value`;
      expect(await direct.getCompatibility(subject)).toBe('BACKWARD');
      const latest = await direct.getLatestSchemaMetadata(subject);
      expect(JSON.parse(latest.schema)).toEqual(JSON.parse(schemaText(feed)));
    }
  });

  test('refuses the next version of a subject when it could not read the one before', async () => {
    const registry = connectRegistry({ url });
    const subject = `test-${randomUUID()}-value`;
    await registerSchema(registry, subject, schemaText('sellers'));
    const schema = JSON.parse(schemaText('sellers'));
    const more = JSON.stringify({ ...schema, fields: [...schema.fields, { name: 'rating', type: 'int' }] });
    await expect(direct.register(subject, { schema: more, schemaType: 'AVRO' })).rejects.toMatchObject({ status: 409 });
    await expect(registerSchema(registry, subject, more)).rejects.toMatchObject({ code: 'registry_rejected' });

    const optional = { name: 'rating', type: ['null', 'int'], default: null };
    const compatible = JSON.stringify({ ...schema, fields: [...schema.fields, optional] });
    expect(await registerSchema(registry, subject, compatible)).toMatchObject({ created: true });
    expect(await direct.getAllVersions(subject)).toEqual([1, 2]);
  });

  test('gives a consumer what a producer encoded', async () => {
    const encode = await createCodec({ url }).encoder('access-log');
    expect(await decoded(encode(record()))).toEqual({ ok: true, value: record() });
  });

  test('serves the schema of an older writer, who lacks an optional field', async () => {
    const payload = await written((fields) => fields.filter(({ name }) => name !== 'country'), record());
    expect(await decoded(payload)).toEqual({ ok: true, value: { ...record(), country: null } });
  });

  test('serves the schema of a newer writer, who has a field more', async () => {
    const more = { name: 'device', type: ['null', 'string'], default: null };
    const payload = await written((fields) => [more, ...fields], { ...record(), device: 'tablet' });
    expect(await decoded(payload)).toEqual({ ok: true, value: record() });
  });

  test('does not know an id that it never gave', async () => {
    const payload = Buffer.concat([
      Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0]),
      readerType('access-log').toBuffer(record()),
    ]);
    expect(await decoded(payload)).toMatchObject({ ok: false, reason: 'unknown_schema' });
  });
});
