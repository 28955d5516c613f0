// What an integration test works with: the run's stack, databases of its own, and the command line tool.
// A test file that imports this has its databases dropped when it is done. Kafka's topics have fixed names and are shared by
// all files, which therefore run one after the other: `emptyKafka()` first.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClickHouse,
  type ClickHouseSettings,
  connectClickHouse,
} from '../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import type { KafkaSettings, RegistrySettings } from '../../../services/platform/config/settings.js';
import { connectKafka } from '../../../services/platform/kafka/client.js';
import type { RunningPart, StackEndpoints } from '../../../services/platform/stack/state.js';
import { STACK_VARIABLE } from './handover.js';

export interface IntegrationStack extends StackEndpoints {
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
  /** Name, process and address of each part. */
  readonly parts: readonly RunningPart[];
}

export interface FreshDatabase {
  readonly name: string;
  readonly settings: ClickHouseSettings;
  readonly clickhouse: ClickHouse;
  /** For a process that shall talk to the stack and this database: this process's own, and the settings. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const created: FreshDatabase[] = [];
const running = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  for (const { clickhouse } of created.splice(0)) {
    await clickhouse.command('DROP DATABASE IF EXISTS {db} SYNC');
    await clickhouse.close();
  }
});

export async function integrationStack(): Promise<IntegrationStack> {
  const text = process.env[STACK_VARIABLE];
  if (text === undefined)
    throw new Error('no integration stack: run this test in jest’s project `integration`, whose set-up starts one');
  const endpoints: StackEndpoints & { parts: RunningPart[] } = JSON.parse(text);
  return { ...endpoints, kafka: { brokers: endpoints.kafkaBrokers }, registry: { url: endpoints.registryUrl } };
}

/** A new, migrated database whose name holds `test` and the given word; dropped when the test file is done. */
export async function freshDatabase(word: string): Promise<FreshDatabase> {
  const stack = await integrationStack();
  const name = `test_${word}_${randomBytes(4).toString('hex')}`;
  const settings = { ...stack.clickhouse, database: name };
  const clickhouse = connectClickHouse(settings);
  const database = { name, settings, clickhouse, env: stackEnv(stack, settings) };
  created.push(database);
  await migrate(clickhouse, { dryRun: false });
  return database;
}

/** Deletes all topics and consumer groups, so that a test begins with an empty cluster. */
export async function emptyKafka(): Promise<void> {
  const { kafka } = await integrationStack();
  const admin = connectKafka(kafka).admin();
  await admin.connect();
  try {
    // A member that was killed is one until its session is over, and its group is refused until then.
    await until('Kafka holds no consumer group', async () => {
      const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
      if (ids.length > 0) await admin.deleteGroups(ids).catch(() => undefined);
      return ids.length === 0;
    });
    const ours = async (): Promise<string[]> => (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    const topics = await ours();
    if (topics.length > 0) await admin.deleteTopics({ topics });
    await until('Kafka holds no topic', async () => (await ours()).length === 0);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes one topic; consumer groups keep their members and offsets. */
export async function emptyTopic(topic: string): Promise<void> {
  const { kafka } = await integrationStack();
  const admin = connectKafka(kafka).admin();
  await admin.connect();
  try {
    const exists = async (): Promise<boolean> => (await admin.listTopics()).includes(topic);
    if (await exists()) await admin.deleteTopics({ topics: [topic] });
    await until(`Kafka holds no topic ${topic}`, async () => !(await exists()));
  } finally {
    await admin.disconnect();
  }
}

/** The command line tool as a process. It is killed, should it outlive the test file. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = cleanEnv()): ChildProcess {
  const child = spawn(process.execPath, [join(__dirname, '../../../services/cli/main.js'), ...args], { env });
  running.add(child);
  // What nobody reads must not fill the pipe, in which the child would wait for ever.
  child.stdout?.resume();
  child.stderr?.resume();
  child.once('exit', () => running.delete(child));
  return child;
}

/** Runs the command line tool to its end. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = cleanEnv()): Promise<Finished> {
  const child = startCli(args, env);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
}

/** Runs the command line tool and gives its standard output; anything but exit code 0 is an error that says why. */
export async function keyhole(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, env);
  if (code !== 0) throw new Error(`keyhole ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Waits for a condition; fails by name when the deadline passes. */
export async function until(what: string, condition: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await delay(50);
  }
}

/** This process's environment without any setting of Keyhole's. */
export function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEYHOLE_')));
}

function stackEnv(stack: IntegrationStack, clickhouse: ClickHouseSettings): NodeJS.ProcessEnv {
  return {
    ...databaseEnv(clickhouse),
    KEYHOLE_KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    KEYHOLE_SCHEMA_REGISTRY_URL: stack.registryUrl,
  };
}

/** For a process that shall talk to this database and to no other part. */
export function databaseEnv(clickhouse: ClickHouseSettings): NodeJS.ProcessEnv {
  return {
    ...cleanEnv(),
    KEYHOLE_CLICKHOUSE_URL: clickhouse.url,
    KEYHOLE_CLICKHOUSE_USER: clickhouse.user,
    KEYHOLE_CLICKHOUSE_PASSWORD: clickhouse.password,
    KEYHOLE_CLICKHOUSE_DATABASE: clickhouse.database,
  };
}
