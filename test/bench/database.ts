// Databases of the bench: a fresh one, a copy of another (its parts are linked, not read), and how a run begins at chosen offsets
// with what lay before them counted as landed.

import { setTimeout as delay } from 'node:timers/promises';
import { type ClickHouse, connectClickHouse } from '../../services/platform/clickhouse/client.js';
import { migrate } from '../../services/platform/clickhouse/migrate.js';
import { toDateTime64 } from '../../services/platform/clickhouse/time.js';
import { connectKafka } from '../../services/platform/kafka/client.js';
import type { Rig } from './rig.js';

export interface PartitionStart {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export async function createDatabase(rig: Rig, name: string): Promise<ClickHouse> {
  const ch = connectClickHouse(rig.settingsOf(name));
  await migrate(ch, { dryRun: false });
  return ch;
}

/** Every stored row of `from`, but not its migrations' ledger, which the new database has itself. */
export async function copyDatabase(rig: Rig, from: string, to: string): Promise<ClickHouse> {
  const ch = await createDatabase(rig, to);
  const tables = await ch.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${from}' AND engine LIKE '%MergeTree' AND name != 'schema_migrations'`,
  );
  for (const { name } of tables) {
    const partitions = await ch.query<{ id: string }>(
      `SELECT DISTINCT partition_id AS id FROM system.parts WHERE active AND database = '${from}' AND table = '${name}'`,
    );
    for (const { id } of partitions)
      await ch.command(`ALTER TABLE {db}.${name} ATTACH PARTITION ID '${id}' FROM ${from}.${name}`);
  }
  return ch;
}

export async function dropDatabase(ch: ClickHouse): Promise<void> {
  await ch.command('DROP DATABASE IF EXISTS {db} SYNC');
  await ch.close();
}

/** Waits until ClickHouse merges nothing, so that one measurement does not pay for what another stored. */
export async function quiet(ch: ClickHouse): Promise<void> {
  for (let calm = 0; calm < 3; ) {
    const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM system.merges');
    calm = row?.n === '0' ? calm + 1 : 0;
    await delay(200);
  }
}

/** The group reads on from `starts`; the database counts what lies before as landed up to `watermarkMs`. */
export async function beginAt(
  rig: Rig,
  ch: ClickHouse,
  groupId: string,
  starts: readonly PartitionStart[],
  watermarkMs: number,
): Promise<void> {
  const cluster = await rig.offsets.clusterId();
  await ch.insert(
    'progress',
    ['cluster', 'topic', 'partition', 'next_offset', 'watermark'],
    starts.map(({ topic, partition, offset }) => [cluster, topic, partition, offset, toDateTime64(watermarkMs)]),
  );
  await commitAs(rig, groupId, starts);
}

/** As a member of the group for a moment: the admin call of kafkajs joins once for each topic, which takes half a minute. */
async function commitAs(rig: Rig, groupId: string, starts: readonly PartitionStart[]): Promise<void> {
  const consumer = connectKafka({ brokers: rig.stack.kafkaBrokers }).consumer({ groupId, maxWaitTimeInMs: 100 });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...new Set(starts.map(({ topic }) => topic))] });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    await joined;
    await consumer.commitOffsets(starts.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
  } finally {
    await consumer.disconnect();
  }
}
