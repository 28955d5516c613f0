// Holds one partition back behind the others by so much event time (a record's Kafka timestamp), until the others have been read
// to their ends. Decides who waits; the waiting is a paused partition, as a slow broker would look.

import { writeFileSync } from 'node:fs';
import type { Consumer } from 'kafkajs';
import type { FetchedBatch } from '../../../../services/platform/kafka/group.js';

export interface Hold {
  readonly topic: string;
  readonly partition: number;
  readonly behindMs: number;
  /** How many partitions of access-log there are. */
  readonly partitions: number;
}

export interface HeldBack {
  use(consumer: Consumer): void;
  admits(batch: FetchedBatch): boolean;
  took(batch: FetchedBatch): void;
}

const LOOK_EVERY_MS = 50;

/** @param report file that is told the largest lead, in ms of event time, that the others had while it was held */
export function holdBack(hold: Hold, report: string | undefined): HeldBack {
  const reached = new Map<string, number>();
  let consumer: Consumer | null = null;
  let isPaused = false;
  let nextMs = 0;
  let largestLeadMs = 0;
  const isHeld = (batch: FetchedBatch): boolean => batch.topic === hold.topic && batch.partition === hold.partition;
  const others = Array.from({ length: hold.partitions }, (_, partition) => partition).filter(
    (partition) => hold.topic !== 'access-log' || partition !== hold.partition,
  );
  /** How far the slowest of the others has come; Infinity when all are at their ends. */
  const slowestMs = (): number =>
    Math.min(...others.map((partition) => reached.get(`access-log/${partition}`) ?? -Infinity));
  const waits = (): boolean => slowestMs() - hold.behindMs < nextMs;
  setInterval(() => {
    if (!isPaused || waits()) return;
    isPaused = false;
    consumer?.resume([{ topic: hold.topic, partitions: [hold.partition] }]);
  }, LOOK_EVERY_MS).unref();

  return {
    use(made) {
      consumer = made;
    },
    admits(batch) {
      if (!isHeld(batch)) return true;
      nextMs = batch.records[0]?.timestampMs ?? 0;
      if (!waits()) return true;
      isPaused = true;
      consumer?.pause([{ topic: hold.topic, partitions: [hold.partition] }]);
      return false;
    },
    took(batch) {
      const key = `${batch.topic}/${batch.partition}`;
      const last = batch.records.reduce((max, { timestampMs }) => Math.max(max, timestampMs), reached.get(key) ?? 0);
      const atEnd = BigInt(batch.nextOffset) >= BigInt(batch.highWatermark);
      reached.set(key, atEnd ? Number.POSITIVE_INFINITY : last);
      if (!isPaused || isHeld(batch) || batch.topic !== 'access-log') return;
      const leadMs = last - nextMs;
      if (leadMs <= largestLeadMs) return;
      largestLeadMs = leadMs;
      if (report !== undefined) writeFileSync(report, String(leadMs));
    },
  };
}
