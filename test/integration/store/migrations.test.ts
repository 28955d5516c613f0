import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import { freshDatabase } from '../support/stack.js';

describe('migrations', () => {
  let folder: string;
  let ch: ClickHouse;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyhole-migrations-'));
    ch = (await freshDatabase('migrate')).clickhouse;
    await ch.command('DROP DATABASE {db} SYNC');
    writeFileSync(
      join(folder, '0001_a.sql'),
      'CREATE TABLE IF NOT EXISTS {db}.a (n UInt8) ENGINE = MergeTree ORDER BY n;',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tables = async () => {
    const sql = 'SELECT name FROM system.tables WHERE database = {db:String} ORDER BY name';
    return (await ch.query<{ name: string }>(sql, { db: ch.database })).map((row) => row.name);
  };

  test('create the database, and the second time change nothing', async () => {
    expect((await migrate(ch, { dryRun: false, folder })).applied).toEqual(['0001_a.sql']);
    expect(await tables()).toEqual(['a', 'schema_migrations']);
    expect(await migrate(ch, { dryRun: false, folder })).toEqual({ applied: [], pending: [], statements: [] });
  });

  test('in a dry run say what they would run and run none of it', async () => {
    const { pending, statements } = await migrate(ch, { dryRun: true, folder });
    expect(pending).toEqual(['0001_a.sql']);
    expect(statements[0]).toBe(`CREATE DATABASE IF NOT EXISTS ${ch.database}`);
    expect(statements.at(-1)).toBe(
      `CREATE TABLE IF NOT EXISTS ${ch.database}.a (n UInt8) ENGINE = MergeTree ORDER BY n`,
    );
    expect(await tables()).toEqual([]);
  });

  test('refuse an applied file that was edited, before anything is run', async () => {
    await migrate(ch, { dryRun: false, folder });
    writeFileSync(
      join(folder, '0001_a.sql'),
      'CREATE TABLE IF NOT EXISTS {db}.other (n UInt8) ENGINE = MergeTree ORDER BY n;',
    );
    writeFileSync(
      join(folder, '0002_b.sql'),
      'CREATE TABLE IF NOT EXISTS {db}.b (n UInt8) ENGINE = MergeTree ORDER BY n;',
    );
    await expect(migrate(ch, { dryRun: false, folder })).rejects.toThrow('0001_a.sql was edited');
    expect(await tables()).toEqual(['a', 'schema_migrations']);
  });

  test('go on after a crash between two statements of a file', async () => {
    writeFileSync(
      join(folder, '0002_b.sql'),
      'CREATE TABLE IF NOT EXISTS {db}.b (n UInt8) ENGINE = MergeTree ORDER BY n; SELEC;',
    );
    await expect(migrate(ch, { dryRun: false, folder })).rejects.toMatchObject({ code: 'clickhouse_rejected' });
    writeFileSync(
      join(folder, '0002_b.sql'),
      'CREATE TABLE IF NOT EXISTS {db}.b (n UInt8) ENGINE = MergeTree ORDER BY n; SELECT 1;',
    );
    expect((await migrate(ch, { dryRun: false, folder })).applied).toEqual(['0002_b.sql']);
  });

  test('bear several migrators at once', async () => {
    const { settings } = await freshDatabase('together');
    const empty = { ...settings, database: ch.database };
    const migrators = [1, 2, 3, 4].map(() => connectClickHouse(empty));
    await Promise.all(migrators.map((one) => migrate(one, { dryRun: false })));
    await Promise.all(migrators.map((one) => one.close()));
    expect((await migrate(ch, { dryRun: true })).pending).toEqual([]);
    expect(await tables()).toContain('anomalies');
  });
});
