// The outside copy of a stack's digests: a compacted topic, one record a digest, its number the key.

import { type Anchor, distinct, parsePublished, publishedText } from '../../pipeline/evidence/anchor.js';
import type { KafkaSettings } from '../../platform/config/settings.js';
import { createPublisher } from '../../platform/kafka/producer.js';
import { readWholeTopic } from '../../platform/kafka/read-topic.js';
import { DIGESTS_TOPIC, ensureTopics } from '../../platform/kafka/topics.js';

export function topicAnchor(kafka: KafkaSettings, replication: number | null): Anchor {
  return {
    async publish(digests) {
      if (digests.length === 0) return;
      await ensureTopics(kafka, { dryRun: false, replication });
      const publisher = createPublisher(kafka);
      try {
        await publisher.send(
          DIGESTS_TOPIC,
          digests.map((digest) => ({ key: String(digest.seq), value: Buffer.from(publishedText(digest)) })),
        );
      } finally {
        await publisher.close();
      }
    },
    async read() {
      const values = await readWholeTopic(kafka, DIGESTS_TOPIC);
      return distinct(values.flatMap((value) => parsePublished(value.toString('utf8')) ?? []));
    },
  };
}
