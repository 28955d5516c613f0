// What this scorer holds: partitions, the generation in which it got them, and how far each had been landed before. Decides
// where reading begins anew when the database has landed less than the group has committed (a database was restored or
// replaced: its records are still in Kafka, and judging would wait for them for ever).

import type { PartitionEnd, PartitionProgress } from '../core/align/frontier.js';
import type { Position, TopicPartition } from '../platform/kafka/group.js';
import type { Committed } from '../platform/kafka/offsets.js';

/** Before every valid event time: the watermark of a partition that has landed no record yet. */
export const NO_EVENT_MS = Date.UTC(2000, 0, 1);

export interface Membership {
  readonly epoch: number;
  readonly size: number;
  holds(topic: string, partition: number): boolean;
  /** A new generation. */
  begin(partitions: readonly TopicPartition[]): void;
  /** What earlier holders had landed. */
  resume(progress: readonly PartitionProgress[]): void;
  /** The partition's watermark once this much more is landed. */
  watermarkWith(topic: string, partition: number, eventTimeMs: number): number;
  /** The run that raised the partition's watermark is stored. */
  raise(topic: string, partition: number, watermarkMs: number): void;
}

export function createMembership(): Membership {
  let epoch = 0;
  let held = new Set<string>();
  let watermarks = new Map<string, number>();
  return {
    get epoch() {
      return epoch;
    },
    get size() {
      return held.size;
    },
    holds: (topic, partition) => held.has(nameOf({ topic, partition })),
    begin(partitions) {
      epoch += 1;
      held = new Set(partitions.map(nameOf));
      watermarks = new Map();
    },
    resume(progress) {
      for (const row of progress) if (held.has(nameOf(row))) watermarks.set(nameOf(row), row.watermarkMs);
    },
    watermarkWith: (topic, partition, eventTimeMs) =>
      Math.max(NO_EVENT_MS, watermarks.get(nameOf({ topic, partition })) ?? NO_EVENT_MS, eventTimeMs),
    raise(topic, partition, watermarkMs) {
      watermarks.set(nameOf({ topic, partition }), watermarkMs);
    },
  };
}

/** Where to read again: held partitions whose commit lies behind what this database has landed of them. */
export function rereads(
  held: readonly TopicPartition[],
  committed: readonly Committed[],
  progress: readonly PartitionProgress[],
  ends: readonly PartitionEnd[],
): Position[] {
  const landed = new Map(progress.map((row) => [nameOf(row), BigInt(row.nextOffset)]));
  const lows = new Map(ends.map((row) => [nameOf(row), BigInt(row.low)]));
  const names = new Set(held.map(nameOf));
  return committed.flatMap(({ topic, partition, offset }) => {
    const name = nameOf({ topic, partition });
    if (offset === null || !names.has(name)) return [];
    const low = lows.get(name) ?? 0n;
    const next = landed.get(name) ?? 0n;
    const from = next > low ? next : low;
    return BigInt(offset) > from ? [{ topic, partition, offset: String(from) }] : [];
  });
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
