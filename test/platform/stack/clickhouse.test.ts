import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseSettings,
  connectClickHouse,
} from '../../../services/platform/clickhouse/client.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import { allEnded } from './support/processes.js';

const database = 'test_stack';
const dataPath = mkdtempSync(join(tmpdir(), 'keyhole-test-'));
let server: ClickHouseServer;
const clients: ClickHouse[] = [];

function as(settings: ClickHouseSettings): ClickHouse {
  const client = connectClickHouse(settings);
  clients.push(client);
  return client;
}

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
const nobody = (): ClickHouse => as({ ...server.settings, user: 'default', password: '' });

beforeAll(async () => {
  server = await startClickHouse({ dataPath, database });
  const writer = as(server.settings);
  await writer.command('CREATE DATABASE {db}');
  await writer.command('CREATE TABLE {db}.seen (n UInt32) ENGINE = MergeTree ORDER BY n');
  await writer.insert('seen', ['n'], [[1], [2]]);
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
  rmSync(dataPath, { recursive: true, force: true });
});

describe('the local ClickHouse server', () => {
  test('lets its writer make tables, and read what it wrote', async () => {
    expect(await as(server.settings).query('SELECT sum(n) AS n FROM {db}.seen')).toEqual([{ n: '3' }]);
  });

  test('lets its reader read and nothing else', async () => {
    const reader = as(server.readerSettings);
    expect(await reader.query('SELECT max(n) AS n FROM {db}.seen')).toEqual([{ n: 2 }]);
    for (const sql of ['DROP TABLE {db}.seen', 'TRUNCATE TABLE {db}.seen', 'INSERT INTO {db}.seen VALUES (9)'])
      await expect(reader.command(sql)).rejects.toMatchObject({ code: 'clickhouse_rejected' });
  });

  test.each([
    ['a file of the machine', `file('${join(dataPath, 'run', 'clickhouse-users.xml')}', 'LineAsString', 'l String')`],
    ['another address', "url('http://127.0.0.1:9/', 'LineAsString', 'l String')"],
  ])('lets nobody but its admin reach %s', async (_what, source) => {
    for (const client of [as(server.settings), as(server.readerSettings)])
      await expect(client.query(`SELECT * FROM ${source}`)).rejects.toThrow('ACCESS_DENIED');
    await expect(nobody().query(`SELECT * FROM ${source}`)).rejects.toThrow('did not answer as ClickHouse does');
  });

  test.each([
    ['by header', { 'X-ClickHouse-User': 'default' }, ''],
    ['by nothing', {}, ''],
    ['by Basic authentication', { Authorization: basic('default:') }, ''],
    ['by parameter', {}, '?user=default'],
    ['by parameter beside Basic authentication', { Authorization: basic('keyhole:x') }, '?user=default'],
    ['by parameter beside a header', { 'X-ClickHouse-User': 'keyhole' }, '?user=default&password='],
    [
      'by Basic authentication beside a header',
      { 'X-ClickHouse-User': 'keyhole', Authorization: basic('default:') },
      '',
    ],
    ['by a name that only begins right', { 'X-ClickHouse-User': 'keyhole default' }, ''],
  ])('answers nobody who comes as the user without password, %s', async (_how, headers, query) => {
    for (const sql of ['SELECT 1', `SELECT file('${process.execPath}')`, 'SELECT * FROM system.tables']) {
      const answer = await fetch(`${server.settings.url}/${query}`, { method: 'POST', body: sql, headers });
      expect([403, 404]).toContain(answer.status);
      expect(await answer.text()).toMatch(/^There is no handle|AUTHENTICATION_FAILED/);
    }
  });

  test('refuses a wrong password', async () => {
    expect(await as({ ...server.settings, password: 'wrong' }).ping()).toBe(false);
  });

  test('keeps passwords out of its files, and its files to their owner', () => {
    for (const name of ['clickhouse-users.xml', 'clickhouse-config.xml']) {
      const path = join(dataPath, 'run', name);
      expect(statSync(path).mode & 0o077).toBe(0);
      for (const { password } of [server.settings, server.adminSettings, server.readerSettings])
        expect(readFileSync(path, 'utf8')).not.toContain(password);
    }
  });

  test('keeps a log of queries', async () => {
    const admin = as(server.adminSettings);
    await admin.command('SYSTEM FLUSH LOGS');
    const rows = await admin.query<{ n: string }>('SELECT count() AS n FROM system.query_log');
    expect(Number(rows[0]?.n)).toBeGreaterThan(0);
  });

  test('says clearly that a second server cannot have its folder', async () => {
    await expect(startClickHouse({ dataPath, database })).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringContaining('Another server instance in same directory is already running'),
    });
  });

  test('comes back after kill -9 with its rows, at the port it is given', async () => {
    const port = Number(new URL(server.settings.url).port);
    const { analyst } = server.roles;
    expect(await as(analyst).ping()).toBe(true);
    process.kill(server.pid, 'SIGKILL');
    await server.part.ended;
    expect(await allEnded([server.pid])).toBe(true);
    await expect(fetch(server.gateUrl)).rejects.toThrow();
    server = await startClickHouse({ dataPath, database, port });
    expect(server.roles.analyst).toEqual(analyst);
    expect(await as(analyst).ping()).toBe(true);
    expect(server.settings.url).toContain(`:${port}`);
    expect(await as(server.settings).query('SELECT count() AS n FROM {db}.seen')).toEqual([{ n: '2' }]);
  });
});
