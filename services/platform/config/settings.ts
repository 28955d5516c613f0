// Parses the KEYHOLE_* environment once into typed settings: pure, all faults named together, unknown names rejected.
// Files (of *_FILE names) are read through a function handed in. No message ever quotes a value.

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { KeyholeError } from '../../core/errors.js';
import { isSettingName, KEYS, type SettingName } from './keys.js';

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export interface RegistrySettings {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

export interface ClickHouseAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** How many dead letters are too many; what each means is told in keys.ts. */
export interface DeadLetterLimits {
  /** In a row. 0: no limit at all. */
  readonly inARow: number;
  /** Records of one partition that the ratio looks back on. */
  readonly window: number;
  readonly ratio: number;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface Settings {
  /** null where no address was given: then the local stack is meant. */
  readonly kafka: KafkaSettings | null;
  readonly registry: RegistrySettings | null;
  readonly clickhouse: ClickHouseAddress | null;
  /** Also holds where ClickHouse is the local one. */
  readonly database: string;
  readonly groupId: string;
  readonly topicPartitions: number;
  /** null: the brokers' own default. */
  readonly topicReplication: number | null;
  readonly landMaxRows: number;
  readonly landLingerMs: number;
  readonly landMaxBytes: number;
  readonly deadLetterLimits: DeadLetterLimits;
  readonly alertBudget: number;
  /** null: those of the checkout */
  readonly sigmaRules: string | null;
  readonly metricsPort: number;
  readonly logLevel: LogLevel;
  readonly alertmanagerUrl: string | null;
  readonly webhookUrl: string | null;
  readonly alertGroupId: string;
  /** null: in the data folder */
  readonly sealingKeyFile: string | null;
  /** days, by table; null: everything is kept */
  readonly retention: string | null;
}

export type ReadFile = (path: string) => string;
type Given = { readonly [Name in SettingName]?: z.output<(typeof KEYS)[Name]['schema']> };
type Fault = (fault: string) => void;

/** Throws KeyholeError('configuration_invalid') whose message lists every fault. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Settings {
  const faults: string[] = [];
  const fault: Fault = (message) => {
    faults.push(message);
  };
  const given = parseEach(env, fault);
  const settings = assemble(given, fault, (name) => readNamedFile(given, name, readFile, fault));
  if (faults.length > 0)
    throw new KeyholeError('configuration_invalid', `settings: ${faults.sort().join('; ')}`, { retriable: false });
  return settings;
}

function parseEach(env: Readonly<Record<string, string | undefined>>, fault: Fault): Given {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('KEYHOLE_') || value === undefined || value === '') continue;
    if (!isSettingName(name)) {
      fault(`${name} is not a setting${nearest(name)}`);
      continue;
    }
    const parsed = KEYS[name].schema.safeParse(value);
    if (parsed.success) given[name] = parsed.data;
    else fault(`${name} ${explain(parsed.error)}`);
  }
  return given;
}

function assemble(given: Given, fault: Fault, file: (name: SettingName) => string | undefined): Settings {
  const database = given.KEYHOLE_CLICKHOUSE_DATABASE ?? 'keyhole';
  return {
    kafka: kafka(given, fault, file),
    registry: registry(given, fault, file),
    clickhouse: clickhouse(given, database, fault, file),
    database,
    groupId: given.KEYHOLE_GROUP_ID ?? 'keyhole-scorer',
    topicPartitions: given.KEYHOLE_TOPIC_PARTITIONS ?? 6,
    topicReplication: given.KEYHOLE_TOPIC_REPLICATION ?? null,
    landMaxRows: given.KEYHOLE_LAND_MAX_ROWS ?? 25_000,
    landLingerMs: given.KEYHOLE_LAND_LINGER_MS ?? 200,
    landMaxBytes: given.KEYHOLE_LAND_MAX_BYTES ?? 16_777_216,
    deadLetterLimits: {
      inARow: given.KEYHOLE_DEAD_LETTER_LIMIT ?? 1_000,
      window: given.KEYHOLE_DEAD_LETTER_WINDOW ?? 5_000,
      ratio: given.KEYHOLE_DEAD_LETTER_RATIO ?? 0.5,
    },
    alertBudget: given.KEYHOLE_ALERT_BUDGET ?? 2,
    sigmaRules: given.KEYHOLE_SIGMA_RULES ?? null,
    metricsPort: given.KEYHOLE_METRICS_PORT ?? 0,
    logLevel: given.KEYHOLE_LOG_LEVEL ?? 'info',
    alertmanagerUrl: given.KEYHOLE_ALERTMANAGER_URL ?? null,
    webhookUrl: given.KEYHOLE_WEBHOOK_URL ?? null,
    alertGroupId: given.KEYHOLE_ALERT_GROUP_ID ?? 'keyhole-alerter',
    sealingKeyFile: given.KEYHOLE_SEALING_KEY_FILE ?? null,
    retention: given.KEYHOLE_RETENTION ?? null,
  };
}

function kafka(given: Given, fault: Fault, file: (name: SettingName) => string | undefined): KafkaSettings | null {
  needs(given, fault, 'KEYHOLE_KAFKA_BROKERS', [
    'KEYHOLE_KAFKA_TLS',
    'KEYHOLE_KAFKA_CA_FILE',
    'KEYHOLE_KAFKA_CERT_FILE',
    'KEYHOLE_KAFKA_KEY_FILE',
    'KEYHOLE_KAFKA_SASL_MECHANISM',
  ]);
  const tlsFiles = ['KEYHOLE_KAFKA_CA_FILE', 'KEYHOLE_KAFKA_CERT_FILE', 'KEYHOLE_KAFKA_KEY_FILE'] as const;
  for (const name of tlsFiles)
    if (given[name] !== undefined && given.KEYHOLE_KAFKA_TLS !== true) fault(`${name} needs KEYHOLE_KAFKA_TLS=true`);
  needs(given, fault, 'KEYHOLE_KAFKA_CERT_FILE', ['KEYHOLE_KAFKA_KEY_FILE']);
  needs(given, fault, 'KEYHOLE_KAFKA_KEY_FILE', ['KEYHOLE_KAFKA_CERT_FILE']);
  const [ca, cert, key] = tlsFiles.map(file);
  const mechanism = given.KEYHOLE_KAFKA_SASL_MECHANISM;
  const username = given.KEYHOLE_KAFKA_SASL_USERNAME;
  const password = secret(given, 'KEYHOLE_KAFKA_SASL_PASSWORD', fault, file);
  if (mechanism === undefined && (username !== undefined || password !== undefined))
    fault('KEYHOLE_KAFKA_SASL_MECHANISM is missing beside the Kafka user or password');
  if (mechanism !== undefined && (username === undefined || password === undefined))
    fault('KEYHOLE_KAFKA_SASL_MECHANISM needs KEYHOLE_KAFKA_SASL_USERNAME and KEYHOLE_KAFKA_SASL_PASSWORD[_FILE]');
  if (given.KEYHOLE_KAFKA_BROKERS === undefined) return null;
  return {
    brokers: given.KEYHOLE_KAFKA_BROKERS,
    ...(given.KEYHOLE_KAFKA_TLS === true
      ? { ssl: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }
      : {}),
    ...(mechanism !== undefined && username !== undefined && password !== undefined
      ? { sasl: { mechanism, username, password } }
      : {}),
  };
}

function registry(
  given: Given,
  fault: Fault,
  file: (name: SettingName) => string | undefined,
): RegistrySettings | null {
  const user = given.KEYHOLE_SCHEMA_REGISTRY_USER;
  const password = secret(given, 'KEYHOLE_SCHEMA_REGISTRY_PASSWORD', fault, file);
  if ((user === undefined) !== (password === undefined))
    fault('KEYHOLE_SCHEMA_REGISTRY_USER and KEYHOLE_SCHEMA_REGISTRY_PASSWORD[_FILE] go together');
  needs(given, fault, 'KEYHOLE_SCHEMA_REGISTRY_URL', ['KEYHOLE_SCHEMA_REGISTRY_USER']);
  const url = given.KEYHOLE_SCHEMA_REGISTRY_URL;
  return url === undefined ? null : { url, ...(user && { user }), ...(password && { password }) };
}

function clickhouse(
  given: Given,
  database: string,
  fault: Fault,
  file: (name: SettingName) => string | undefined,
): ClickHouseAddress | null {
  const password = secret(given, 'KEYHOLE_CLICKHOUSE_PASSWORD', fault, file);
  needs(given, fault, 'KEYHOLE_CLICKHOUSE_URL', [
    'KEYHOLE_CLICKHOUSE_USER',
    'KEYHOLE_CLICKHOUSE_PASSWORD',
    'KEYHOLE_CLICKHOUSE_PASSWORD_FILE',
  ]);
  const url = given.KEYHOLE_CLICKHOUSE_URL;
  if (url === undefined) return null;
  return { url, user: given.KEYHOLE_CLICKHOUSE_USER ?? 'default', password: password ?? '', database };
}

type SecretName = 'KEYHOLE_KAFKA_SASL_PASSWORD' | 'KEYHOLE_SCHEMA_REGISTRY_PASSWORD' | 'KEYHOLE_CLICKHOUSE_PASSWORD';

function secret(
  given: Given,
  name: SecretName,
  fault: Fault,
  file: (name: SettingName) => string | undefined,
): string | undefined {
  const fileName = `${name}_FILE` as const;
  if (given[name] !== undefined && given[fileName] !== undefined) fault(`${name} and ${fileName} are both given`);
  return given[name] ?? file(fileName)?.replace(/\r?\n$/, '');
}

function readNamedFile(given: Given, name: SettingName, readFile: ReadFile, fault: Fault): string | undefined {
  const path = given[name];
  if (typeof path !== 'string') return undefined;
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    fault(`${name} names a file that cannot be read (${code})`);
    return '';
  }
}

function needs(given: Given, fault: Fault, needed: SettingName, names: readonly SettingName[]): void {
  if (given[needed] !== undefined) return;
  for (const name of names) if (given[name] !== undefined) fault(`${name} needs ${needed}`);
}

function explain(error: z.ZodError): string {
  const messages = error.issues.map((issue) => {
    if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
    if (issue.code === 'too_big') return `is longer than ${issue.maximum} characters`;
    return issue.message;
  });
  return [...new Set(messages)].join(' and ');
}

/** A settings name that begins like the unknown one, for the usual slip of a missing or wrong last part. */
function nearest(name: string): string {
  const parts = name.split('_');
  for (let length = parts.length; length > 1; length--) {
    const start = parts.slice(0, length).join('_');
    const found = Object.keys(KEYS).filter((known) => known.startsWith(start));
    if (found.length > 0) return `; did you mean ${found.slice(0, 4).join(' or ')}?`;
  }
  return '';
}
