// The access-log topic as a witness: read from where the last clean pass stood, decoded and validated as the scorer does it. Read only when
// something has to be vouched for.

import { lastSwept, parseBody } from '../../core/evidence/digest.js';
import type { AccessEvent } from '../../core/feeds/records.js';
import { validateRecord } from '../../core/feeds/validate.js';
import type { Witness } from '../../pipeline/evidence/differences.js';
import { readDigests } from '../../pipeline/evidence/digests.js';
import { explainedRight } from '../../pipeline/evidence/explained-right.js';
import { judgedRight } from '../../pipeline/evidence/judged-right.js';
import { topicWitness } from '../../pipeline/evidence/topic-witness.js';
import { createClickHouseFactStore } from '../../pipeline/store/fact-store-clickhouse.js';
import { clickHouseJudgeStore } from '../../pipeline/store/judge-store-clickhouse.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { KafkaSettings, RegistrySettings } from '../../platform/config/settings.js';
import { readStretch, type TopicRecord } from '../../platform/kafka/read-topic.js';
import { createCodec } from '../../platform/registry/codec.js';

const LOG = 'access-log';
/** Records decoded at a time. */
const MAX_RECORDS = 10_000;

export function logWitness(ch: ClickHouse, kafka: KafkaSettings, registry: RegistrySettings): Witness {
  return topicWitness(ch, (onAccess) => readLog(ch, { kafka, registry }, onAccess), {
    explainedRight: explainedRight(createClickHouseFactStore(ch)),
    judgedRight: judgedRight(ch, clickHouseJudgeStore(ch)),
  });
}

async function readLog(
  ch: ClickHouse,
  { kafka, registry }: { readonly kafka: KafkaSettings; readonly registry: RegistrySettings },
  onAccess: (event: AccessEvent) => void,
): Promise<void> {
  const bodies = (await readDigests(ch)).flatMap(({ body }) => parseBody(body) ?? []);
  const from = new Map(
    Object.entries(lastSwept(bodies)?.positions ?? {}).map(([partition, offset]) => [Number(partition), offset]),
  );
  const codec = createCodec(registry);
  let waiting: TopicRecord[] = [];
  const decoding: Promise<void>[] = [];
  const decode = async (records: readonly TopicRecord[]): Promise<void> => {
    await codec.prepare(records.map(({ value }) => value));
    for (const { value, timestampMs } of records) {
      const decoded = codec.decode(LOG, value);
      if (!decoded.ok) continue;
      const verdict = validateRecord(LOG, decoded.value, { times: 'millis', kafkaTimestampMs: timestampMs });
      if (verdict.ok) onAccess(verdict.record);
    }
  };
  await readStretch(kafka, { topic: LOG, from }, (record) => {
    waiting.push(record);
    if (waiting.length < MAX_RECORDS) return;
    decoding.push(decode(waiting));
    waiting = [];
  });
  decoding.push(decode(waiting));
  await Promise.all(decoding);
}

/** How far each partition of the log has been landed. */
export async function landedPositions(ch: ClickHouse): Promise<Record<string, string>> {
  const rows = await ch.query<{ partition: number; next_offset: string }>(
    `SELECT partition, min(next_offset) AS next_offset FROM {db}.progress FINAL WHERE topic = '${LOG}' GROUP BY partition ORDER BY partition`,
  );
  return Object.fromEntries(rows.map(({ partition, next_offset }) => [String(partition), next_offset]));
}
