// The model of a log and its consumer group: partitions that only grow, offsets committed for a generation, members that are given
// partitions anew whenever one comes or goes. What was read and not committed is read again.

import type { PartitionEnd } from '../../../services/core/align/frontier.js';
import { BatchBuilder, type DeadLetter, type DecodedBatch } from '../../../services/core/feeds/batch.js';
import { canonicalJson } from '../../../services/core/feeds/canonical.js';
import { FEEDS, type Feed, type FeedRecords } from '../../../services/core/feeds/records.js';
import type { Position, TopicPartition } from '../../../services/platform/kafka/group.js';
import type { Committed } from '../../../services/platform/kafka/offsets.js';

/** A record with its content's rank; or null: bytes that nobody can decode. */
export interface Entry {
  readonly feed: Feed;
  readonly partition: number;
  readonly value: { readonly record: FeedRecords[Feed]; readonly rank: number } | null;
}

export interface Stretch extends TopicPartition {
  readonly topic: Feed;
  readonly firstOffset: string;
  readonly nextOffset: string;
  readonly batch: DecodedBatch;
}

export interface Member {
  readonly name: string;
  assigned(partitions: readonly TopicPartition[]): void;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

export class ModelLog {
  readonly partitions: readonly TopicPartition[];
  private readonly entries = new Map<string, Entry[]>();
  private readonly offsets = new Map<string, number>();
  private members: { readonly member: Member; generation: number }[] = [];
  private generation = 0;

  constructor(accessPartitions: number) {
    this.partitions = FEEDS.flatMap((topic) =>
      Array.from({ length: topic === 'access-log' ? accessPartitions : 1 }, (_, partition) => ({ topic, partition })),
    );
    for (const one of this.partitions) this.entries.set(nameOf(one), []);
  }

  append(entry: Entry): void {
    (this.entries.get(nameOf({ topic: entry.feed, partition: entry.partition })) as Entry[]).push(entry);
  }

  ends(): PartitionEnd[] {
    return this.partitions.map((one) => ({ ...one, low: '0', high: String(this.lengthOf(one)) }));
  }

  committed(): Committed[] {
    return this.partitions.map((one) => {
      const offset = this.offsets.get(nameOf(one));
      return { ...one, offset: offset === undefined ? null : String(offset) };
    });
  }

  committedOf(one: TopicPartition): number {
    return this.offsets.get(nameOf(one)) ?? 0;
  }

  lengthOf(one: TopicPartition): number {
    return (this.entries.get(nameOf(one)) as Entry[]).length;
  }

  /** Every entry that the group will not read again. */
  allCommitted(): Entry[] {
    return this.partitions.flatMap((one) => (this.entries.get(nameOf(one)) as Entry[]).slice(0, this.committedOf(one)));
  }

  /** At most so many entries from the position on. */
  read({ topic, partition }: TopicPartition, position: number, most: number): Stretch {
    const entries = (this.entries.get(nameOf({ topic, partition })) as Entry[]).slice(position, position + most);
    const feed = topic as Feed;
    const builder = new BatchBuilder(feed);
    for (const [i, { value }] of entries.entries()) {
      if (value === null) builder.refuse(letter(topic, partition, position + i));
      else builder.add({ ...value, canonical: canonicalJson(feed, value.record) });
    }
    const ends = { firstOffset: String(position), nextOffset: String(position + entries.length) };
    return { topic: feed, partition, ...ends, batch: builder.done() as DecodedBatch };
  }

  join(member: Member): void {
    this.members.push({ member, generation: 0 });
    this.rebalance();
  }

  isMember(name: string): boolean {
    return this.members.some(({ member }) => member.name === name);
  }

  /** False when the member was none any more. */
  leave(name: string): boolean {
    const others = this.members.filter(({ member }) => member.name !== name);
    if (others.length === this.members.length) return false;
    this.members = others;
    this.rebalance();
    return true;
  }

  /** The member's generation; null: it is none. A request carries the one of the moment at which it was made, as with Kafka. */
  generationOf(name: string): number | null {
    return this.members.find(({ member }) => member.name === name)?.generation ?? null;
  }

  /** Commits for a generation; false where the group has moved on. */
  commit(generation: number | null, positions: readonly Position[]): boolean {
    if (generation !== this.generation) return false;
    for (const position of positions) this.offsets.set(nameOf(position), Number(position.offset));
    return true;
  }

  private rebalance(): void {
    this.generation++;
    for (const one of this.members) one.generation = this.generation;
    const shares = this.members.map((): TopicPartition[] => []);
    this.partitions.forEach((partition, i) => {
      shares[(i + this.generation) % shares.length]?.push(partition);
    });
    for (const [i, { member }] of this.members.entries()) member.assigned(shares[i] as TopicPartition[]);
  }
}

const letter = (topic: string, partition: number, offset: number): DeadLetter => ({
  topic,
  partition,
  offset: String(offset),
  reason: 'not_avro',
  error: 'not Avro',
  key: null,
  payload: Buffer.from(`${topic} ${partition} ${offset}`),
});
