// What decoding and validation hand on, whether records came from Kafka or from a file: good records with the rank
// of their content, and dead letters with the original bytes. read = records.length + deadLetters.length, always.

import { AccessPack, AccessPacker } from './access-pack.js';
import { canonicalJson } from './canonical.js';
import { eventTimeMs } from './identity.js';
import type { AccessEvent, Feed, FeedRecords } from './records.js';

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

/** Accesses come in millions and are packed; other records are few. */
export type Records<F extends Feed> = F extends 'access-log' ? AccessPack : readonly FeedRecords[F][];

export interface DecodedBatch<F extends Feed = Feed> {
  readonly feed: F;
  readonly records: Records<F>;
  /** contentRank of each record: 40 bits, larger wins where two contents share an identity. */
  readonly ranks: readonly number[];
  readonly deadLetters: readonly DeadLetter[];
  /** Largest event time among the records, epoch ms; -Infinity when there is none. */
  readonly watermarkMs: number;
}

/** A valid record, its rank and its canonical JSON, as validation gives them. */
export interface Accepted<F extends Feed> {
  readonly record: FeedRecords[F];
  readonly rank: number;
  readonly canonical: string;
}

export class BatchBuilder<F extends Feed> {
  /** Of accesses: where their quick way puts them, which then says so by `packed`. */
  readonly packer: AccessPacker | null;
  private readonly records: FeedRecords[F][] = [];
  private readonly ranks: number[] = [];
  private readonly deadLetters: DeadLetter[] = [];
  private watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly feed: F) {
    this.packer = feed === 'access-log' ? new AccessPacker() : null;
  }

  /** Records and dead letters. */
  get size(): number {
    return this.ranks.length + this.deadLetters.length;
  }

  add({ record, rank, canonical }: Accepted<F>): void {
    if (this.packer === null) this.records.push(record);
    else this.packer.add(record as AccessEvent, canonical, rank);
    this.ranks.push(rank);
    this.watermarkMs = Math.max(this.watermarkMs, eventTimeMs(this.feed, record));
  }

  packed(rank: number, timeMs: number): void {
    this.ranks.push(rank);
    if (timeMs > this.watermarkMs) this.watermarkMs = timeMs;
  }

  refuse(letter: DeadLetter): void {
    this.deadLetters.push(letter);
  }

  done(): DecodedBatch<F> {
    const { feed, ranks, deadLetters, watermarkMs } = this;
    const records = (this.packer === null ? this.records : this.packer.done()) as Records<F>;
    return { feed, records, ranks, deadLetters, watermarkMs };
  }
}

/** @param ranks contentRank of each */
export function batchOf<F extends Feed>(
  feed: F,
  records: readonly FeedRecords[F][],
  ranks: readonly number[],
): DecodedBatch<F> {
  const builder = new BatchBuilder(feed);
  records.forEach((record, i) => {
    builder.add({ record, rank: ranks[i] as number, canonical: canonicalJson(feed, record) });
  });
  return builder.done();
}

/** Batches of one feed as one, in their order. */
export function joinBatches<F extends Feed>(feed: F, batches: readonly DecodedBatch<F>[]): DecodedBatch<F> {
  const [only] = batches;
  if (only !== undefined && batches.length === 1) return only;
  return {
    feed,
    records: joined(batches.map(({ records }) => records)),
    ranks: batches.flatMap(({ ranks }) => ranks),
    deadLetters: batches.flatMap(({ deadLetters }) => deadLetters),
    watermarkMs: batches.reduce((max, batch) => Math.max(max, batch.watermarkMs), Number.NEGATIVE_INFINITY),
  };
}

function joined<F extends Feed>(parts: readonly Records<F>[]): Records<F> {
  const packs = parts.filter((part) => part instanceof AccessPack);
  if (packs.length > 0) return AccessPack.join(packs) as Records<F>;
  return (parts as readonly (readonly FeedRecords[F][])[]).flat() as unknown as Records<F>;
}

/** Its first `count` records, with these dead letters. */
export function cutBatch(batch: DecodedBatch, count: number, deadLetters: readonly DeadLetter[]): DecodedBatch {
  const { feed } = batch;
  const records = [...batch.records].slice(0, count);
  return { ...batchOf(feed, records, batch.ranks.slice(0, count)), deadLetters };
}
