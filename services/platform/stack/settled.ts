// Whether everything that was published has been read and judged: the scorers' lag on the eight feeds, then the duties to
// judge that are left. In this order: a batch's duty is written before its offsets are committed, so lag zero first
// means that no duty can still be on its way. Decides nothing about how long to wait.

import type { Admin } from 'kafkajs';
import { FEEDS } from '../../core/feeds/records.js';
import type { ClickHouse } from '../clickhouse/client.js';
import type { KafkaSettings } from '../config/settings.js';
import { connectKafka } from '../kafka/client.js';
import { kafkaError } from '../kafka/faults.js';

export interface Backlog {
  /** Records published and not yet landed. */
  readonly lag: bigint;
  /** Landed batches whose judgement is still due. */
  readonly waiting: number;
  /** Feeds that have no topic yet. */
  readonly missingTopics: readonly string[];
}

export function isSettled(backlog: Backlog): boolean {
  return backlog.lag === 0n && backlog.waiting === 0 && backlog.missingTopics.length === 0;
}

/** Throws KeyholeError('kafka_unavailable' | 'clickhouse_unavailable'). */
export async function readBacklog(kafka: KafkaSettings, clickhouse: ClickHouse, groupId: string): Promise<Backlog> {
  const { lag, missingTopics } = await readLag(kafka, groupId);
  const [row] = await clickhouse.query<{ waiting: string }>(
    'SELECT count() AS waiting FROM {db}.landings FINAL WHERE done = 0',
  );
  return { lag, missingTopics, waiting: Number(row?.waiting ?? 0) };
}

async function readLag(kafka: KafkaSettings, groupId: string): Promise<{ lag: bigint; missingTopics: string[] }> {
  const admin = connectKafka(kafka).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const topics = FEEDS.filter((feed) => existing.has(feed));
    const committed = topics.length === 0 ? [] : await admin.fetchOffsets({ groupId, topics: [...topics] });
    const lags = await Promise.all(committed.map(({ topic, partitions }) => topicLag(admin, topic, partitions)));
    return {
      lag: lags.reduce((sum, lag) => sum + lag, 0n),
      missingTopics: FEEDS.filter((feed) => !existing.has(feed)),
    };
  } catch (error) {
    throw kafkaError('reading the scorers’ lag', error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function topicLag(
  admin: Admin,
  topic: string,
  committed: readonly { readonly partition: number; readonly offset: string }[],
): Promise<bigint> {
  const offsetOf = new Map(committed.map(({ partition, offset }) => [partition, BigInt(offset)]));
  let lag = 0n;
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const next = offsetOf.get(partition) ?? -1n;
    lag += BigInt(high) - (next < 0n ? BigInt(low) : next);
  }
  return lag;
}
