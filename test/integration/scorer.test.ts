// The scorer on the real stack: bad input beside good, counts that add up, restarts that lose nothing, stops that end.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { DeadLetterReason } from '../../services/core/feeds/batch.js';
import type { AccessEvent } from '../../services/core/feeds/records.js';
import type { FetchedRecord } from '../../services/platform/kafka/group.js';
import { createOffsets } from '../../services/platform/kafka/offsets.js';
import { createPublisher, type OutgoingMessage } from '../../services/platform/kafka/producer.js';
import { ensureTopics } from '../../services/platform/kafka/topics.js';
import { silentLogger } from '../../services/platform/log/logger.js';
import { createCodec } from '../../services/platform/registry/codec.js';
import { readTopic } from './support/read-topic.js';
import { startScorer } from './support/scorer.js';
import {
  emptyKafka,
  type FreshDatabase,
  freshDatabase,
  type IntegrationStack,
  integrationStack,
  startCli,
  until,
} from './support/stack.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;

let stack: IntegrationStack;
let encode: (record: AccessEvent) => Buffer;

beforeAll(async () => {
  stack = await integrationStack();
  encode = await createCodec(stack.registry).encoder('access-log');
});

beforeEach(async () => {
  await emptyKafka();
  await ensureTopics(stack.kafka, { dryRun: false, partitions: 3 });
});

function access(id: string, changes: Partial<AccessEvent> = {}): AccessEvent {
  return {
    event_id: id,
    occurred_at: NOON,
    actor_id: 'E1',
    actor_kind: 'employee',
    action: 'customer_email.read',
    outcome: 'allowed',
    tool: 'crm',
    marketplace: 'US',
    seller_id: null,
    customer_ids: ['C1'],
    review_id: null,
    review_rating: null,
    record_count: 1,
    case_id: null,
    approver_id: null,
    session_id: null,
    source_ip: null,
    country: null,
    ...changes,
  };
}

const message = (value: Buffer, key = 'E1'): OutgoingMessage => ({
  key,
  value,
  timestampMs: NOON,
  headers: { trace: `t-${value.length}` },
});

async function publish(messages: readonly OutgoingMessage[]): Promise<void> {
  const publisher = createPublisher(stack.kafka);
  await publisher.send('access-log', messages);
  await publisher.close();
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const groupName = (): string => `test-${randomBytes(4).toString('hex')}`;

async function count(database: FreshDatabase, table: string): Promise<number> {
  const [row] = await database.clickhouse.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table} FINAL`);
  return Number(row?.n);
}

/** Records of access-log that the group has not committed yet. */
async function lag(groupId: string): Promise<number> {
  const offsets = createOffsets(stack.kafka, { log: silentLogger });
  try {
    const [committed, ends] = await Promise.all([
      offsets.committed(groupId, ['access-log']),
      offsets.ends(['access-log']),
    ]);
    const done = committed.reduce((sum, { offset }) => sum + Number(offset ?? 0), 0);
    return ends.reduce((sum, { high }) => sum + Number(high), 0) - done;
  } finally {
    await offsets.close();
  }
}

test('bad input ends as dead letters with reason, bytes and headers; the rest goes through; the counts add up', async () => {
  const valid = encode(access('cut'));
  const unknownSchema = Buffer.concat([Buffer.from([0, 0x3b, 0x9a, 0xca, 0x00]), valid.subarray(5)]);
  const bad: readonly (readonly [string, DeadLetterReason, Buffer])[] = [
    ['not Avro', 'not_avro', Buffer.from('{"event_id":"json"}')],
    ['an unknown schema id', 'unknown_schema', unknownSchema],
    ['truncated', 'truncated', valid.subarray(0, -3)],
    ['a negative count', 'invalid', encode(access('negative', { record_count: -1 }))],
    ['an id of 65 characters', 'invalid', encode(access('x'.repeat(65)))],
    ['an @ in a customer id', 'invalid', encode(access('at', { customer_ids: ['someone@example'] }))],
    ['a time in 1970', 'invalid', encode(access('old', { occurred_at: 1_000 }))],
    ['a time in 2200', 'invalid', encode(access('far', { occurred_at: Date.UTC(2200, 0, 1) }))],
    ['two days ahead of its record', 'invalid', encode(access('ahead', { occurred_at: NOON + 2 * DAY_MS }))],
    ['more than 1,000,000 bytes', 'too_large', Buffer.concat([valid, Buffer.alloc(1_000_001 - valid.length)])],
  ];
  const good = Array.from({ length: 30 }, (_, i) => message(encode(access(`e${i}`)), `E${i % 4}`));
  const repeats = good.slice(0, 7);
  const database = await freshDatabase('scorer_bad');
  const groupId = groupName();
  const scorer = startScorer(stack, database, groupId);
  try {
    await publish([...good.slice(0, 15), ...bad.map(([, , bytes]) => message(bytes)), ...repeats, ...good.slice(15)]);
    await until('everything is committed', async () => (await lag(groupId)) === 0);
  } finally {
    await scorer.stop();
  }

  const [stored] = await database.clickhouse.query<{ rows: string; distinct: string }>(
    `SELECT sum(count) AS rows, count() AS distinct FROM
      (SELECT count() AS count FROM {db}.access_events GROUP BY actor_id, occurred_at, event_id)`,
  );
  expect(Number(stored?.distinct)).toBe(good.length);
  expect(await count(database, 'dead_letters')).toBe(bad.length);
  const progress = await database.clickhouse.query<{ next_offset: string }>(
    "SELECT next_offset FROM {db}.progress FINAL WHERE topic = 'access-log'",
  );
  const read = progress.reduce((sum, row) => sum + Number(row.next_offset), 0);
  expect(read).toBe(good.length + repeats.length + bad.length);

  const letters = await readTopic(stack.kafka, 'dead-letters', bad.length);
  expect(letters.length).toBe(bad.length);
  const header = (record: FetchedRecord, name: string) => record.headers[`__connect.errors.${name}`]?.toString();
  for (const [what, reason, bytes] of bad) {
    const found = letters.find(({ value }) => value?.equals(bytes));
    expect([what, found && header(found, 'exception.class.name')]).toEqual([what, reason]);
    expect([found?.key?.toString(), found?.headers['trace']?.toString()]).toEqual(['E1', `t-${bytes.length}`]);
    expect(found && header(found, 'topic')).toBe('access-log');
    expect(found && header(found, 'exception.message')).not.toMatch(/someone|xxxx/);
  }
  const rows = await database.clickhouse.query<{ partition: number; offset: string; reason: string; payload: string }>(
    'SELECT partition, offset, reason, payload FROM {db}.dead_letters FINAL',
  );
  const restore = (text: string): Buffer =>
    text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text);
  for (const letter of letters) {
    const row = rows.find(
      ({ partition, offset }) =>
        String(partition) === header(letter, 'partition') && String(offset) === header(letter, 'offset'),
    );
    expect(row && restore(row.payload).equals(letter.value ?? Buffer.alloc(0))).toBe(true);
    expect(row?.reason).toBe(header(letter, 'exception.class.name'));
  }
});

describe('as a process', () => {
  const running: ChildProcess[] = [];
  // Gracefully, so that no dead member stays in its group until its session ends.
  afterEach(async () => {
    for (const child of running.splice(0)) {
      child.kill('SIGTERM');
      await until('the scorer has ended', async () => hasEnded(child));
    }
  });

  function startScorer(database: FreshDatabase, groupId: string): ChildProcess {
    const child = startCli(['score'], { ...database.env, KEYHOLE_GROUP_ID: groupId, KEYHOLE_LAND_MAX_ROWS: '200' });
    running.push(child);
    return child;
  }

  test('is killed in the middle, and another goes on: every event is there once', async () => {
    const database = await freshDatabase('scorer_kill');
    const groupId = groupName();
    const events = Array.from({ length: 5_000 }, (_, i) => message(encode(access(`e${i}`)), `E${i % 7}`));
    await publish(events);
    const first = startScorer(database, groupId);
    await until('something is stored', async () => (await count(database, 'access_events')) > 0);
    first.kill('SIGKILL');
    startScorer(database, groupId);
    await until('everything is committed', async () => (await lag(groupId)) === 0);
    expect(await count(database, 'access_events')).toBe(events.length);
    expect(await count(database, 'dead_letters')).toBe(0);
  });

  test('ends with exit code 0 within ten seconds of SIGTERM, in the middle of its work', async () => {
    const database = await freshDatabase('scorer_stop');
    const groupId = groupName();
    await publish(Array.from({ length: 20_000 }, (_, i) => message(encode(access(`e${i}`)), `E${i % 7}`)));
    const scorer = startScorer(database, groupId);
    await until('something is stored', async () => (await count(database, 'access_events')) > 0);
    scorer.kill('SIGTERM');
    await until('the scorer has ended', async () => hasEnded(scorer), 10_000);
    expect(scorer.exitCode).toBe(0);
  });
});

test('reads again from Kafka what a new database lacks, though the group had committed it', async () => {
  const groupId = groupName();
  const events = Array.from({ length: 20 }, (_, i) => message(encode(access(`e${i}`))));
  await publish(events);
  const first = await freshDatabase('scorer_before');
  const scorer = startScorer(stack, first, groupId);
  await until('everything is committed', async () => (await lag(groupId)) === 0);
  await scorer.stop();

  const second = await freshDatabase('scorer_after');
  const again = startScorer(stack, second, groupId);
  try {
    await until('all is in the new database', async () => (await count(second, 'access_events')) === events.length);
  } finally {
    await again.stop();
  }
});
