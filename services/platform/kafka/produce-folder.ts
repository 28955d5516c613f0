// Publishes a case folder: context feeds first, then the access log in file order, through the registry. Decides order, pace
// and what becomes of lines that cannot be read (they go to dead-letters, since Avro cannot carry them). Decides no validity:
// the folder's reader does.

import { latestTimeMs, messageKey } from '../../core/feeds/identity.js';
import { FEEDS, type Feed, type FeedRecords } from '../../core/feeds/records.js';
import type { KafkaSettings, RegistrySettings } from '../config/settings.js';
import { openCaseFolder, readFeed } from '../files/case-folder.js';
import type { Logger } from '../log/logger.js';
import { createOutages } from '../log/outages.js';
import { type AvroCodec, createCodec } from '../registry/codec.js';
import { retryForever, sleep } from '../shutdown/wait.js';
import { publishDeadLetters } from './dead-letters.js';
import { createPublisher, type OutgoingMessage } from './producer.js';
import { ensureTopics } from './topics.js';

export interface ProduceCounts {
  /** Records in the files, good or not. */
  readonly read: number;
  readonly published: number;
  readonly dead: number;
}

export interface ProduceProgress extends ProduceCounts {
  readonly feed: Feed;
  /** Of the feed being read, after unpacking nothing: bytes of its file. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface ProduceOptions {
  readonly dir: string;
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
  /** Events of the access log a second, at most; absent: as fast as it goes. */
  readonly rate?: number;
  readonly partitions?: number;
  readonly replication?: number | null;
  readonly log: Logger;
  readonly onProgress?: (progress: ProduceProgress) => void;
  readonly signal?: AbortSignal;
}

const CONTEXT_FIRST: readonly Feed[] = [...FEEDS.filter((feed) => feed !== 'access-log'), 'access-log'];
const SEND_RECORDS = 5_000;
const PACED_SENDS_PER_SECOND = 10;

/** Throws UsageError for a wrong folder. When the signal aborts it returns what was published until then. */
export async function produceFolder(options: ProduceOptions): Promise<ProduceCounts> {
  const { kafka, registry, log } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folder = openCaseFolder(options.dir);
  const outages = createOutages(log);
  const persist = <T>(call: () => Promise<T>) => retryForever(call, { outages, signal });
  const codec = createCodec(registry);
  const publisher = createPublisher(kafka, { log });
  const counts = { read: 0, published: 0, dead: 0 };
  try {
    await persist(() => ensureTopics(kafka, { dryRun: false, log, ...topicOptions(options) }));
    for (const feed of CONTEXT_FIRST) {
      const encode = await persist(() => encoderFor(codec, feed));
      const pace = createPace(feed === 'access-log' ? options.rate : undefined, signal);
      let bytes = { bytesRead: 0, bytesTotal: 0 };
      const batches = readFeed(folder, feed, {
        maxRecords: pace.sendRecords,
        onProgress: (bytesRead, bytesTotal) => {
          bytes = { bytesRead, bytesTotal };
        },
      });
      let sending: Promise<void> = Promise.resolve();
      for await (const batch of batches) {
        const messages = Array.from<FeedRecords[Feed], OutgoingMessage>(batch.records, encode);
        await sending;
        if (signal.aborted) return counts;
        await pace.turn(messages.length);
        sending = persist(async () => {
          await publisher.send(feed, messages);
          await publishDeadLetters(publisher, batch.deadLetters);
        }).then(() => {
          counts.read += messages.length + batch.deadLetters.length;
          counts.published += messages.length;
          counts.dead += batch.deadLetters.length;
          options.onProgress?.({ ...counts, feed, ...bytes });
        });
        sending.catch(() => undefined);
      }
      await sending;
    }
    return counts;
  } catch (error) {
    if (signal.aborted) return counts;
    throw error;
  } finally {
    await publisher.close();
  }
}

async function encoderFor<F extends Feed>(codec: AvroCodec, feed: F) {
  const encode = await codec.encoder(feed);
  return (record: Parameters<typeof encode>[0]): OutgoingMessage => ({
    key: messageKey(feed, record),
    value: encode(record),
    timestampMs: latestTimeMs(feed, record),
  });
}

function topicOptions(options: ProduceOptions) {
  return {
    ...(options.partitions === undefined ? {} : { partitions: options.partitions }),
    ...(options.replication === undefined ? {} : { replication: options.replication }),
  };
}

interface Pace {
  readonly sendRecords: number;
  /** Resolves when so many more records may be sent. */
  turn(records: number): Promise<void>;
}

function createPace(rate: number | undefined, signal: AbortSignal): Pace {
  if (rate === undefined) return { sendRecords: SEND_RECORDS, turn: () => Promise.resolve() };
  const began = performance.now();
  let sent = 0;
  return {
    sendRecords: Math.min(SEND_RECORDS, Math.max(1, Math.floor(rate / PACED_SENDS_PER_SECOND))),
    async turn(records) {
      const dueMs = began + (sent / rate) * 1000;
      sent += records;
      await sleep(Math.max(0, dueMs - performance.now()), signal);
    },
  };
}
