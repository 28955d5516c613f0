// What gates are told: the topic access-restrictions follows the anomalies, the policy and the word of people.

import type { ChildProcess } from 'node:child_process';
import { connectKafka } from '../../../services/platform/kafka/client.js';
import { createPublisher, type Publisher } from '../../../services/platform/kafka/producer.js';
import { ANOMALIES_TOPIC, ensureTopics, RESTRICTIONS_TOPIC } from '../../../services/platform/kafka/topics.js';
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

let database: FreshDatabase;
let publisher: Publisher;
let receiver: Receiver;
let alerter: ChildProcess;
let reader: {
  latest: Map<string, { recommended: string; anomaly_id: string; reason: string; by: string } | null>;
  close(): Promise<void>;
};

async function follow(): Promise<typeof reader> {
  const { kafka } = await integrationStack();
  const consumer = connectKafka(kafka).consumer({ groupId: `gate-${Math.random().toString(36).slice(2)}` });
  const latest: (typeof reader)['latest'] = new Map();
  await consumer.connect();
  await consumer.subscribe({ topics: [RESTRICTIONS_TOPIC], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      latest.set(String(message.key), message.value === null ? null : JSON.parse(message.value.toString()));
    },
  });
  return { latest, close: () => consumer.disconnect() };
}

const anomaly = (id: string, actor: string, severity: string) => ({
  anomaly_id: id,
  status: 'open',
  content: 'c',
  detection: 'canary_read',
  detection_version: 1,
  severity,
  score: 80,
  actor_id: actor,
  seller_id: '',
  cluster_id: '',
  window_start: '2026-03-01T00:00:00.000Z',
  window_end: '2026-03-02T00:00:00.000Z',
  detected_at: '2026-03-01T09:30:00.000Z',
  summary: `${actor} read 1 customer who does not exist`,
  factors: [],
  event_count: 1,
  customer_count: 1,
  evidence_event_ids: [],
});

const publish = (value: { readonly anomaly_id: string }): Promise<void> =>
  publisher.send(ANOMALIES_TOPIC, [{ key: value.anomaly_id, value: Buffer.from(JSON.stringify(value)) }]);
const recommended = (actor: string): string | null | undefined => {
  const one = reader.latest.get(actor);
  return one === null ? null : one?.recommended;
};

beforeAll(async () => {
  const { kafka } = await integrationStack();
  for (const topic of [ANOMALIES_TOPIC, RESTRICTIONS_TOPIC]) await emptyTopic(topic);
  await ensureTopics(kafka, { dryRun: false });
  database = await freshDatabase('restrictions');
  publisher = createPublisher(kafka);
  receiver = await startReceiver();
  alerter = startCli(['alert'], {
    ...database.env,
    KEYHOLE_WEBHOOK_URL: receiver.url,
    KEYHOLE_ALERT_GROUP_ID: `restrictions-${Math.random()}`,
  });
  reader = await follow();
});

afterAll(async () => {
  alerter.kill('SIGTERM');
  await reader.close();
  await publisher.close();
  await receiver.close();
});

test('a high anomaly asks gates to observe, with its reason, and no longer once it is withdrawn', async () => {
  await publish(anomaly('a-1', 'e-1', 'high'));
  await publish(anomaly('a-2', 'e-2', 'medium'));
  await until('e-1 is to be observed', async () => recommended('e-1') === 'observe');
  expect(reader.latest.get('e-1')).toMatchObject({
    anomaly_id: 'a-1',
    reason: 'e-1 read 1 customer who does not exist',
    by: 'policy',
  });
  await publish({ anomaly_id: 'a-1', status: 'withdrawn', detection: 'canary_read' } as never);
  await until('e-1 is left alone', async () => recommended('e-1') === null);
  expect(reader.latest.has('e-2')).toBe(false);
});

test('a benign finding lifts what its anomaly asked for', async () => {
  await publish(anomaly('a-3', 'e-3', 'critical'));
  await until('e-3 is to be observed', async () => recommended('e-3') === 'observe');
  await database.clickhouse.insert(
    'dispositions',
    ['anomaly_id', 'disposition', 'by', 'note'],
    [['a-3', 'benign', 'an investigator', 'a drill']],
  );
  await until('e-3 is left alone', async () => recommended('e-3') === null);
});

test('a block takes the word of two people, outranks what an anomaly asks, and can be taken back', async () => {
  const by = ['--by', 'lead-1', '--reason', 'under inquiry'];
  const alone = await runCli(['restrict', 'e-4', 'block', ...by], database.env);
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('two people')]);
  expect(await runCli(['restrict', 'e-4', 'block', ...by, '--second', 'lead-1'], database.env)).toMatchObject({
    code: 2,
  });
  await publish(anomaly('a-4', 'e-4', 'critical'));
  await until('e-4 is to be observed', async () => recommended('e-4') === 'observe');
  expect(await runCli(['restrict', 'e-4', 'block', ...by, '--second', 'lead-2'], database.env)).toMatchObject({
    code: 0,
  });
  await until('e-4 is to be blocked', async () => recommended('e-4') === 'block');
  expect(await runCli(['restrict', 'e-4', '--lift', ...by], database.env)).toMatchObject({ code: 0 });
  await until('e-4 is to be observed again', async () => recommended('e-4') === 'observe');
});
