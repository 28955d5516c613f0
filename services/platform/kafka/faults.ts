// Turns what kafkajs throws into KeyholeErrors: decides by name, type and code (never by wording) whether a retry can help.
// It knows nothing of what was being done.

import { KeyholeError } from '../../core/errors.js';

/** Broker error codes that the same request will meet again, however often it is sent. */
const HOPELESS_TYPES = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'SECURITY_DISABLED',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
]);
const HOPELESS_NAMES = new Set([
  'KafkaJSSASLAuthenticationError',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSNotImplemented',
]);

const REJOIN_TYPES = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

interface Fault {
  readonly name: string;
  readonly type: string;
  readonly code: string;
}

/** The broker's or the socket's own word for it, such as ECONNREFUSED or TOPIC_AUTHORIZATION_FAILED. */
export function faultWord(error: unknown): string {
  const chain = causes(error);
  const word = chain.map((fault) => fault.type || fault.code).find((found) => found !== '');
  return word ?? chain.at(-1)?.name ?? 'unknown';
}

export function isTooLarge(error: unknown): boolean {
  return causes(error).some(({ type }) => type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE');
}

/** True where the group moved on without this member: the data will be read again, by it or by another. */
export function isRejoin(error: unknown): boolean {
  return causes(error).some(({ type }) => REJOIN_TYPES.has(type));
}

export function kafkaError(doing: string, error: unknown): KeyholeError {
  if (error instanceof KeyholeError) return error;
  const hopeless = causes(error).some(({ name, type }) => HOPELESS_TYPES.has(type) || HOPELESS_NAMES.has(name));
  return new KeyholeError('kafka_unavailable', `Kafka: ${doing} failed (${faultWord(error)})`, {
    retriable: !hopeless,
    cause: error,
  });
}

/** For a call after close(): passing, so that a loop which is about to stop ends by its signal and not as a failure. */
export function closedError(doing: string): KeyholeError {
  return new KeyholeError('kafka_unavailable', `Kafka: ${doing} came after the connection was closed`, {
    retriable: true,
  });
}

function causes(error: unknown): Fault[] {
  const found: Fault[] = [];
  for (let at: unknown = error; at instanceof Error && found.length < 8; at = at.cause) {
    found.push({ name: at.name, type: textOf(at, 'type'), code: textOf(at, 'code') });
    for (const inner of innerErrors(at)) found.push(...causes(inner));
  }
  return found;
}

function innerErrors(error: Error): readonly unknown[] {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
}

function textOf(error: Error, field: 'type' | 'code'): string {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : '';
}
