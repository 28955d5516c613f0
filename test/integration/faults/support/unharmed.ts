// What must hold after every fault, asked through the commands and tables that anybody may ask: the same facts and open anomalies as
// a calm run, each broken record one dead letter, no offset ahead of its rows, nothing left open, what was told last is what holds.

import { randomBytes } from 'node:crypto';
import { NAMING } from '../../../../services/core/feeds/identity.js';
import { FEEDS, type Feed } from '../../../../services/core/feeds/records.js';
import type { ClickHouse } from '../../../../services/platform/clickhouse/client.js';
import { connectKafka } from '../../../../services/platform/kafka/client.js';
import { createOffsets } from '../../../../services/platform/kafka/offsets.js';
import { silentLogger } from '../../../../services/platform/log/logger.js';
import { runCli, until } from '../../support/stack.js';
import { endOf, type Run } from './bed.js';

export interface Facts {
  readonly accesses: string;
  readonly digest: string;
  readonly anomalies: readonly Readonly<Record<string, unknown>>[];
}

/** Accesses with their explanation, as a count and a digest; open anomalies whole. */
export async function readFacts(ch: ClickHouse): Promise<Facts> {
  const [stored] = await ch.query<{ n: string; digest: string }>(
    `SELECT count() AS n, toString(groupBitXor(cityHash64(toString(tuple(*))))) AS digest
    FROM (SELECT * EXCEPT (ingested_at) FROM {db}.accesses)`,
  );
  const anomalies = await ch.query<Record<string, unknown>>(
    `SELECT * EXCEPT (first_written_at, updated_at, revision, disposition) FROM {db}.anomalies WHERE status = 'open' ORDER BY anomaly_id`,
  );
  return { accesses: stored?.n ?? '', digest: stored?.digest ?? '', anomalies };
}

export async function settled(run: Run, timeoutSeconds = 120): Promise<void> {
  const { code, stderr } = await runCli(['status', '--settled', '--timeout', String(timeoutSeconds)], run.env);
  if (code !== 0) throw new Error(`not settled: ${stderr.slice(-800)}`);
}

/** All of it, once the faults are over and scorers run. */
export async function expectUnharmed(run: Run): Promise<void> {
  await settled(run);
  await expectNoOffsetAhead(run);
  expect(await readFacts(run.clickhouse)).toEqual(run.bed.calm);
  expect(await deadLetters(run)).toEqual(brokenPlaces(run));
  await expectToldLast(run);
  const check = await runCli(['rescore', '--check', '--from', '2026-01-01', '--to', '2026-02-15'], run.env);
  expect([check.stdout, check.code]).toEqual(['', 0]);
  await run.stopScorers();
}

const place = (topic: string, partition: number, offset: number | string): string => `${topic}/${partition}/${offset}`;

async function deadLetters(run: Run): Promise<string[]> {
  const rows = await run.clickhouse.query<{ topic: string; partition: number; offset: string }>(
    'SELECT DISTINCT topic, partition, offset FROM {db}.dead_letters',
  );
  return rows.map(({ topic, partition, offset }) => place(topic, partition, offset)).sort();
}

const brokenPlaces = (run: Run): string[] =>
  run.bed.entries
    .filter(({ identity }) => identity === null)
    .map(({ topic, partition, offset }) => place(topic, partition, offset))
    .sort();

const TABLES: Readonly<Record<Feed, string>> = {
  'access-log': 'access_events',
  employees: 'employees',
  'support-cases': 'support_cases',
  'seller-enforcements': 'seller_enforcements',
  'customer-complaints': 'customer_complaints',
  'seller-links': 'seller_links',
  sellers: 'sellers',
  canaries: 'canaries',
};

/**
 * Every record before a committed offset is stored or a dead letter. May be asked at any moment, also while nothing runs.
 * @returns how many committed records were looked up
 */
export async function expectNoOffsetAhead(run: Run): Promise<number> {
  const offsets = createOffsets(run.bed.kafka, { log: silentLogger });
  const committed = await offsets.committed(run.groupId, FEEDS).finally(() => offsets.close());
  const ends = new Map(committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, Number(offset ?? 0)]));
  const dead = new Set(await deadLetters(run));
  const stored = new Map<Feed, ReadonlySet<string>>();
  for (const feed of FEEDS) stored.set(feed, await identities(run.clickhouse, feed));
  const acknowledged = run.bed.entries.filter(
    ({ topic, partition, offset }) => offset < (ends.get(`${topic}/${partition}`) ?? 0),
  );
  const lost = acknowledged.filter(({ topic, partition, offset, identity }) =>
    identity === null ? !dead.has(place(topic, partition, offset)) : !stored.get(topic)?.has(identity),
  );
  expect(lost.slice(0, 5)).toEqual([]);
  return acknowledged.length;
}

async function identities(ch: ClickHouse, feed: Feed): Promise<ReadonlySet<string>> {
  const { identity, times } = NAMING[feed];
  const isTime = (name: string): boolean => times.some((time) => time === name);
  const parts = identity.map((name) => (isTime(name) ? `toString(toUnixTimestamp64Milli(${name}))` : name));
  const key = parts.length === 1 ? `toString(${parts[0]})` : `concat(${parts.join(", ' ', ")})`;
  const rows = await ch.query<{ id: string }>(`SELECT DISTINCT ${key} AS id FROM {db}.${TABLES[feed]}`);
  return new Set(rows.map(({ id }) => id));
}

/** Of what this run told the topic anomalies, the last word about each is what the database holds open, and nothing else is. */
async function expectToldLast(run: Run): Promise<void> {
  const last = new Map<string, string>();
  const end = await endOf(run.bed.kafka, 'anomalies');
  const consumer = connectKafka(run.bed.kafka).consumer({ groupId: `test-${randomBytes(6).toString('hex')}` });
  let reached = run.toldBefore;
  await consumer.connect();
  await consumer.subscribe({ topics: ['anomalies'], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      if (Number(message.offset) >= run.toldBefore && message.value !== null)
        last.set(message.key?.toString() ?? '', lastWord(JSON.parse(message.value.toString())));
      reached = Math.max(reached, Number(message.offset) + 1);
    },
  });
  await until('the topic anomalies is read', async () => reached >= end).finally(() => consumer.disconnect());
  const open = [...last].filter(([, word]) => word !== 'withdrawn').map(([id, word]) => `${id} ${word}`);
  const calm = run.bed.calm.anomalies.map((row) => `${row['anomaly_id']} ${lastWord({ ...row, status: 'open' })}`);
  expect(open.sort()).toEqual(calm.sort());
}

/** What counts of an anomaly's message: whether it holds, how grave it is, on how much it rests. */
const lastWord = (row: Readonly<Record<string, unknown>>): string =>
  row['status'] === 'open'
    ? `${row['severity']} ${Number(row['score']).toFixed(4)} of ${row['event_count']} events`
    : 'withdrawn';
