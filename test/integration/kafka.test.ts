// Our Kafka client against a real broker: topics, every compression, large records, a folder published.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { FEEDS } from '../../services/core/feeds/records.js';
import { connectKafka } from '../../services/platform/kafka/client.js';
import { produceFolder } from '../../services/platform/kafka/produce-folder.js';
import { createPublisher } from '../../services/platform/kafka/producer.js';
import {
  ANOMALIES_TOPIC,
  createTopics,
  DEAD_LETTERS_TOPIC,
  DIGESTS_TOPIC,
  ensureTopics,
  RESTRICTIONS_TOPIC,
} from '../../services/platform/kafka/topics.js';
import { silentLogger } from '../../services/platform/log/logger.js';
import { createCodec } from '../../services/platform/registry/codec.js';
import { readTopic } from './support/read-topic.js';
import { emptyKafka, type IntegrationStack, integrationStack } from './support/stack.js';

let stack: IntegrationStack;

beforeAll(async () => {
  stack = await integrationStack();
  await emptyKafka();
});

test('missing topics are created once, and a dry run only says which', async () => {
  const dry = await ensureTopics(stack.kafka, { dryRun: true });
  const ours = [ANOMALIES_TOPIC, RESTRICTIONS_TOPIC, DIGESTS_TOPIC, DEAD_LETTERS_TOPIC];
  expect(dry.filter(({ created }) => created).length).toBe(FEEDS.length + ours.length);
  const first = await ensureTopics(stack.kafka, { dryRun: false, partitions: 4 });
  expect(first).toEqual(dry);
  const again = await ensureTopics(stack.kafka, { dryRun: false, partitions: 9 });
  expect(again.filter(({ created }) => created)).toEqual([]);
});

describe('messages in every compression are read', () => {
  // The topic's own compression makes the broker compress with Kafka's Java codecs, the ones Java producers use.
  const rows = [
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
    ['zstd', CompressionTypes.ZSTD],
  ] as const;
  test.each(rows)('%s', async (name, type) => {
    const topic = `compressed-${name}`;
    const admin = connectKafka(stack.kafka).admin();
    await admin.connect();
    await createTopics(admin, [{ topic, configEntries: [{ name: 'compression.type', value: name }] }]);
    await admin.disconnect();
    const values = Array.from({ length: 300 }, (_, i) => Buffer.from(`record ${i} `.repeat(i % 40)));
    values.push(Buffer.alloc(400_000, 'several blocks of the codec '));
    const publisher = createPublisher(stack.kafka);
    await publisher.send(
      topic,
      values.map((value) => ({ key: null, value })),
    );
    await publisher.close();

    const codecOf: {
      -readonly [K in keyof typeof CompressionCodecs]: () => { decompress(bytes: Buffer): Promise<Buffer> };
    } = CompressionCodecs;
    const original = codecOf[type];
    let batches = 0;
    const records = await readTopic(stack.kafka, topic, values.length, () => {
      codecOf[type] = () => ({
        ...original(),
        decompress: (bytes) => {
          batches += 1;
          return original().decompress(bytes);
        },
      });
    });
    codecOf[type] = original;
    expect(records.map(({ value }) => value)).toEqual(values);
    expect(batches).toBeGreaterThan(0);
  });
});

test('records beyond 1,000,000 bytes reach the topic: refusing them is the scorer’s business', async () => {
  const publisher = createPublisher(stack.kafka);
  const value = Buffer.alloc(1_500_000, 'x');
  await publisher.send('sellers', [{ key: 'large', value }]);
  await publisher.close();
  const [record] = await readTopic(stack.kafka, 'sellers', 1);
  expect(record?.value?.equals(value)).toBe(true);
});

describe('a case folder that is published', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'keyhole-produce-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('keeps its order by actor, carries event time, and sends what cannot be Avro to the dead letters', async () => {
    await emptyKafka();
    const events = Array.from({ length: 60 }, (_, i) => ({
      event_id: `e${i}`,
      occurred_at: new Date(Date.UTC(2031, 0, 1, 0, i)).toISOString(),
      actor_id: `E${i % 3}`,
      action: 'customer_email.read',
      tool: 'crm',
      marketplace: 'US',
      record_count: 1,
    }));
    const lines = events.map((event) => JSON.stringify(event));
    lines.splice(10, 0, '{"event_id": "broken');
    await writeFile(join(dir, 'access-log.ndjson'), `${lines.join('\n')}\n`);
    await writeFile(
      join(dir, 'sellers.ndjson'),
      '{"seller_id":"S1","marketplace":"US","category":"toys","valid_from":"2030-01-01T00:00:00.000Z"}\n',
    );
    const { kafka, registry } = stack;
    const counts = await produceFolder({ dir, kafka, registry, log: silentLogger });
    expect(counts).toEqual({ read: 62, published: 61, dead: 1 });

    const records = await readTopic(kafka, 'access-log', 60);
    const codec = createCodec(registry);
    await codec.prepare(records.map(({ value }) => value));
    for (const actor of ['E0', 'E1', 'E2']) {
      const own = records.filter(({ key }) => key?.toString() === actor);
      const decoded = own.map(({ value }) => codec.decode('access-log', value));
      const expected = events.filter(({ actor_id }) => actor_id === actor);
      expect(decoded.map((one) => one.ok && one.value)).toMatchObject(
        expected.map(({ event_id, occurred_at }) => ({ event_id, occurred_at: Date.parse(occurred_at) })),
      );
      expect(own.map(({ timestampMs }) => timestampMs)).toEqual(expected.map((event) => Date.parse(event.occurred_at)));
    }
    const [seller] = await readTopic(kafka, 'sellers', 1);
    expect(seller?.key?.toString()).toBe(`S1 ${Date.parse('2030-01-01T00:00:00Z')}`);
    const [dead] = await readTopic(kafka, 'dead-letters', 1);
    expect(dead?.value?.toString()).toBe('{"event_id": "broken');
    expect(dead?.headers['__connect.errors.topic']?.toString()).toBe('access-log.ndjson');
    expect(dead?.headers['__connect.errors.offset']?.toString()).toBe('11');
    expect(dead?.headers['__connect.errors.exception.class.name']?.toString()).toBe('broken_json');
  });

  test('stops between two sends when it is told to, and says how far it came', async () => {
    const event = {
      event_id: 'e',
      occurred_at: '2026-01-01T00:00:00.000Z',
      actor_id: 'E1',
      action: 'x',
      tool: 'crm',
      marketplace: 'US',
      record_count: 1,
    };
    const lines = Array.from({ length: 50 }, (_, i) => JSON.stringify({ ...event, event_id: `e${i}` }));
    await writeFile(join(dir, 'access-log.ndjson'), lines.join('\n'));
    const stop = new AbortController();
    const { kafka, registry } = stack;
    const onProgress = ({ published }: { published: number }): void => {
      if (published >= 3) stop.abort();
    };
    const counts = await produceFolder({
      dir,
      kafka,
      registry,
      rate: 20,
      log: silentLogger,
      onProgress,
      signal: stop.signal,
    });
    expect(counts.published).toBeGreaterThanOrEqual(3);
    expect(counts.published).toBeLessThan(50);
  });
});
