// Membership in a consumer group: whole batches in, offsets out, nothing committed by itself. Decides how kafkajs is driven
// (positions, heartbeats, restarts); knows nothing of what a record means or when it is safe to commit.

import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';
import type { KeyholeError } from '../../core/errors.js';
import type { KafkaSettings } from '../config/settings.js';
import type { Logger } from '../log/logger.js';
import { settledWithin } from '../shutdown/wait.js';
import { connectKafka } from './client.js';
import { isRejoin, kafkaError } from './faults.js';

export interface FetchedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, Buffer | string>>;
}

export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly FetchedRecord[];
  readonly firstOffset: string;
  /** The offset to commit once everything in the batch is safe. */
  readonly nextOffset: string;
  readonly highWatermark: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends TopicPartition {
  readonly offset: string;
}

export interface GroupHandler {
  /** A new generation of the group: what was read and not committed will be read again, by this member or another. */
  assigned(partitions: readonly TopicPartition[]): void;
  /**
   * True: taken, go on behind it. False: not taken, it will be offered again. `heartbeat` throws when the group moves on; `pause` keeps
   * the partition from being offered until what it returns is called.
   */
  batch(batch: FetchedBatch, heartbeat: () => Promise<void>, pause: () => () => void): Promise<boolean>;
  /** A stretch of offsets that holds no records (transaction markers): behind it is `offset`. */
  skipped(position: Position): void;
  /** The group was joined: the brokers answer. */
  alive(): void;
  /** The connection was lost (and is being restored), or the group cannot be joined at all (not retriable). */
  failed(error: KeyholeError): void;
}

export interface Group {
  start(topics: readonly string[]): Promise<void>;
  /** Commits for the current generation. Resolves false where the group has moved on: then the data comes again. */
  commit(positions: readonly Position[]): Promise<boolean>;
  /** Reads on from these offsets. */
  seek(positions: readonly Position[]): void;
  /** Offers no further batch; membership and commits go on. */
  hold(): void;
  close(withinMs: number): Promise<void>;
}

export interface GroupOptions {
  readonly groupId: string;
  readonly log: Logger;
}

/** How long a broker may sit on a fetch; commits and heartbeats to the same broker wait behind it. */
const MAX_WAIT_MS = 250;
const RESTART_MS = 1_000;
/** How many partitions are offered at a time; their work takes turns on one thread anyway. */
const CONCURRENT_PARTITIONS = 16;
/** A member that died is replaced after this; one that lives beats every two seconds. */
const SESSION_MS = 15_000;

interface State {
  closing: boolean;
  held: boolean;
  assigned: readonly TopicPartition[];
  restart: NodeJS.Timeout | undefined;
}

export function joinGroup(settings: KafkaSettings, options: GroupOptions, handler: GroupHandler): Group {
  const state: State = { closing: false, held: false, assigned: [], restart: undefined };
  const consumer = connectKafka(settings, { log: options.log }).consumer({
    groupId: options.groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: 2_000,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: 1024 * 1024,
    maxBytes: 4 * 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 6, restartOnFailure: async () => !state.closing },
  });
  const pauseAll = (): void => {
    for (const { topic, partition } of state.assigned) consumer.pause([{ topic, partitions: [partition] }]);
  };
  const run = (): Promise<void> =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Accesses may wait for cases, so there must be a turn left for these.
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: async (payload) => {
        if (!state.held) await offer(payload, handler, () => state.held);
      },
    });
  /** kafkajs restarts itself after most faults; after the others it only says that it crashed. */
  const crashed = (cause: unknown, restarts: boolean): void => {
    if (state.closing) return;
    const error = kafkaError('consuming', cause);
    handler.failed(error);
    if (restarts || !error.retriable) return;
    state.restart = setTimeout(() => {
      run().catch((again: unknown) => crashed(again, false));
    }, RESTART_MS);
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    if (state.held) pauseAll();
    handler.alive();
    handler.assigned(state.assigned);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => crashed(payload.error, payload.restart));
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0 && !state.held) handler.skipped({ ...payload, offset: behind(payload.lastOffset) });
  });

  return {
    async start(topics) {
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
        await run();
      } catch (error) {
        throw kafkaError('joining the consumer group', error);
      }
    },
    async commit(positions) {
      try {
        await consumer.commitOffsets(positions.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
        return true;
      } catch (error) {
        if (isRejoin(error)) return false;
        throw kafkaError('committing offsets', error);
      }
    },
    seek(positions) {
      for (const { topic, partition, offset } of positions) consumer.seek({ topic, partition, offset });
    },
    hold() {
      state.held = true;
      try {
        pauseAll();
      } catch {
        // Not a member at this moment, so there is nothing to pause; a later join pauses at once.
      }
    },
    async close(withinMs) {
      state.closing = true;
      clearTimeout(state.restart);
      await settledWithin(consumer.disconnect(), withinMs);
    },
  };
}

async function offer(
  { batch, heartbeat, isStale, pause, resolveOffset }: EachBatchPayload,
  handler: GroupHandler,
  isHeld: () => boolean,
): Promise<void> {
  const lastOffset = batch.lastOffset();
  const taken = await handler.batch(
    {
      topic: batch.topic,
      partition: batch.partition,
      records: batch.messages.map(toFetched),
      firstOffset: batch.firstOffset() ?? lastOffset,
      nextOffset: behind(lastOffset),
      highWatermark: batch.highWatermark,
    },
    heartbeat,
    () => {
      const resume = pause();
      return () => {
        if (!isHeld()) resume();
      };
    },
  );
  if (taken && !isStale()) resolveOffset(lastOffset);
}

function behind(offset: string): string {
  return String(BigInt(offset) + 1n);
}

function toFetched(message: KafkaMessage): FetchedRecord {
  return {
    offset: message.offset,
    key: message.key,
    value: message.value,
    timestampMs: Number(message.timestamp),
    headers: message.headers ? flatten(message.headers) : NO_HEADERS,
  };
}

const NO_HEADERS: FetchedRecord['headers'] = {};

/** A header given several times keeps its last value. */
function flatten(headers: IHeaders): FetchedRecord['headers'] {
  const flat: Record<string, Buffer | string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) flat[name] = last;
  }
  return flat;
}
