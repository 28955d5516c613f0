// Which database, Kafka and registry a command talks to: the stack that runs in `--data PATH`, else the addresses in the
// settings, else the embedded database in the folder. With neither `--data` nor settings the folder is `.keyhole`.

import { existsSync } from 'node:fs';
import { KeyholeError, UsageError } from '../../core/errors.js';
import { type ClickHouse, type ClickHouseSettings, connectClickHouse } from '../clickhouse/client.js';
import { migrate } from '../clickhouse/migrate.js';
import { type KafkaSettings, type RegistrySettings, readSettings, type Settings } from '../config/settings.js';
import { startEngine } from './engine.js';
import { dataFolder, makeDataFolder } from './folder.js';
import { lockFolder } from './lock.js';
import { findStack } from './state.js';

export const DEFAULT_DATA_PATH = '.keyhole';

export interface OpenOptions {
  readonly data?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** For commands that only read: a folder that does not exist is wrong usage instead of a new, empty database. */
  readonly mustExist?: boolean;
}

export interface OpenDatabase {
  readonly clickhouse: ClickHouse;
  /** The same database as a user that may only read; the same connection where the server is not ours. */
  readonly reader: ClickHouse;
  /** The embedded database of a locked folder: nobody else writes to it. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

export interface OpenStack extends OpenDatabase {
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
}

export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const settings = readSettings(options.env);
  if (options.data === undefined && settings.clickhouse !== null) return connect(settings.clickhouse, null);
  const path = options.data ?? DEFAULT_DATA_PATH;
  const stack = findStack(path);
  if (stack !== null)
    return connect(named(stack.clickhouse, settings.database), named(stack.clickhouseReader, settings.database));
  return openEmbedded(options, path, settings.database);
}

/** For commands that need Kafka too. */
export async function openStack(options: OpenOptions): Promise<OpenStack> {
  const settings = readSettings(options.env);
  const path = options.data ?? DEFAULT_DATA_PATH;
  const stack = options.data === undefined && anyAddress(settings) ? null : findStack(path);
  if (stack !== null) {
    const database = await connect(
      named(stack.clickhouse, settings.database),
      named(stack.clickhouseReader, settings.database),
    );
    return { ...database, kafka: { brokers: stack.kafkaBrokers }, registry: { url: stack.registryUrl } };
  }
  if (options.data === undefined && anyAddress(settings)) {
    const { kafka, registry, clickhouse } = complete(settings);
    return { ...(await connect(clickhouse, null)), kafka, registry };
  }
  throw new KeyholeError(
    'stack_failed',
    `no stack runs in ${dataFolder(path).path}: start one with \`keyhole up${options.data === undefined ? '' : ` --data ${options.data}`}\`, ` +
      'or set KEYHOLE_KAFKA_BROKERS, KEYHOLE_SCHEMA_REGISTRY_URL and KEYHOLE_CLICKHOUSE_URL',
    { retriable: false },
  );
}

async function openEmbedded(options: OpenOptions, path: string, database: string): Promise<OpenDatabase> {
  if (options.mustExist === true && !existsSync(dataFolder(path).clickhouse))
    throw new UsageError(
      `there is no database in ${dataFolder(path).path}: name a data folder that \`keyhole replay\` or \`keyhole up\` has filled`,
    );
  const folder = makeDataFolder(path);
  const lock = await lockFolder(folder, `keyhole ${process.argv[2] ?? ''}`.trim());
  try {
    const server = await startEngine({ dataPath: path, database });
    lock.note(server.pid);
    const stop = async (): Promise<void> => {
      await server.stop();
      lock.release();
    };
    return await connect(server.settings, server.readerSettings, stop);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function connect(
  settings: ClickHouseSettings,
  readerSettings: ClickHouseSettings | null,
  stop: (() => Promise<void>) | null = null,
): Promise<OpenDatabase> {
  const exclusive = stop !== null;
  const clickhouse = connectClickHouse(settings);
  const reader = readerSettings === null ? clickhouse : connectClickHouse(readerSettings);
  const close = async (): Promise<void> => {
    await Promise.all([clickhouse.close(), reader === clickhouse ? undefined : reader.close()]);
    await stop?.();
  };
  try {
    if (!(await isOfRole(clickhouse))) await migrate(clickhouse, { dryRun: false });
  } catch (error) {
    await close();
    throw error;
  }
  return { clickhouse, reader, exclusive, close };
}

/** A database that has the views and not the ledger is a role's: it is used as it is. */
async function isOfRole(ch: ClickHouse): Promise<boolean> {
  const [row] = await ch.query<{ views: string; ledgers: string }>(
    `SELECT countIf(name IN ('accesses', 'investigator_activity')) AS views, countIf(name = 'schema_migrations') AS ledgers FROM system.tables WHERE database = {database:String}`,
    { database: ch.database },
  );
  return row !== undefined && row.views !== '0' && row.ledgers === '0';
}

function named(settings: ClickHouseSettings, database: string): ClickHouseSettings {
  return { ...settings, database };
}

function anyAddress(settings: Settings): boolean {
  return settings.kafka !== null || settings.registry !== null || settings.clickhouse !== null;
}

function complete(settings: Settings): {
  kafka: KafkaSettings;
  registry: RegistrySettings;
  clickhouse: ClickHouseSettings;
} {
  const { kafka, registry, clickhouse } = settings;
  if (kafka !== null && registry !== null && clickhouse !== null) return { kafka, registry, clickhouse };
  const missing = [
    kafka === null ? 'KEYHOLE_KAFKA_BROKERS' : '',
    registry === null ? 'KEYHOLE_SCHEMA_REGISTRY_URL' : '',
    clickhouse === null ? 'KEYHOLE_CLICKHOUSE_URL' : '',
  ].filter((name) => name !== '');
  throw new UsageError(
    `this command needs Kafka, the registry and ClickHouse together; set ${missing.join(' and ')} too`,
  );
}
