// The alerter as a process, on real Kafka and ClickHouse, against receivers that misbehave.

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createPublisher, type Publisher } from '../../../services/platform/kafka/producer.js';
import { ANOMALIES_TOPIC, ensureTopics } from '../../../services/platform/kafka/topics.js';
import {
  emptyTopic,
  type FreshDatabase,
  freshDatabase,
  integrationStack,
  runCli,
  startCli,
  until,
} from '../support/stack.js';
import { type Receiver, startReceiver } from './receiver.js';

const folder = mkdtempSync(join(tmpdir(), 'keyhole-alerter-test-'));
const receivers: Receiver[] = [];
let database: FreshDatabase;
let publisher: Publisher;
let child: ChildProcess | null = null;

const anomaly = (id: string, over: object = {}) => ({
  anomaly_id: id,
  status: 'open',
  content: 'c-1',
  detection: 'bulk_customer_email_read',
  detection_version: 1,
  severity: 'high',
  score: 71.5,
  actor_id: `e-${id}`,
  seller_id: 's-4',
  cluster_id: '',
  window_start: '2026-03-01T00:00:00.000Z',
  window_end: '2026-03-02T00:00:00.000Z',
  detected_at: '2026-03-01T09:30:00.000Z',
  summary: `e-${id} read the e-mail addresses of 212 customers in 3 h`,
  factors: [{ name: 'volume', observed: 212, expected: 11, contribution: 40 }],
  event_count: 212,
  customer_count: 212,
  evidence_event_ids: ['x-1'],
  ...over,
});

const publish = (...values: readonly { readonly anomaly_id: string }[]): Promise<void> =>
  publisher.send(
    ANOMALIES_TOPIC,
    values.map((value) => ({ key: value.anomaly_id, value: Buffer.from(JSON.stringify(value)) })),
  );

async function receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const one = await startReceiver(...args);
  receivers.push(one);
  return one;
}

function start(destinations: object, extra: object = {}): ChildProcess {
  const file = join(folder, `routing-${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, stringify({ destinations, routes: [{ to: Object.keys(destinations) }], ...extra }));
  // A group of its own reads the topic from its beginning, and does not wait for a member that was killed.
  const group = `alerter-test-${Math.random().toString(36).slice(2)}`;
  child = startCli(['alert', '--config', file], { ...database.env, KEYHOLE_ALERT_GROUP_ID: group });
  return child;
}

async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const stopping = child;
  child = null;
  if (stopping === null || stopping.exitCode !== null) return null;
  const ended = new Promise<number | null>((resolve) => stopping.once('exit', resolve));
  stopping.kill(signal);
  return ended;
}

const webhook = (to: Receiver, over: object = {}) => ({
  kind: 'webhook',
  url: to.url,
  cap_per_hour: 100_000,
  timeout_ms: 500,
  ...over,
});
const idsOf = (to: Receiver): string[] =>
  to.taken.flatMap(({ anomalies }) => anomalies.map(({ anomaly_id }) => anomaly_id));

beforeEach(async () => {
  const { kafka } = await integrationStack();
  await emptyTopic(ANOMALIES_TOPIC);
  await ensureTopics(kafka, { dryRun: false });
  database = await freshDatabase('alerter');
  publisher = createPublisher(kafka);
});

afterEach(async () => {
  await stop('SIGKILL');
  await publisher.close();
  await Promise.all(receivers.splice(0).map((one) => one.close()));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('fires once, updates what got worse, resolves what was withdrawn, and stops when told', async () => {
  const to = await receiver();
  start({ hook: webhook(to) });
  await publish(anomaly('1'), anomaly('1'), anomaly('2', { severity: 'critical' }));
  await until('both are there', async () => to.taken.length >= 2);
  await publish(anomaly('1', { content: 'c-2', severity: 'critical', score: 88 }));
  await until('the update is there', async () => to.taken.length >= 3);
  await publish({ anomaly_id: '2', status: 'withdrawn', detection: 'bulk_customer_email_read' } as never);
  await until('the end is there', async () => to.taken.length >= 4);
  expect(
    to.taken.flatMap(({ anomalies }) => anomalies.map(({ anomaly_id, action }) => `${action} ${anomaly_id}`)).sort(),
  ).toEqual(['fire 1', 'fire 2', 'resolve 2', 'update 1']);
  expect(await stop()).toBe(0);
});

test('a receiver that times out, throttles, fails, redirects or drops its answers gets everything in the end, and delays nobody', async () => {
  const badly = await receiver((n, request, response) => {
    if (n > 5) return false;
    if (n === 1) return true;
    if (n === 2) response.writeHead(429, { 'retry-after': '1' }).end();
    if (n === 3) response.writeHead(500).end();
    if (n === 4) response.writeHead(302, { location: '/' }).end();
    if (n === 5) request.socket.destroy();
    return true;
  });
  const well = await receiver();
  start({ badly: webhook(badly), well: webhook(well) });
  const ids = Array.from({ length: 20 }, (_, i) => String(i));
  await publish(...ids.map((id) => anomaly(id)));
  await until('the good one has everything', async () => new Set(idsOf(well)).size === 20);
  expect(badly.requests).toBeLessThan(badly.taken.length + 20);
  await until('the bad one has everything, too', async () => new Set(idsOf(badly)).size === 20);
  expect(idsOf(well).sort()).toEqual([...ids].sort());
  expect(new Set(badly.taken.map(({ key }) => key))).toEqual(new Set(well.taken.map(({ key }) => key)));
});

test('killed at any moment, it goes on where it was: nothing lost, the same keys', async () => {
  const to = await receiver();
  const ids = Array.from({ length: 60 }, (_, i) => String(i));
  for (let round = 0; round < 3; round++) {
    start({ hook: webhook(to) });
    const before = to.taken.length;
    await publish(...ids.slice(round * 20, round * 20 + 20).map((id) => anomaly(id)));
    await until('it is in the middle of it', async () => to.taken.length > before);
    await stop('SIGKILL');
  }
  start({ hook: webhook(to) });
  await until('everything arrived', async () => new Set(idsOf(to)).size === 60);
  const keys = new Map<string, string>();
  for (const { key, anomalies } of to.taken) {
    expect(keys.get(key) ?? anomalies[0]?.anomaly_id).toBe(anomalies[0]?.anomaly_id);
    keys.set(key, anomalies[0]?.anomaly_id ?? '');
  }
  expect(keys.size).toBe(60);
});

test('ten thousand at once are the capped alerts and one digest that counts the rest', async () => {
  const to = await receiver();
  start({ hook: webhook(to, { cap_per_hour: 25, digest_seconds: 8 }) });
  for (let i = 0; i < 10; i++) await publish(...Array.from({ length: 1000 }, (_, j) => anomaly(`${i * 1000 + j}`)));
  await until('the digest is there', async () => to.taken.some(({ kind }) => kind === 'digest'), 90_000);
  const digests = to.taken.filter(({ kind }) => kind === 'digest');
  expect([to.taken.length - digests.length, digests.length, digests[0]?.count]).toEqual([25, 1, 10_000 - 25]);
});

test('an investigator’s finding ends the alert, and an unreviewed one is raised to the next level', async () => {
  const first = await receiver();
  const next = await receiver();
  const file = { first: webhook(first), next: webhook(next) };
  start(file, {
    routes: [{ to: ['first'] }],
    escalations: [{ severity: ['critical'], after_minutes: 0.05, to: ['next'] }],
  });
  await publish(anomaly('1'), anomaly('2', { severity: 'critical' }));
  await until('both are told', async () => first.taken.length >= 2);
  await database.clickhouse.insert(
    'dispositions',
    ['anomaly_id', 'disposition', 'by', 'note'],
    [['1', 'benign', 'an investigator', 'a drill']],
  );
  await until('the end is told', async () =>
    first.taken.some(({ anomalies }) => anomalies.some(({ action }) => action === 'resolve')),
  );
  expect(
    first.taken
      .filter(({ anomalies }) => anomalies[0]?.action === 'resolve')
      .map(({ anomalies }) => anomalies[0]?.anomaly_id),
  ).toEqual(['1']);
  await until('the critical one is raised', async () => next.taken.length > 0, 90_000);
  expect(next.taken.map(({ anomalies }) => anomalies[0])).toMatchObject([{ anomaly_id: '2', action: 'escalate' }]);
});

test('a routing that cannot be used is refused at start, every fault named, no secret quoted', async () => {
  const file = join(folder, 'wrong.yaml');
  writeFileSync(
    file,
    stringify({
      destinations: { a: { kind: 'pigeon' }, b: { kind: 'webhook', url: 'http://u:hush@127.0.0.1/' } },
      routes: [{ to: ['c'] }],
    }),
  );
  const { code, stderr } = await runCli(['alert', '--config', file], database.env);
  expect(code).toBe(1);
  expect(stderr).toContain('destinations.a.kind');
  expect(stderr).toContain('destinations.b.url');
  expect(stderr).not.toContain('hush');
});

test('alert test sends a marked test, and says when it was not accepted', async () => {
  const to = await receiver((n, _, response) => {
    if (n > 1) response.writeHead(503).end();
    return n > 1;
  });
  const env = { ...database.env, KEYHOLE_WEBHOOK_URL: to.url };
  expect(await runCli(['alert', 'test', 'webhook'], env)).toMatchObject({ code: 0 });
  expect(to.taken.map(({ kind }) => kind)).toEqual(['test']);
  const refused = await runCli(['alert', 'test', 'webhook'], env);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('answered 503')]);
  expect(await runCli(['alert', 'test', 'pager'], env)).toMatchObject({ code: 2 });
});
