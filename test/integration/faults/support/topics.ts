// What lies in the eight feeds' topics: for each partition its records in order, each with its identity, or none where the record
// is broken. Read once by a test file; what a scorer has stored is held against it.

import { randomBytes } from 'node:crypto';
import { identityOf } from '../../../../services/core/feeds/identity.js';
import { FEEDS, type Feed } from '../../../../services/core/feeds/records.js';
import { validateRecord } from '../../../../services/core/feeds/validate.js';
import type { KafkaSettings, RegistrySettings } from '../../../../services/platform/config/settings.js';
import { type FetchedRecord, joinGroup } from '../../../../services/platform/kafka/group.js';
import { createOffsets } from '../../../../services/platform/kafka/offsets.js';
import { silentLogger } from '../../../../services/platform/log/logger.js';
import { createCodec } from '../../../../services/platform/registry/codec.js';
import { until } from '../../support/stack.js';

export interface Entry {
  readonly topic: Feed;
  readonly partition: number;
  readonly offset: number;
  /** null: no valid record. */
  readonly identity: string | null;
}

export async function readFeeds(kafka: KafkaSettings, registry: RegistrySettings): Promise<Entry[]> {
  const codec = createCodec(registry);
  const entries: Entry[] = [];
  const offsets = createOffsets(kafka, { log: silentLogger });
  const ends = await offsets.ends(FEEDS);
  await offsets.close();
  const missing = new Set(
    ends.filter(({ low, high }) => low !== high).map(({ topic, partition }) => `${topic}/${partition}`),
  );
  const group = joinGroup(
    kafka,
    { groupId: `test-${randomBytes(6).toString('hex')}`, log: silentLogger },
    {
      assigned: () => undefined,
      async batch({ topic, partition, records, nextOffset, highWatermark }) {
        await codec.prepare(records.map(({ value }) => value));
        for (const record of records) {
          const identity = identityIn(codec, topic as Feed, record);
          entries.push({ topic: topic as Feed, partition, offset: Number(record.offset), identity });
        }
        if (nextOffset === highWatermark) missing.delete(`${topic}/${partition}`);
        return true;
      },
      skipped: () => undefined,
      alive: () => undefined,
      failed: () => undefined,
    },
  );
  try {
    await group.start(FEEDS);
    await until('all feeds are read', async () => missing.size === 0);
  } finally {
    await group.close(2_000);
  }
  return entries;
}

function identityIn(
  codec: ReturnType<typeof createCodec>,
  topic: Feed,
  { value, timestampMs }: FetchedRecord,
): string | null {
  const decoded = codec.decode(topic, value);
  if (!decoded.ok) return null;
  const verdict = validateRecord(topic, decoded.value, { times: 'millis', kafkaTimestampMs: timestampMs });
  return verdict.ok ? identityOf(topic, verdict.record) : null;
}
