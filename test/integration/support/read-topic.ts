// Reads so many records of a topic from its beginning, with a group of its own.

import { randomBytes } from 'node:crypto';
import type { KafkaSettings } from '../../../services/platform/config/settings.js';
import { type FetchedRecord, joinGroup } from '../../../services/platform/kafka/group.js';
import { silentLogger } from '../../../services/platform/log/logger.js';
import { until } from './stack.js';

export async function readTopic(
  kafka: KafkaSettings,
  topic: string,
  count: number,
  beforeReading: () => void = () => undefined,
): Promise<FetchedRecord[]> {
  const records: FetchedRecord[] = [];
  const group = joinGroup(
    kafka,
    { groupId: `test-${randomBytes(6).toString('hex')}`, log: silentLogger },
    {
      assigned: () => undefined,
      batch: async (batch) => {
        records.push(...batch.records);
        return true;
      },
      skipped: () => undefined,
      alive: () => undefined,
      failed: () => undefined,
    },
  );
  beforeReading();
  try {
    await group.start([topic]);
    await until(`${count} records of ${topic}`, async () => records.length >= count);
  } finally {
    await group.close(2_000);
  }
  return records;
}
