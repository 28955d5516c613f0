// A topic from its beginning to where it ends now, read once, by a group that leaves nothing behind. For small topics and short stretches.

import { randomBytes } from 'node:crypto';
import type { KafkaSettings } from '../config/settings.js';
import { silentLogger } from '../log/logger.js';
import { sleep } from '../shutdown/wait.js';
import { connectKafka } from './client.js';
import { faultWord, kafkaError } from './faults.js';

/** What a topic's partitions are read from; partitions not named, from their beginning. */
export type Positions = ReadonlyMap<number, string>;

export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly timestampMs: number;
}

/** Values of all records; tombstones left out; none where there is no such topic. */
export async function readWholeTopic(kafka: KafkaSettings, topic: string): Promise<Buffer[]> {
  const values: Buffer[] = [];
  await readStretch(kafka, { topic, from: new Map() }, (record) => void values.push(record.value));
  return values;
}

const PATIENCE_MS = 30_000;
/** A consumer is let go only once its last request was answered, so an empty one is answered soon. */
const MAX_WAIT_MS = 100;
const LOADING_PAUSE_MS = 250;

/** Throws KeyholeError('kafka_unavailable') where the brokers fall silent. */
export async function readStretch(
  settings: KafkaSettings,
  { topic, from }: { readonly topic: string; readonly from: Positions },
  onRecord: (record: TopicRecord) => void,
): Promise<void> {
  const kafka = connectKafka(settings, { log: silentLogger });
  const admin = kafka.admin();
  const groupId = `keyhole-reading-${randomBytes(6).toString('hex')}`;
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(topic)) return;
    const due = new Map<number, { at: bigint; end: bigint }>();
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const asked = BigInt(from.get(partition) ?? low);
      const at = asked > BigInt(low) ? asked : BigInt(low);
      if (at < BigInt(high)) due.set(partition, { at, end: BigInt(high) });
    }
    if (due.size === 0) return;
    await onceLoaded(() => consume(kafka, { groupId, topic, due }, onRecord));
    await admin.deleteGroups([groupId]).catch(() => undefined);
  } catch (error) {
    throw kafkaError(`reading ${topic}`, error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** A broker that has just started says for some seconds that it is loading its groups: then nothing has been read yet. */
async function onceLoaded(read: () => Promise<void>): Promise<void> {
  for (const deadlineMs = Date.now() + PATIENCE_MS; ; await sleep(LOADING_PAUSE_MS)) {
    try {
      return await read();
    } catch (error) {
      if (faultWord(error) !== 'GROUP_LOAD_IN_PROGRESS' || Date.now() > deadlineMs) throw error;
    }
  }
}

async function consume(
  kafka: ReturnType<typeof connectKafka>,
  { groupId, topic, due }: { groupId: string; topic: string; due: Map<number, { at: bigint; end: bigint }> },
  onRecord: (record: TopicRecord) => void,
): Promise<void> {
  const consumer = kafka.consumer({ groupId, maxBytesPerPartition: 1_048_576, maxWaitTimeInMs: MAX_WAIT_MS });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(new Error('the brokers fell silent')), PATIENCE_MS);
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      wait();
      const run = async (): Promise<void> => {
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            wait();
            const stretch = due.get(batch.partition);
            if (stretch === undefined) return;
            const { at, end } = stretch;
            for (const { offset, key, value, timestamp } of batch.messages) {
              if (value === null || BigInt(offset) < at || BigInt(offset) >= end) continue;
              onRecord({ partition: batch.partition, offset, key, value, timestampMs: Number(timestamp) });
            }
            // A compacted topic, or a transaction's marker, may leave the last offsets empty.
            if (BigInt(batch.lastOffset()) + 1n >= end) due.delete(batch.partition);
            if (due.size === 0) resolve();
          },
        });
        // A new group begins at the beginning; what it is given before it has been told is left out above.
        for (const [partition, { at }] of due) if (at > 0n) consumer.seek({ topic, partition, offset: String(at) });
      };
      run().catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await consumer.disconnect().catch(() => undefined);
  }
}
