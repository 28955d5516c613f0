// From fetched bytes to decoded records: the codec says what is Avro, core what is valid, and what is neither is a dead letter.
// Knows no database and commits nothing. read = records + dead letters, always.

import { BatchBuilder, type DeadLetter, type DeadLetterReason, type DecodedBatch } from '../core/feeds/batch.js';
import type { Feed } from '../core/feeds/records.js';
import { latestMs, validateRecord } from '../core/feeds/validate.js';
import type { FetchedBatch, FetchedRecord } from '../platform/kafka/group.js';
import type { AvroCodec } from '../platform/registry/codec.js';

/** Synchronous: codec.prepare() has resolved for these records. */
export function decodeBatch<F extends Feed>(codec: AvroCodec, feed: F, fetched: FetchedBatch): DecodedBatch<F> {
  const batch = new BatchBuilder(feed);
  const refuse = (record: FetchedRecord, reason: DeadLetterReason, error: string): void => {
    batch.refuse(deadLetterOf(fetched, record, reason, error));
  };
  const isPlain = (record: FetchedRecord): boolean =>
    isOfAccesses(batch) && codec.addPlain(record.value, latestMs(record.timestampMs), batch);
  for (const record of fetched.records) {
    if (isPlain(record)) continue;
    const decoded = codec.decode(feed, record.value);
    if (!decoded.ok) {
      refuse(record, decoded.reason, decoded.error);
      continue;
    }
    const verdict = validateRecord(feed, decoded.value, { times: 'millis', kafkaTimestampMs: record.timestampMs });
    if (verdict.ok) batch.add(verdict);
    else refuse(record, verdict.reason, verdict.error);
  }
  return batch.done();
}

const isOfAccesses = (batch: BatchBuilder<Feed>): batch is BatchBuilder<'access-log'> => batch.packer !== null;

function deadLetterOf(
  { topic, partition }: FetchedBatch,
  { offset, key, value, headers }: FetchedRecord,
  reason: DeadLetterReason,
  error: string,
): DeadLetter {
  return { topic, partition, offset, reason, error, key, payload: value ?? Buffer.alloc(0), headers };
}
