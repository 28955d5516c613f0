// What a record is called and when it happened: its Kafka key, its identity, its event time. Nothing here judges content.

import type { Feed, FeedRecords } from './records.js';

type TimeNames<R> = { readonly [N in keyof R]: R[N] extends number | null ? N : never }[keyof R];

interface Naming<F extends Feed> {
  /** The fields that make two records the same record. */
  readonly identity: readonly Extract<keyof FeedRecords[F], string>[];
  /** The fields that the Kafka key is made of: what compaction and partitioning go by. */
  readonly key: readonly Extract<keyof FeedRecords[F], string>[];
  /** When the record happened or began to hold: what watermarks are made of. */
  readonly eventTime: Extract<TimeNames<FeedRecords[F]>, string>;
  /** Every field that is a time. */
  readonly times: readonly Extract<TimeNames<FeedRecords[F]>, string>[];
}

export const NAMING: { readonly [F in Feed]: Naming<F> } = {
  'access-log': {
    identity: ['actor_id', 'occurred_at', 'event_id'],
    key: ['actor_id'],
    eventTime: 'occurred_at',
    times: ['occurred_at'],
  },
  employees: {
    identity: ['employee_id', 'valid_from'],
    key: ['employee_id', 'valid_from'],
    eventTime: 'valid_from',
    times: ['hired_at', 'left_at', 'valid_from'],
  },
  'support-cases': {
    identity: ['case_id', 'updated_at'],
    key: ['case_id', 'updated_at'],
    eventTime: 'updated_at',
    times: ['opened_at', 'closed_at', 'updated_at'],
  },
  'seller-enforcements': { identity: ['enforcement_id'], key: ['enforcement_id'], eventTime: 'at', times: ['at'] },
  'customer-complaints': {
    identity: ['complaint_id'],
    key: ['complaint_id'],
    eventTime: 'received_at',
    times: ['received_at'],
  },
  'seller-links': {
    identity: ['seller_id', 'cluster_id', 'basis', 'valid_from'],
    key: ['seller_id', 'cluster_id', 'basis', 'valid_from'],
    eventTime: 'valid_from',
    times: ['valid_from'],
  },
  sellers: {
    identity: ['seller_id', 'valid_from'],
    key: ['seller_id', 'valid_from'],
    eventTime: 'valid_from',
    times: ['valid_from'],
  },
  canaries: { identity: ['customer_id'], key: ['customer_id'], eventTime: 'planted_at', times: ['planted_at'] },
};

/** The Kafka key: its parts joined by a space, which no id holds; times as epoch milliseconds. */
export function messageKey<F extends Feed>(feed: F, record: FeedRecords[F]): string {
  return NAMING[feed].key.map((name) => String(record[name])).join(' ');
}

/** The record's identity, in the form of messageKey. */
export function identityOf<F extends Feed>(feed: F, record: FeedRecords[F]): string {
  return NAMING[feed].identity.map((name) => String(record[name])).join(' ');
}

export function eventTimeMs<F extends Feed>(feed: F, record: FeedRecords[F]): number {
  return Number(record[NAMING[feed].eventTime]);
}

/** The latest of the record's times: a Kafka timestamp of at least this never makes it invalid. */
export function latestTimeMs<F extends Feed>(feed: F, record: FeedRecords[F]): number {
  return Math.max(...NAMING[feed].times.map((name) => Number(record[name] ?? Number.NEGATIVE_INFINITY)));
}
