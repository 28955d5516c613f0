// What the brokers hold and what a group has committed, asked for through one lasting admin connection.

import type { Admin } from 'kafkajs';
import type { PartitionEnd } from '../../core/align/frontier.js';
import type { KafkaSettings } from '../config/settings.js';
import type { Logger } from '../log/logger.js';
import { connectKafka } from './client.js';
import { closedError, kafkaError } from './faults.js';

export interface Committed {
  readonly topic: string;
  readonly partition: number;
  /** null: nothing committed yet. */
  readonly offset: string | null;
}

/** Every call throws KeyholeError('kafka_unavailable'); the next call then connects anew. */
export interface Offsets {
  clusterId(): Promise<string>;
  ends(topics: readonly string[]): Promise<PartitionEnd[]>;
  committed(groupId: string, topics: readonly string[]): Promise<Committed[]>;
  close(): Promise<void>;
}

export function createOffsets(settings: KafkaSettings, options: { readonly log: Logger }): Offsets {
  const kafka = connectKafka(settings, options);
  let current: Promise<Admin> | null = null;
  let isClosed = false;

  const open = async (): Promise<Admin> => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  const disconnect = async (): Promise<void> => {
    const closing = current;
    current = null;
    await closing?.then((admin) => admin.disconnect()).catch(() => undefined);
  };
  const ask = async <T>(doing: string, question: (admin: Admin) => Promise<T>): Promise<T> => {
    try {
      if (isClosed) throw closedError(doing);
      current ??= open();
      return await question(await current);
    } catch (error) {
      await disconnect();
      throw kafkaError(doing, error);
    }
  };

  return {
    clusterId: () => ask('describing the cluster', async (admin) => (await admin.describeCluster()).clusterId),
    ends: (topics) =>
      ask('asking for offsets', async (admin) => {
        const perTopic = await Promise.all(
          topics.map(async (topic) => (await admin.fetchTopicOffsets(topic)).map((entry) => ({ topic, ...entry }))),
        );
        return perTopic.flat().map(({ topic, partition, low, high }) => ({ topic, partition, low, high }));
      }),
    committed: (groupId, topics) =>
      ask('asking for committed offsets', async (admin) => {
        const perTopic = await admin.fetchOffsets({ groupId, topics: [...topics] });
        return perTopic.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => ({ topic, partition, offset: offset === '-1' ? null : offset })),
        );
      }),
    close() {
      isClosed = true;
      return disconnect();
    },
  };
}
