// keyhole migrate: tables and views, topics, registered schemas, brought to what this checkout says. Decides the order and
// what is printed: what was done, or in a dry run what would be, statements included.

import type { Command } from 'commander';
import { KeyholeError } from '../core/errors.js';
import { type ClickHouseSettings, connectClickHouse } from '../platform/clickhouse/client.js';
import { type MigrateResult, migrate } from '../platform/clickhouse/migrate.js';
import { type KafkaSettings, type RegistrySettings, readSettings } from '../platform/config/settings.js';
import { ensureTopics } from '../platform/kafka/topics.js';
import { registerSchemas } from '../platform/registry/register.js';
import { DEFAULT_DATA_PATH } from '../platform/stack/database.js';
import { findStack } from '../platform/stack/state.js';
import { writeOut } from '../platform/terminal/output.js';

interface Endpoints {
  readonly clickhouse: ClickHouseSettings | null;
  readonly kafka: KafkaSettings | null;
  readonly registry: RegistrySettings | null;
}

/** The running stack of the folder, else the settings; parts without an address are null. */
export function endpointsOf(data: string | undefined, env: NodeJS.ProcessEnv): Endpoints {
  const { clickhouse, kafka, registry, database } = readSettings(env);
  const hasSettings = clickhouse !== null || kafka !== null || registry !== null;
  if (data === undefined && hasSettings) return { clickhouse, kafka, registry };
  const stack = findStack(data ?? DEFAULT_DATA_PATH);
  if (stack === null)
    throw new KeyholeError(
      'stack_failed',
      `no stack runs in ${data ?? DEFAULT_DATA_PATH}: start one with \`keyhole up\`, or set KEYHOLE_CLICKHOUSE_URL, ` +
        'KEYHOLE_KAFKA_BROKERS and KEYHOLE_SCHEMA_REGISTRY_URL',
      { retriable: false },
    );
  return {
    clickhouse: { ...stack.clickhouse, database },
    kafka: { brokers: stack.kafkaBrokers },
    registry: { url: stack.registryUrl },
  };
}

export function describeMigration(database: string, result: MigrateResult, dryRun: boolean): string[] {
  if (dryRun)
    return [
      ...result.pending.map((name) => `database ${database}: would apply ${name}`),
      ...result.statements.map((statement) => `\n${statement};`),
      ...(result.pending.length === 0 ? [`database ${database}: up to date`] : ['']),
    ];
  if (result.applied.length === 0) return [`database ${database}: up to date`];
  return result.applied.map((name) => `database ${database}: applied ${name}`);
}

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('create or upgrade tables, topics and registered schemas; safe to repeat')
    .option('--dry-run', 'print what would be done, statements included, and change nothing', false)
    .option('--data <path>', 'data folder of a running stack (default .keyhole)')
    .action(async (options: { readonly dryRun: boolean; readonly data?: string }) => {
      const endpoints = endpointsOf(options.data, process.env);
      const settings = readSettings(process.env);
      for await (const lines of steps(endpoints, options.dryRun, settings.topicPartitions, settings.topicReplication))
        await writeOut(lines.map((line) => `${line}\n`));
    });
}

async function* steps(
  { clickhouse, kafka, registry }: Endpoints,
  dryRun: boolean,
  partitions: number,
  replication: number | null,
): AsyncGenerator<string[]> {
  if (clickhouse === null) yield ['ClickHouse: left out, KEYHOLE_CLICKHOUSE_URL is not set'];
  else yield describeMigration(clickhouse.database, await migrateAt(clickhouse, dryRun), dryRun);

  const did = dryRun ? 'would create' : 'created';
  if (kafka === null) yield ['topics: left out, KEYHOLE_KAFKA_BROKERS is not set'];
  else {
    const topics = await ensureTopics(kafka, { dryRun, partitions, replication });
    yield topics.map(({ topic, created }) => `topic ${topic}: ${created ? did : 'is there'}`);
  }
  if (registry === null) yield ['schemas: left out, KEYHOLE_SCHEMA_REGISTRY_URL is not set'];
  else {
    const schemas = await registerSchemas(registry, { dryRun });
    yield schemas.map(({ subject, id, created }) =>
      created && dryRun
        ? `schema ${subject}: would register`
        : `schema ${subject}: ${created ? 'registered' : 'is there'}, id ${id}`,
    );
  }
}

async function migrateAt(settings: ClickHouseSettings, dryRun: boolean): Promise<MigrateResult> {
  const ch = connectClickHouse(settings);
  try {
    return await migrate(ch, { dryRun });
  } finally {
    await ch.close();
  }
}
