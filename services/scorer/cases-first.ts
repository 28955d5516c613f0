// Reads cases before the accesses that cite them, where both lie in Kafka: an access that comes first is explained twice. Only saves
// work: whether it waits changes no result, so it waits while cases keep coming and no longer. Knows nothing of what is in a record.

import type { FetchedBatch, TopicPartition } from '../platform/kafka/group.js';
import { sleep } from '../platform/shutdown/wait.js';

export interface CasesFirst {
  /** A new generation of the group. */
  begin(partitions: readonly TopicPartition[]): void;
  /** Cases were read up to this event time. */
  read(fetched: Pick<FetchedBatch, 'topic' | 'nextOffset' | 'highWatermark'>, watermarkMs: number): void;
  /** Whether the cases up to this event time have been read, or there are none to come. */
  hasPassed(eventTimeMs: number): boolean;
  /** Resolves once they have been, or none came for a while. */
  passed(eventTimeMs: number): Promise<void>;
}

const TOPIC = 'support-cases';
/** Longer than a slow insert, during which nothing is read. */
const PATIENCE_MS = 5_000;

export function createCasesFirst(patienceMs = PATIENCE_MS): CasesFirst {
  let isBehind = false;
  let watermarkMs = Number.NEGATIVE_INFINITY;
  let moved = next();

  const move = (): void => {
    const woken = moved;
    moved = next();
    woken.resolve();
  };
  const hasPassed = (eventTimeMs: number): boolean => !isBehind || watermarkMs >= eventTimeMs;
  return {
    begin(partitions) {
      isBehind = partitions.some(({ topic }) => topic === TOPIC);
      watermarkMs = Number.NEGATIVE_INFINITY;
      move();
    },
    read(fetched, readMs) {
      if (fetched.topic !== TOPIC) return;
      watermarkMs = Math.max(watermarkMs, readMs);
      isBehind = BigInt(fetched.nextOffset) < BigInt(fetched.highWatermark);
      move();
    },
    hasPassed,
    async passed(eventTimeMs) {
      while (!hasPassed(eventTimeMs)) {
        const late = new AbortController();
        const patience = sleep(patienceMs, late.signal).then(() => true);
        const isOver = await Promise.race([patience, moved.promise.then(() => false)]);
        late.abort('moved');
        if (isOver) isBehind = false;
      }
    },
  };
}

function next(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
