import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError, UsageError } from '../../../services/core/errors.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import { type OpenDatabase, openDatabase, openStack } from '../../../services/platform/stack/database.js';
import { dataFolder } from '../../../services/platform/stack/folder.js';
import { findHolder } from '../../../services/platform/stack/lock.js';
import { identify } from '../../../services/platform/stack/process-identity.js';
import { publishState, withdrawState } from '../../../services/platform/stack/state.js';
import { temporaryFolder } from './support/folders.js';

const env = { KEYHOLE_CLICKHOUSE_DATABASE: 'test_open' };
const open: OpenDatabase[] = [];
const servers: ClickHouseServer[] = [];

async function opened(options: Parameters<typeof openDatabase>[0]): Promise<OpenDatabase> {
  const database = await openDatabase(options);
  open.push(database);
  return database;
}

async function serverAt(dataPath: string): Promise<ClickHouseServer> {
  const server = await startClickHouse({ dataPath, database: 'test_open' });
  servers.push(server);
  return server;
}

/** Where the database's own files are: tells one server from another. */
async function portOf(database: OpenDatabase): Promise<number> {
  const [row] = await database.clickhouse.query<{ port: number }>("SELECT getServerPort('http_port') AS port");
  return row?.port ?? 0;
}

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  for (const server of servers.splice(0)) await server.stop();
});

describe('which database a command opens', () => {
  test('a folder where nothing runs is opened embedded, migrated, and free again once closed', async () => {
    const data = temporaryFolder();
    const database = await opened({ data, env });
    const tables = await database.clickhouse.query('SELECT name FROM system.tables WHERE database = {name:String}', {
      name: 'test_open',
    });
    expect(tables.length).toBeGreaterThan(0);
    expect(findHolder(dataFolder(data))).not.toBeNull();
    await database.close();
    open.splice(0);
    expect(findHolder(dataFolder(data))).toBeNull();
  });

  test('what was written is there when the folder is opened again', async () => {
    const data = temporaryFolder();
    const first = await openDatabase({ data, env });
    await first.clickhouse.command('CREATE TABLE {db}.kept (n UInt8) ENGINE = MergeTree ORDER BY n');
    await first.clickhouse.insert('kept', ['n'], [[7]]);
    await first.close();
    const second = await opened({ data, env });
    expect(await second.reader.query('SELECT n FROM {db}.kept')).toEqual([{ n: 7 }]);
  });

  test('a stack that runs in the folder is talked to instead, and left running', async () => {
    const data = temporaryFolder();
    const server = await serverAt(data);
    const supervisor = identify(process.pid);
    if (supervisor === null) throw new Error('this process has no identity');
    publishState(dataFolder(data), {
      supervisor,
      startedAt: '',
      parts: [],
      kafkaBrokers: ['127.0.0.1:1'],
      registryUrl: 'http://127.0.0.1:1',
      clickhouse: server.settings,
      clickhouseReader: server.readerSettings,
      clickhouseAdmin: server.adminSettings,
      gateUrl: server.gateUrl,
    });
    const database = await openDatabase({ data, env });
    await database.close();
    expect(identify(server.pid)).not.toBeNull();
    const stack = await openStack({ data, env });
    expect(stack.kafka.brokers).toEqual(['127.0.0.1:1']);
    await stack.close();
    withdrawState(dataFolder(data));
  });

  test('settings are heeded without --data, and --data wins over them', async () => {
    const elsewhere = await serverAt(temporaryFolder());
    const settings = {
      ...env,
      KEYHOLE_CLICKHOUSE_URL: elsewhere.settings.url,
      KEYHOLE_CLICKHOUSE_USER: elsewhere.settings.user,
      KEYHOLE_CLICKHOUSE_PASSWORD: elsewhere.settings.password,
    };
    const there = Number(new URL(elsewhere.settings.url).port);
    expect(await portOf(await opened({ env: settings }))).toBe(there);
    expect(await portOf(await opened({ data: temporaryFolder(), env: settings }))).not.toBe(there);
  });

  test('a command that only reads refuses a folder without a database, and makes none', async () => {
    const data = join(temporaryFolder(), 'mistyped');
    await expect(openDatabase({ data, env, mustExist: true })).rejects.toThrow(UsageError);
    expect(existsSync(data)).toBe(false);
  });

  test('a command that needs Kafka names `keyhole up` where nothing runs', async () => {
    const failure: unknown = await openStack({ data: temporaryFolder(), env }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KeyholeError);
    expect(failure).toMatchObject({ message: expect.stringContaining('keyhole up --data') });
  });

  test('half the addresses of a stack are refused by naming the others', async () => {
    await expect(openStack({ env: { ...env, KEYHOLE_KAFKA_BROKERS: '127.0.0.1:1' } })).rejects.toThrow(
      'set KEYHOLE_SCHEMA_REGISTRY_URL and KEYHOLE_CLICKHOUSE_URL too',
    );
  });
});
