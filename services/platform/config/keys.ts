// Every environment variable Keyhole reads: its meaning, unit, default and danger, beside the schema that parses it.
// Knows neither how variables relate to each other (settings.ts) nor where secrets are kept.

import { z } from 'zod';

const text = z.string().min(1);
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const address = z.string().refine(isPlainHttpUrl, {
  message: 'must be an http:// or https:// address without credentials in it (they have settings of their own)',
});
const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine(
    (list) => list.every((broker) => /^[^\s:/@]+:\d{1,5}$/.test(broker) || /^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker)),
    {
      message: 'must be host:port, or several separated by commas',
    },
  );

/** What a variable means, for `--help`, the README and error messages. */
export interface SettingKey {
  readonly schema: z.ZodType<unknown, string>;
  readonly meaning: string;
  readonly default: string;
  readonly danger?: string;
}

const none = 'none';

export const KEYS = {
  KEYHOLE_KAFKA_BROKERS: {
    schema: brokers,
    meaning: 'Kafka addresses to begin with, host:port, separated by commas',
    default: 'the local stack',
  },
  KEYHOLE_KAFKA_TLS: {
    schema: flag,
    meaning: 'true to speak TLS to the brokers',
    default: 'false',
    danger: 'without it, access records and the SASL password cross the network in clear',
  },
  KEYHOLE_KAFKA_CA_FILE: {
    schema: text,
    meaning: 'PEM file of the authority that signed the brokers’ certificates',
    default: 'the system’s authorities',
  },
  KEYHOLE_KAFKA_CERT_FILE: {
    schema: text,
    meaning: 'PEM file of the client certificate, for mutual TLS',
    default: none,
  },
  KEYHOLE_KAFKA_KEY_FILE: { schema: text, meaning: 'PEM file of the client certificate’s private key', default: none },
  KEYHOLE_KAFKA_SASL_MECHANISM: {
    schema: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
    meaning: 'how to log in: plain, scram-sha-256 or scram-sha-512',
    default: none,
    danger: 'plain sends the password itself: only with TLS',
  },
  KEYHOLE_KAFKA_SASL_USERNAME: { schema: text, meaning: 'Kafka user', default: none },
  KEYHOLE_KAFKA_SASL_PASSWORD: { schema: text, meaning: 'Kafka password; better in a file', default: none },
  KEYHOLE_KAFKA_SASL_PASSWORD_FILE: { schema: text, meaning: 'file that holds the Kafka password', default: none },
  KEYHOLE_SCHEMA_REGISTRY_URL: {
    schema: address,
    meaning: 'schema registry with Confluent’s API, with its path if it has one',
    default: 'the local stack',
  },
  KEYHOLE_SCHEMA_REGISTRY_USER: { schema: text, meaning: 'registry user', default: none },
  KEYHOLE_SCHEMA_REGISTRY_PASSWORD: { schema: text, meaning: 'registry password; better in a file', default: none },
  KEYHOLE_SCHEMA_REGISTRY_PASSWORD_FILE: {
    schema: text,
    meaning: 'file that holds the registry password',
    default: none,
  },
  KEYHOLE_CLICKHOUSE_URL: { schema: address, meaning: 'ClickHouse’s HTTP address', default: 'the local stack' },
  KEYHOLE_CLICKHOUSE_USER: { schema: text, meaning: 'ClickHouse user', default: 'default' },
  KEYHOLE_CLICKHOUSE_PASSWORD: { schema: text, meaning: 'ClickHouse password; better in a file', default: none },
  KEYHOLE_CLICKHOUSE_PASSWORD_FILE: { schema: text, meaning: 'file that holds the ClickHouse password', default: none },
  KEYHOLE_CLICKHOUSE_DATABASE: {
    schema: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a plain name: letters, digits, underscores'),
    meaning: 'database that holds everything Keyhole stores',
    default: 'keyhole',
    danger: 'two clusters that share a database are judged as one organisation',
  },
  KEYHOLE_GROUP_ID: {
    schema: z.string().min(1).max(200),
    meaning: 'consumer group of the scorers; one group feeds one database',
    default: 'keyhole-scorer',
    danger: 'two databases fed by one group each get a part of the events',
  },
  KEYHOLE_TOPIC_PARTITIONS: {
    schema: whole(1, 1000),
    meaning: 'partitions of access-log where Keyhole creates it; at most so many scorers share the work',
    default: '6',
    danger: 'changing the partitions of a topic in use moves actors between partitions',
  },
  KEYHOLE_TOPIC_REPLICATION: {
    schema: whole(1, 15),
    meaning: 'replicas of each topic that Keyhole creates',
    default: 'the brokers’ own default',
    danger: '1 loses data with one disk',
  },
  KEYHOLE_LAND_MAX_ROWS: {
    schema: whole(1, 1_000_000),
    meaning: 'records written to ClickHouse at once, at most',
    default: '25000',
    danger: 'small batches make many parts, which ClickHouse has to merge',
  },
  KEYHOLE_LAND_LINGER_MS: {
    schema: whole(0, 60_000),
    meaning: 'milliseconds that a batch waits for more records before it is written',
    default: '200',
  },
  KEYHOLE_LAND_MAX_BYTES: {
    schema: whole(1_000_000, 4_000_000_000),
    meaning: 'bytes read from Kafka and not yet stored, at most; a scorer’s memory is about eight times this',
    default: '16777216',
  },
  KEYHOLE_DEAD_LETTER_LIMIT: {
    schema: whole(0, 1_000_000_000),
    meaning:
      'broken records in a row, in one partition or over a topic’s, at which a scorer stops; 0 for no such limit, nor a ratio',
    default: '1000',
    danger: 'with 0, a deploy that breaks every record makes a dead letter of each',
  },
  KEYHOLE_DEAD_LETTER_RATIO: {
    schema: z
      .string()
      .regex(/^(0?\.\d{1,4}|1)$/, 'must be a share above 0, at most 1')
      .transform(Number)
      .refine((n) => n > 0, 'must be a share above 0, at most 1'),
    meaning: 'share of broken records among the last ones of a partition at which a scorer stops',
    default: '0.5',
  },
  KEYHOLE_DEAD_LETTER_WINDOW: {
    schema: whole(100, 1_000_000),
    meaning: 'how many of a partition’s last records KEYHOLE_DEAD_LETTER_RATIO looks at',
    default: '5000',
  },
  KEYHOLE_ALERT_BUDGET: {
    schema: z
      .string()
      .regex(/^\d{1,6}(\.\d{1,4})?$/, 'must be a number above 0')
      .transform(Number)
      .refine((n) => n > 0, 'must be a number above 0'),
    meaning: 'alerts a day that somebody will read; decides where severity `high` begins',
    default: '2',
    danger: 'a budget above what people read hides findings in noise; changing it re-judges everything',
  },
  KEYHOLE_SIGMA_RULES: {
    schema: text,
    meaning: 'folder of Sigma rules, judged beside the detections; one that cannot be meant refuses the start',
    default: none,
    danger:
      'every scorer must see the same rules; changing them makes a new configuration, and everything is judged again',
  },
  KEYHOLE_METRICS_PORT: {
    schema: whole(0, 65_535),
    meaning: 'port on 127.0.0.1 of /metrics, /health/live and /health/ready; 0 takes a free one and logs it',
    default: '0',
  },
  KEYHOLE_LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    meaning: 'least level of the JSON log on standard error',
    default: 'info',
  },
  KEYHOLE_ALERTMANAGER_URL: { schema: address, meaning: 'Alertmanager that receives alerts', default: none },
  KEYHOLE_ALERT_GROUP_ID: {
    schema: z.string().min(1).max(200),
    meaning: 'consumer group of the alerter',
    default: 'keyhole-alerter',
    danger: 'a new group reads all anomalies from the beginning; what was told before is not told again',
  },
  KEYHOLE_SEALING_KEY_FILE: {
    schema: text,
    meaning: 'PEM file of the Ed25519 key that evidence digests are signed with; `keyhole seal --new-key` makes one',
    default: 'the data folder’s',
    danger: 'who has it can rewrite evidence that nobody holds a copy of; keep it off the database’s machine',
  },
  KEYHOLE_RETENTION: {
    schema: z
      .string()
      .regex(/^[a-z_]+=\d{1,5}d?(,[a-z_]+=\d{1,5}d?)*$/, 'must be like access_events=400d,dead_letters=30d'),
    meaning: 'how many days rows are kept, by table; tables not named are kept for ever',
    default: 'everything is kept',
    danger: 'what `keyhole retention apply` deletes is gone; PCI DSS 10.5.1 asks for twelve months of accesses',
  },
  KEYHOLE_WEBHOOK_URL: { schema: address, meaning: 'address that receives alerts as JSON', default: none },
} as const satisfies Record<string, SettingKey>;

export type SettingName = keyof typeof KEYS;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(KEYS, name);
}

function isPlainHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}
