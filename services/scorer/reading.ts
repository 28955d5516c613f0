// The reading side: takes what the group hands over, waits for room, decodes, puts it into the backlog. Decides nothing about
// storing or committing.

import { FEEDS, type Feed } from '../core/feeds/records.js';
import type { FetchedBatch, GroupHandler, Position, TopicPartition } from '../platform/kafka/group.js';
import * as metrics from '../platform/metrics/metrics.js';
import type { AvroCodec } from '../platform/registry/codec.js';
import { sleep } from '../platform/shutdown/wait.js';
import type { Backlog, Part } from './backlog.js';
import { createCasesFirst } from './cases-first.js';
import { decodeBatch } from './intake.js';
import type { Membership } from './membership.js';

export interface ReadingPorts {
  readonly backlog: Backlog;
  readonly membership: Membership;
  readonly codec: AvroCodec;
  /** Looks up how far the partitions were landed, and reads on from there where needed. Resolves with what it rewound. */
  resume(partitions: readonly TopicPartition[]): Promise<readonly Position[]>;
  /** Like retryForever, with heartbeats in between. */
  persist<T>(call: () => Promise<T>, meanwhile: () => Promise<void>): Promise<T>;
  alive(): void;
  failed: GroupHandler['failed'];
  /** A fault that no retry mends: the scorer stops. */
  fatal(error: unknown): void;
  readonly signal: AbortSignal;
}

const BEAT_MS = 1_000;

export function createReader(ports: ReadingPorts): GroupHandler {
  const { backlog, membership } = ports;
  const casesFirst = createCasesFirst();
  let resuming: Promise<readonly Position[]> = Promise.resolve([]);
  let rewound = new Set<string>();

  /** Resolves with the work's result, or undefined when the scorer stops first; keeps the membership alive meanwhile. */
  async function beating<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T | undefined> {
    const over = new AbortController();
    const end = (): void => over.abort('over');
    const outcome = work.then((value) => ({ value })).finally(end);
    outcome.catch(() => undefined);
    ports.signal.addEventListener('abort', end, { once: true });
    try {
      while (!over.signal.aborted && !ports.signal.aborted) {
        await heartbeat();
        await sleep(BEAT_MS, over.signal);
      }
      return ports.signal.aborted ? undefined : (await outcome).value;
    } finally {
      ports.signal.removeEventListener('abort', end);
    }
  }

  async function take(
    fetched: FetchedBatch,
    feed: Feed,
    heartbeat: () => Promise<void>,
    pause: () => () => void,
  ): Promise<boolean> {
    const epoch = membership.epoch;
    if ((await beating(resuming, heartbeat)) === undefined) return false;
    if (rewound.delete(`${fetched.topic}/${fetched.partition}`)) return false;
    await beating(backlog.room(), heartbeat);
    await beating(
      ports.persist(() => ports.codec.prepare(fetched.records.map(({ value }) => value)), heartbeat),
      heartbeat,
    );
    const lastMs = fetched.records.at(-1)?.timestampMs ?? 0;
    if (feed === 'access-log' && !casesFirst.hasPassed(lastMs)) {
      // Were the batch to wait here, no other would be fetched, cases neither.
      const resume = pause();
      casesFirst.passed(lastMs).then(resume, resume);
      return false;
    }
    if (ports.signal.aborted || epoch !== membership.epoch) return false;
    const part = decode(ports.codec, feed, fetched, epoch);
    backlog.add(part);
    casesFirst.read(fetched, part.batch.watermarkMs);
    metrics.recordsRead.inc({ feed }, fetched.records.length);
    metrics.bytesInFlight.set(backlog.bytes);
    return true;
  }

  return {
    assigned(partitions) {
      membership.begin(partitions);
      casesFirst.begin(partitions);
      backlog.dropBefore(membership.epoch);
      metrics.partitionsHeld.set(partitions.length);
      metrics.rebalances.inc();
      resuming = ports.resume(partitions).then((positions) => {
        rewound = new Set(positions.map(({ topic, partition }) => `${topic}/${partition}`));
        return positions;
      });
      resuming.catch(ports.fatal);
    },
    async batch(fetched, heartbeat, pause) {
      const feed = feedOf(fetched.topic);
      if (feed === null || ports.signal.aborted) return false;
      let heartbeatFault: unknown = null;
      const beat = async (): Promise<void> => {
        try {
          await heartbeat();
        } catch (error) {
          heartbeatFault = error;
          throw error;
        }
      };
      try {
        return await take(fetched, feed, beat, pause);
      } catch (error) {
        if (error === heartbeatFault) throw error;
        if (!ports.signal.aborted) ports.fatal(error);
        return false;
      }
    },
    skipped({ topic, partition, offset }) {
      const feed = feedOf(topic);
      if (feed === null || rewound.has(`${topic}/${partition}`)) return;
      backlog.add(emptyPart(feed, partition, offset, membership.epoch));
    },
    alive: ports.alive,
    failed: ports.failed,
  };
}

function decode(codec: AvroCodec, feed: Feed, fetched: FetchedBatch, epoch: number): Part {
  const { partition, firstOffset, nextOffset, records } = fetched;
  const end = metrics.stageSeconds.startTimer({ stage: 'decode' });
  const batch = decodeBatch(codec, feed, fetched);
  end();
  return { epoch, topic: feed, partition, firstOffset, nextOffset, batch, bytes: bytesOf(records) };
}

function emptyPart(feed: Feed, partition: number, offset: string, epoch: number): Part {
  const batch = { feed, records: [], ranks: [], deadLetters: [], watermarkMs: Number.NEGATIVE_INFINITY };
  return { epoch, topic: feed, partition, firstOffset: offset, nextOffset: offset, batch, bytes: 0 };
}

function bytesOf(records: FetchedBatch['records']): number {
  let bytes = 0;
  for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}

function feedOf(topic: string): Feed | null {
  return FEEDS.find((feed) => feed === topic) ?? null;
}
