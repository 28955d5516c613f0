// Brings a database to the schema of this checkout, forward only. ClickHouse has neither DDL transactions nor locks to
// lean on, so every statement of a migration must bear being run twice (IF NOT EXISTS, CREATE OR REPLACE): then a crash
// in the middle of a file, or two migrators at once, do no harm. An applied file that was edited since is refused.

import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import { projectRoot } from '../root.js';
import type { ClickHouse } from './client.js';
import { type Migration, readMigrations } from './migration-files.js';

export interface MigrateOptions {
  readonly dryRun: boolean;
  /** Another folder of migrations than schemas/clickhouse. */
  readonly folder?: string;
}

export interface MigrateResult {
  /** Files applied by this run. */
  readonly applied: string[];
  /** Files that a dry run found not yet applied. */
  readonly pending: string[];
  /** The statements run, or in a dry run those that would be. */
  readonly statements: string[];
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const createDatabase = 'CREATE DATABASE IF NOT EXISTS {db}';
const createLedger = `CREATE TABLE IF NOT EXISTS {db}.schema_migrations
(
    version UInt32,
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (version, checksum)`;

function refused(message: string): KeyholeError {
  return new KeyholeError('clickhouse_rejected', message, { retriable: false });
}

async function readApplied(ch: ClickHouse): Promise<AppliedRow[]> {
  const tables = await ch.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = {database:String} AND name = 'schema_migrations'",
    { database: ch.database },
  );
  if (tables.length === 0) return [];
  return await ch.query<AppliedRow>(
    'SELECT version, name, checksum FROM {db}.schema_migrations FINAL ORDER BY version',
  );
}

/** Files not applied yet. Throws where the database and the files contradict each other. */
export function findPending(
  migrations: readonly Migration[],
  applied: readonly AppliedRow[],
  database: string,
): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const row of applied) {
    const migration = known.get(row.version);
    if (migration === undefined)
      throw refused(
        `database ${database} has ${row.name}, which this checkout lacks; use the newer version of Keyhole`,
      );
    if (migration.checksum !== row.checksum)
      throw refused(
        `schemas/clickhouse/${migration.name} was edited after database ${database} had applied it; ` +
          'restore the file and put the change into a new migration',
      );
  }
  const done = new Set(applied.map((row) => row.version));
  return migrations.filter((migration) => !done.has(migration.version));
}

/** Creates the database if need be and applies what is pending. A dry run only reads. */
export async function migrate(ch: ClickHouse, options: MigrateOptions): Promise<MigrateResult> {
  const migrations = readMigrations(options.folder ?? join(projectRoot, 'schemas', 'clickhouse'));
  const applied = await readApplied(ch);
  const pending = findPending(migrations, applied, ch.database);
  const preparation = applied.length === 0 ? [createDatabase, createLedger] : [];
  const statements = [...preparation, ...pending.flatMap((migration) => migration.statements)];
  const result = { statements: statements.map((statement) => statement.replaceAll('{db}', ch.database)) };
  const names = pending.map((migration) => migration.name);
  if (options.dryRun) return { ...result, applied: [], pending: names };

  for (const statement of preparation) await ch.command(statement);
  for (const { version, name, checksum, statements: parts } of pending) {
    for (const statement of parts) await ch.command(statement);
    await ch.insert('schema_migrations', ['version', 'name', 'checksum'], [[version, name, checksum]]);
  }
  return { ...result, applied: names, pending: [] };
}
