// What a scorer does with partitions that it has just been given: learns how far they were landed, and reads again what the
// database turns out to lack.

import type { PartitionEnd, PartitionProgress } from '../core/align/frontier.js';
import type { Position, TopicPartition } from '../platform/kafka/group.js';
import type { Committed } from '../platform/kafka/offsets.js';
import type { Logger } from '../platform/log/logger.js';
import { type Membership, rereads } from './membership.js';

export interface ResumePorts {
  readonly membership: Membership;
  committed(): Promise<readonly Committed[]>;
  ends(): Promise<readonly PartitionEnd[]>;
  progress(): Promise<readonly PartitionProgress[]>;
  seek(positions: readonly Position[]): void;
  persist<T>(call: () => Promise<T>): Promise<T>;
  readonly log: Logger;
}

/** Resolves with the positions that were rewound. */
export function createResume(ports: ResumePorts) {
  return async (partitions: readonly TopicPartition[]): Promise<readonly Position[]> => {
    const { membership, log } = ports;
    const epoch = membership.epoch;
    const [progress, committed, ends] = await ports.persist(() =>
      Promise.all([ports.progress(), ports.committed(), ports.ends()]),
    );
    if (epoch !== membership.epoch) return [];
    membership.resume(progress);
    const again = rereads(partitions, committed, progress, ends);
    if (again.length > 0) {
      log.warn(
        { partitions: again.length },
        'the database lacks records that the group has committed: reading them again',
      );
      ports.seek(again);
    }
    log.info({ partitions: partitions.length, judges: membership.holds('access-log', 0) }, 'joined the consumer group');
    return again;
  };
}
