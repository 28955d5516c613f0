// The topics Keyhole reads and writes, how they are kept, and their creation where they are missing. A topic that exists is
// left as it is: its retention is its owner's decision.
//
// access-log records carry event time as their Kafka timestamp, which may lie far in the past (a case folder of last year) or
// ahead of the broker's clock. So retention by time is off, else a broker would delete such records before they were read,
// and the broker's own limit on future timestamps is lifted: the scorer judges validity and dead-letters with a reason.

import type { Admin, ITopicConfig } from 'kafkajs';
import { KeyholeError } from '../../core/errors.js';
import { FEEDS, type Feed } from '../../core/feeds/records.js';
import type { KafkaSettings } from '../config/settings.js';
import type { Logger } from '../log/logger.js';
import { sleep } from '../shutdown/wait.js';
import { connectKafka } from './client.js';
import { faultWord, kafkaError } from './faults.js';

export const ANOMALIES_TOPIC = 'anomalies';
export const RESTRICTIONS_TOPIC = 'access-restrictions';
export const DEAD_LETTERS_TOPIC = 'dead-letters';
export const DIGESTS_TOPIC = 'evidence-digests';

/** Larger than the 1,000,000 bytes at which a record is refused, so that it is refused by us, with its bytes kept. */
const FEED_MAX_BYTES = 2 * 1024 * 1024;
const DEAD_LETTER_MAX_BYTES = 4 * 1024 * 1024;
const LEADERS_WITHIN_MS = 15_000;
const DEAD_LETTER_RETENTION_MS = 30 * 86_400_000;

const anyTimestamp = {
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.after.max.ms': '9223372036854775807',
};
const compacted = { 'cleanup.policy': 'compact', 'max.message.bytes': String(FEED_MAX_BYTES), ...anyTimestamp };

export interface TopicOptions {
  readonly dryRun: boolean;
  /** Partitions of access-log; default 6. */
  readonly partitions?: number;
  /** null or absent: the brokers' default. */
  readonly replication?: number | null;
  readonly log?: Logger;
}

/** Creates what is missing (or, dry, only says so). Throws KeyholeError('kafka_unavailable'). */
export async function ensureTopics(
  settings: KafkaSettings,
  options: TopicOptions,
): Promise<{ topic: string; created: boolean }[]> {
  const wanted = topicConfigs(options);
  const admin = connectKafka(settings, options.log ? { log: options.log } : {}).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0 && !options.dryRun) await createTopics(admin, missing);
    return wanted.map(({ topic }) => ({ topic, created: !existing.has(topic) }));
  } catch (error) {
    throw kafkaError('creating topics', error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Resolves once every partition has a leader. kafkajs's own wait fails where a broker has not heard of the topic yet. */
export async function createTopics(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics: [...topics], waitForLeaders: false });
  const deadlineMs = Date.now() + LEADERS_WITHIN_MS;
  while (!(await haveLeaders(admin, topics))) {
    if (Date.now() > deadlineMs)
      throw new KeyholeError('kafka_unavailable', 'Kafka: new topics have no leaders yet', { retriable: true });
    await sleep(50);
  }
}

async function haveLeaders(admin: Admin, topics: readonly ITopicConfig[]): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
    return metadata.topics.every(
      ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
    );
  } catch (error) {
    if (['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(faultWord(error))) return false;
    throw error;
  }
}

export function topicConfigs(options: Pick<TopicOptions, 'partitions' | 'replication'>): ITopicConfig[] {
  const replication = options.replication ? { replicationFactor: options.replication } : {};
  const topic = (name: string, partitions: number, entries: Record<string, string>): ITopicConfig => ({
    topic: name,
    numPartitions: partitions,
    ...replication,
    configEntries: Object.entries(entries).map(([key, value]) => ({ name: key, value })),
  });
  return [
    ...FEEDS.map((feed) => topic(feed, feed === 'access-log' ? (options.partitions ?? 6) : 1, feedConfig(feed))),
    topic(ANOMALIES_TOPIC, 1, { 'cleanup.policy': 'compact', 'max.message.bytes': String(FEED_MAX_BYTES) }),
    topic(RESTRICTIONS_TOPIC, 1, { 'cleanup.policy': 'compact' }),
    topic(DIGESTS_TOPIC, 1, { 'cleanup.policy': 'compact', 'max.message.bytes': String(FEED_MAX_BYTES) }),
    topic(DEAD_LETTERS_TOPIC, 1, {
      'cleanup.policy': 'delete',
      'retention.ms': String(DEAD_LETTER_RETENTION_MS),
      'max.message.bytes': String(DEAD_LETTER_MAX_BYTES),
    }),
  ];
}

function feedConfig(feed: Feed): Record<string, string> {
  if (feed !== 'access-log') return compacted;
  return {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'max.message.bytes': String(FEED_MAX_BYTES),
    ...anyTimestamp,
  };
}
