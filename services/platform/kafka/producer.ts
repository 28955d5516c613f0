// Publishing: idempotent, acknowledged by all replicas, in requests small enough for every partition's limit.
// After a failure the next call begins with a fresh connection and producer id, and sends the same messages again: they may
// then be in the topic twice, which every reader of Keyhole's topics has to bear anyway.

import { Partitioners, type Producer } from 'kafkajs';
import type { KafkaSettings } from '../config/settings.js';
import { type Logger, silentLogger } from '../log/logger.js';
import { connectKafka } from './client.js';
import { closedError, kafkaError } from './faults.js';

export interface OutgoingMessage {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly timestampMs?: number;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

export interface Publisher {
  /** Resolves once every message is acknowledged. Throws KeyholeError('kafka_unavailable'), retriable or not. */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** A request becomes one record batch per partition, and a batch must stay below the topic's max.message.bytes. */
const MAX_REQUEST_BYTES = 1_000_000;

/** What a record adds to its key, value and headers, roughly. */
const RECORD_OVERHEAD_BYTES = 24;

export function createPublisher(settings: KafkaSettings, options: { readonly log?: Logger } = {}): Publisher {
  const kafka = connectKafka(settings, { log: options.log ?? silentLogger });
  let current: Promise<Producer> | null = null;
  let isClosed = false;

  const open = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    });
    await producer.connect();
    return producer;
  };

  const disconnect = async (): Promise<void> => {
    const closing = current;
    current = null;
    await closing?.then((producer) => producer.disconnect()).catch(() => undefined);
  };

  return {
    async send(topic, messages) {
      try {
        // A caller that was still at work when its process stopped must not connect anew: nobody would close that.
        if (isClosed) throw closedError(`publishing to ${topic}`);
        current ??= open();
        const producer = await current;
        for (const request of splitByBytes(messages, MAX_REQUEST_BYTES))
          await producer.send({ topic, acks: -1, messages: request.map(toKafka) });
      } catch (error) {
        await disconnect();
        throw kafkaError(`publishing to ${topic}`, error);
      }
    },
    close() {
      isClosed = true;
      return disconnect();
    },
  };
}

function toKafka(message: OutgoingMessage) {
  return {
    key: message.key,
    value: message.value,
    ...(message.timestampMs === undefined ? {} : { timestamp: String(message.timestampMs) }),
    ...(message.headers ? { headers: { ...message.headers } } : {}),
  };
}

/** Runs in order, each within the bound unless it is one message alone. */
export function splitByBytes<M extends OutgoingMessage>(messages: readonly M[], maxBytes: number): M[][] {
  const runs: M[][] = [];
  let run: M[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (run.length > 0 && bytes + size > maxBytes) {
      runs.push(run);
      run = [];
      bytes = 0;
    }
    run.push(message);
    bytes += size;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

export function sizeOf(message: OutgoingMessage): number {
  let bytes = RECORD_OVERHEAD_BYTES + (message.key?.length ?? 0) + (message.value?.length ?? 0);
  if (message.headers) for (const [name, value] of Object.entries(message.headers)) bytes += name.length + value.length;
  return bytes;
}
