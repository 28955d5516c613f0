// Takes records away from a topic that is kept by time: Kafka deletes from the beginning only, so all up to the last record that is meant
// go. For topics whose records are stored elsewhere as well.

import type { KafkaSettings } from '../config/settings.js';
import { silentLogger } from '../log/logger.js';
import { connectKafka } from './client.js';
import { kafkaError } from './faults.js';
import { readStretch, type TopicRecord } from './read-topic.js';

/** @returns how many records were meant; those before them went, too. Throws KeyholeError('kafka_unavailable'). */
export async function forgetRecords(
  settings: KafkaSettings,
  topic: string,
  isMeant: (record: TopicRecord) => boolean,
): Promise<number> {
  const ends = new Map<number, bigint>();
  let meant = 0;
  await readStretch(settings, { topic, from: new Map() }, (record) => {
    if (!isMeant(record)) return;
    meant++;
    ends.set(record.partition, BigInt(record.offset) + 1n);
  });
  if (meant === 0) return 0;
  const admin = connectKafka(settings, { log: silentLogger }).admin();
  try {
    await admin.connect();
    // Loads the leaders of the topic, which the next call takes for known.
    await admin.fetchTopicOffsets(topic);
    const partitions = [...ends].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    await admin.deleteTopicRecords({ topic, partitions });
    return meant;
  } catch (error) {
    throw kafkaError(`deleting records of ${topic}`, error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
