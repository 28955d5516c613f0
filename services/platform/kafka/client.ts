// One way to make a Kafka client: addresses, TLS, SASL, retries, and kafkajs's own log passed on without payloads.
// Knows no topic.

import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { KafkaSettings } from '../config/settings.js';
import { type Logger, silentLogger } from '../log/logger.js';
import { registerCodecs } from './codecs.js';

/** What of kafkajs's log fields is passed on: names and numbers, no keys, values or headers. */
const LOGGED_FIELDS = [
  'broker',
  'groupId',
  'memberId',
  'topic',
  'partition',
  'retryCount',
  'retryTime',
  'error',
] as const;

export function connectKafka(settings: KafkaSettings, options: { readonly log?: Logger } = {}): Kafka {
  registerCodecs();
  const log = options.log ?? silentLogger;
  return new Kafka({
    clientId: 'keyhole',
    brokers: [...settings.brokers],
    ...(settings.ssl ? { ssl: settings.ssl } : {}),
    ...(settings.sasl ? { sasl: saslOf(settings.sasl) } : {}),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 6 },
    logLevel: log.isLevelEnabled('debug') ? logLevel.INFO : logLevel.ERROR,
    logCreator: () => (entry) => passOn(log, entry),
  });
}

function saslOf(sasl: NonNullable<KafkaSettings['sasl']>) {
  const { username, password } = sasl;
  switch (sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain' as const, username, password };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256' as const, username, password };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512' as const, username, password };
  }
}

/** At level debug: a lost connection makes dozens of lines, and whoever needs Kafka reports the outage once, in its own words. */
function passOn(log: Logger, entry: LogEntry): void {
  const fields: Record<string, unknown> = { from: `kafkajs ${entry.namespace}` };
  for (const name of LOGGED_FIELDS) {
    const value: unknown = entry.log[name];
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
    else if (value instanceof Error) fields[name] = value.name;
  }
  log.debug(fields, entry.log.message);
}
