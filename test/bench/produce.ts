// Puts the bench's records into Kafka through the registry, encoded ahead, day by day; cases before the accesses that cite them.

import { latestTimeMs, messageKey } from '../../services/core/feeds/identity.js';
import { FEEDS, type Feed, type FeedRecords } from '../../services/core/feeds/records.js';
import type { Day } from '../../services/core/time.js';
import { createPublisher, type OutgoingMessage, type Publisher } from '../../services/platform/kafka/producer.js';
import { ensureTopics } from '../../services/platform/kafka/topics.js';
import { createCodec } from '../../services/platform/registry/codec.js';
import type { PartitionStart } from './database.js';
import type { Rig } from './rig.js';
import { workOf } from './traffic/day.js';

type Encode<F extends Feed> = (record: FeedRecords[F]) => OutgoingMessage;

export interface Producing {
  encoder<F extends Feed>(feed: F): Promise<Encode<F>>;
  send(feed: Feed, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

const SEND_RECORDS = 5_000;

export async function openProducing(rig: Rig): Promise<Producing> {
  const kafka = { brokers: rig.stack.kafkaBrokers };
  await ensureTopics(kafka, { dryRun: false });
  const codec = createCodec({ url: rig.stack.registryUrl });
  const publisher: Publisher = createPublisher(kafka);
  return {
    async encoder(feed) {
      const encode = await codec.encoder(feed);
      return (record) => ({
        key: messageKey(feed, record),
        value: encode(record),
        timestampMs: latestTimeMs(feed, record),
      });
    },
    async send(feed, messages) {
      for (let i = 0; i < messages.length; i += SEND_RECORDS)
        await publisher.send(feed, messages.slice(i, i + SEND_RECORDS));
    },
    close: () => publisher.close(),
  };
}

export interface BacklogOptions {
  readonly employees: number;
  readonly first: Day;
  readonly days: number;
  /** Times the usual amount of work. */
  readonly busy: number;
  /** One record in so many is broken; 0: none. */
  readonly brokenEvery: number;
}

export interface ProducedBacklog {
  /** Records of access-log, broken ones included. */
  readonly events: number;
  readonly broken: number;
  readonly cases: number;
}

export async function produceBacklog(producing: Producing, options: BacklogOptions): Promise<ProducedBacklog> {
  const [encodeCase, encodeAccess] = await Promise.all([
    producing.encoder('support-cases'),
    producing.encoder('access-log'),
  ]);
  let events = 0;
  let broken = 0;
  let cases = 0;
  for (let day = options.first; day < options.first + options.days; day++) {
    const work = workOf(day, options);
    const messages = work.accesses.map((access) => {
      const message = encodeAccess(access);
      events++;
      if (options.brokenEvery === 0 || events % options.brokenEvery !== 0) return message;
      return { ...message, value: breakBytes(message.value as Buffer, broken++) };
    });
    await producing.send('support-cases', work.cases.map(encodeCase));
    await producing.send('access-log', messages);
    cases += work.cases.length;
  }
  return { events, broken, cases };
}

/** In turn: cut short, no Avro at all, and a schema that the registry does not have. */
function breakBytes(value: Buffer, i: number): Buffer {
  if (i % 3 === 0) return value.subarray(0, value.length >> 1);
  if (i % 3 === 1) return Buffer.from('{"not":"avro"}');
  const foreign = Buffer.from(value);
  foreign.writeInt32BE(999_999, 1);
  return foreign;
}

/** Where each partition of the feeds ends now. */
export async function endsOf(rig: Rig): Promise<PartitionStart[]> {
  return (await rig.offsets.ends(FEEDS)).map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
}
