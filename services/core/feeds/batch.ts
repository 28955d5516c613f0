// What decoding and validation hand on, whether records came from Kafka or from a file: good records with the rank
// of their content, and dead letters with the original bytes. read = records.length + deadLetters.length, always.

import type { Feed, FeedRecords } from './records.js';

export type DeadLetterReason =
  | 'not_avro'
  | 'unknown_schema'
  | 'wrong_schema'
  | 'truncated'
  | 'broken_json'
  | 'invalid'
  | 'too_large'
  | 'truncated_file';

/** A record that can never be decoded or validated. For files: topic is the file's name, partition 0, offset the line. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: DeadLetterReason;
  /** Names the field and the fault, never the value. */
  readonly error: string;
  readonly key: Buffer | null;
  readonly payload: Buffer;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

export interface DecodedBatch<F extends Feed = Feed> {
  readonly feed: F;
  readonly records: readonly FeedRecords[F][];
  /** contentRank of each record: 40 bits, larger wins where two contents share an identity. */
  readonly ranks: readonly number[];
  readonly deadLetters: readonly DeadLetter[];
  /** Largest event time among the records, epoch ms; -Infinity when there is none. */
  readonly watermarkMs: number;
}
