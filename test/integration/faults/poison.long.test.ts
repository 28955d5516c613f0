// A deploy that breaks every record stops the scorer and keeps the offsets; records of nearly a megabyte and a slow database stay
// within the memory bound.

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { createOffsets } from '../../../services/platform/kafka/offsets.js';
import { createPublisher, type OutgoingMessage } from '../../../services/platform/kafka/producer.js';
import { ensureTopics } from '../../../services/platform/kafka/topics.js';
import { silentLogger } from '../../../services/platform/log/logger.js';
import { createCodec } from '../../../services/platform/registry/codec.js';
import {
  emptyKafka,
  type FreshDatabase,
  freshDatabase,
  type IntegrationStack,
  integrationStack,
  startCli,
  until,
} from '../support/stack.js';
import { startProxy } from './support/proxy.js';
import { report } from './support/report.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const PARTITIONS = 3;
let stack: IntegrationStack;
let encode: (record: AccessEvent) => Buffer;

beforeAll(async () => {
  stack = await integrationStack();
});

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    await until('the scorer has ended', async () => child.exitCode !== null || child.signalCode !== null);
  }
});

beforeEach(async () => {
  await emptyKafka();
  await ensureTopics(stack.kafka, { dryRun: false, partitions: PARTITIONS });
  encode = await createCodec(stack.registry).encoder('access-log');
});

const access = (id: string, customerIds: readonly string[]): AccessEvent => ({
  event_id: id,
  occurred_at: NOON,
  actor_id: `E${Number(id.replace(/\D/g, '')) % 20}`,
  actor_kind: 'employee',
  action: 'customer_email.read',
  outcome: 'allowed',
  tool: 'crm',
  marketplace: 'US',
  seller_id: null,
  customer_ids: customerIds,
  review_id: null,
  review_rating: null,
  record_count: customerIds.length,
  case_id: null,
  approver_id: null,
  session_id: null,
  source_ip: null,
  country: null,
});

async function publish(messages: readonly OutgoingMessage[]): Promise<void> {
  const publisher = createPublisher(stack.kafka);
  await publisher.send('access-log', messages);
  await publisher.close();
}

const good = (from: number, to: number): OutgoingMessage[] =>
  Array.from({ length: to - from }, (_, i) => ({
    key: `E${(from + i) % 20}`,
    value: encode(access(`e${from + i}`, ['C1'])),
    timestampMs: NOON,
  }));
const broken = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `E${i % 20}`,
    value: Buffer.from(`{"deploy":${i}}`),
    timestampMs: NOON,
  }));

interface Started {
  readonly child: ChildProcess;
  ready(): Promise<{ status: number; body: string }>;
  stop(): Promise<number | null>;
}

async function score(database: FreshDatabase, settings: Readonly<Record<string, string>>): Promise<Started> {
  const child = startCli(['score'], { ...database.env, ...settings });
  running.push(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stdout?.resume();
  const port = (): string | undefined => /"port":(\d+)/.exec(said)?.[1];
  await until('the health server listens', async () => port() !== undefined);
  return {
    child,
    async ready() {
      const response = await fetch(`http://127.0.0.1:${port()}/health/ready`);
      return { status: response.status, body: await response.text() };
    },
    async stop() {
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function committed(groupId: string): Promise<string[]> {
  const offsets = createOffsets(stack.kafka, { log: silentLogger });
  const rows = await offsets.committed(groupId, ['access-log']).finally(() => offsets.close());
  return rows.map(({ partition, offset }) => `${partition}:${offset ?? 0}`).sort();
}

async function ends(): Promise<string[]> {
  const offsets = createOffsets(stack.kafka, { log: silentLogger });
  const rows = await offsets.ends(['access-log']).finally(() => offsets.close());
  return rows.map(({ partition, high }) => `${partition}:${high}`).sort();
}

async function count(database: FreshDatabase, table: string): Promise<number> {
  const [row] = await database.clickhouse.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table} FINAL`);
  return Number(row?.n);
}

test('a deploy that breaks every record stops the scorer behind the last good one; a restart changes nothing; without a limit all goes through', async () => {
  const began = performance.now();
  const database = await freshDatabase('breaker');
  const groupId = 'fault-breaker';
  await publish(good(0, 3_000));
  const lastGood = await ends();
  const stops: string[] = [];
  await publish(broken(60_000));
  await publish(good(3_000, 4_000));

  for (const life of ['first', 'second']) {
    const scorer = await score(database, { KEYHOLE_GROUP_ID: groupId });
    await until(`the ${life} scorer has stopped`, async () =>
      (await scorer.ready()).body.includes('stopped at access-log/'),
    );
    const partition = Number(/stopped at access-log\/(\d+)/.exec((await scorer.ready()).body)?.[1]);
    const place = lastGood[partition];
    await until('its good records are committed', async () => (await committed(groupId))[partition] === place);
    const { status, body } = await scorer.ready();
    expect(status).toBe(503);
    expect(body).toContain('KEYHOLE_DEAD_LETTER_LIMIT');
    expect(await scorer.stop()).toBe(1);
    expect(await count(database, 'dead_letters')).toBe(0);
    const stored = (await committed(groupId)).reduce((sum, entry) => sum + Number(entry.split(':')[1]), 0);
    expect(await count(database, 'access_events')).toBe(stored);
    for (const [i, entry] of (await committed(groupId)).entries())
      expect(Number(entry.split(':')[1])).toBeLessThanOrEqual(Number(lastGood[i]?.split(':')[1]));
    stops.push(`${stored} of 3,000`);
  }

  const open = await score(database, { KEYHOLE_GROUP_ID: groupId, KEYHOLE_DEAD_LETTER_LIMIT: '0' });
  const all = await ends();
  await until('everything is committed', async () => (await committed(groupId)).join() === all.join());
  expect([await count(database, 'access_events'), await count(database, 'dead_letters')]).toEqual([4_000, 60_000]);
  expect(await open.stop()).toBe(0);
  report({
    group: 'poison',
    fault: 'a deploy breaks 60,000 records in a row, and the scorer is started again',
    expected:
      'stopped, not ready, behind the last good record; again after a restart; with the limit off all goes through',
    seen: `twice stopped with 503, ${stops.join(' and ')} good records stored and committed, no dead letter; then 60,000 dead letters and 4,000 records`,
    seconds: Math.round((performance.now() - began) / 1_000),
    at: new Date().toISOString().slice(0, 16),
  });
}, 180_000);

const RECORDS = 140;
const RECORD_BYTES = 985_000;
const LIMIT_MB = 512;

test('records of nearly 1,000,000 bytes and a database behind a thin line stay within the memory bound', async () => {
  const began = performance.now();
  const database = await freshDatabase('memory');
  const groupId = 'fault-memory';
  let bytes = 0;
  for (let from = 0; from < RECORDS; from += 20) {
    const messages = Array.from({ length: 20 }, (_, i) => {
      const id = from + i;
      const customers = Array.from(
        { length: Math.floor(RECORD_BYTES / 17) },
        (_unused, n) => `c${String(id * 100_000 + n).padStart(15, '0')}`,
      );
      const value = encode(access(`e${id}`, customers));
      bytes += value.length;
      expect(value.length).toBeLessThanOrEqual(1_000_000);
      return { key: `E${id % 20}`, value, timestampMs: NOON };
    });
    await publish(messages);
  }
  const proxy = await startProxy(stack.clickhouse.url);
  proxy.weather = { bytesPerSecond: 12_000_000 };
  try {
    const scorer = await score(database, { KEYHOLE_GROUP_ID: groupId, KEYHOLE_CLICKHOUSE_URL: proxy.url });
    const all = await ends();
    await until('everything is committed', async () => (await committed(groupId)).join() === all.join(), 150_000);
    const status = readFileSync(`/proc/${scorer.child.pid}/status`, 'utf8');
    const peakMb = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
    expect(await count(database, 'access_events')).toBe(RECORDS);
    expect(await scorer.stop()).toBe(0);
    report({
      group: 'pressure',
      fault: `${RECORDS} records of ${Math.round(bytes / RECORDS / 1_000)} kB, ClickHouse behind 12 MB/s`,
      expected: `the scorer never holds more than ${LIMIT_MB} MB; all stored`,
      seen: `at most ${peakMb} MB; ${RECORDS} stored`,
      seconds: Math.round((performance.now() - began) / 1_000),
      at: new Date().toISOString().slice(0, 16),
    });
    expect(peakMb).toBeLessThanOrEqual(LIMIT_MB);
  } finally {
    await proxy.close();
  }
}, 240_000);
