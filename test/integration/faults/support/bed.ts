// Where faults are tried: a simulated organisation whose records lie in Kafka once (with repeats and broken ones), the facts and
// anomalies that a calm replay of the same folder gives, and scorers with a database and group of their own for each fault.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseSettings,
  connectClickHouse,
} from '../../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../../services/platform/clickhouse/migrate.js';
import type { KafkaSettings, RegistrySettings } from '../../../../services/platform/config/settings.js';
import { createOffsets } from '../../../../services/platform/kafka/offsets.js';
import { createPublisher, type OutgoingMessage } from '../../../../services/platform/kafka/producer.js';
import { silentLogger } from '../../../../services/platform/log/logger.js';
import { cleanEnv, runCli, until } from '../../support/stack.js';
import type { Faults } from './interpose.js';
import { type Entry, readFeeds } from './topics.js';
import { type Facts, readFacts } from './unharmed.js';

export interface Addresses {
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly clickhouse: ClickHouseSettings;
}

export interface Bed {
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
  readonly folder: string;
  readonly calm: Facts;
  /** Everything in the feeds now. Asked anew after more was produced. */
  readonly entries: readonly Entry[];
  readAgain(): Promise<void>;
  run(name: string): Promise<Run>;
  env(database: string): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export interface ScorerOptions {
  readonly faults?: Faults;
  readonly jumps?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One fault: its own database and consumer group. */
export interface Run {
  readonly bed: Bed;
  readonly name: string;
  readonly groupId: string;
  readonly clickhouse: ClickHouse;
  readonly settings: ClickHouseSettings;
  /** For commands about this run. */
  readonly env: NodeJS.ProcessEnv;
  /** Offsets of the topic anomalies before the run: what is told later is this run's. */
  readonly toldBefore: number;
  scorer(options?: ScorerOptions): Scorer;
  /** SIGTERM to all that still run; each has to end with exit code 0. */
  stopScorers(): Promise<void>;
  /** Leaves nothing running, when the row has failed. */
  killScorers(): Promise<void>;
  /** The end of what each scorer said. */
  logs(): string;
}

export interface Scorer {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it has logged. */
  log(): string;
  hasEnded(): boolean;
  /** Waits for its end, by whatever means. */
  ended(withinMs?: number): Promise<void>;
}

const SIZE = ['--seed', '11', '--employees', '16'];
/** More than ten, which is how far a partition is held back. */
const DAYS = 16;
/** Small batches, so that a small folder passes every point often. */
const SMALL = { KEYHOLE_LAND_MAX_ROWS: '400', KEYHOLE_LAND_LINGER_MS: '20', KEYHOLE_TOPIC_PARTITIONS: '4' };
export const PARTITIONS = 4;
const LOG_TAIL = 1_500;
const SUPPORT = __dirname;
const CLI = join(__dirname, '../../../../services/cli/main.js');

/** @param produce whether the folder's records are put into Kafka now, all of them */
export async function makeBed(
  addresses: Addresses,
  options: { readonly produce: boolean; readonly days?: number },
): Promise<Bed> {
  const kafka = { brokers: addresses.kafkaBrokers };
  const registry = { url: addresses.registryUrl };
  const root = mkdtempSync(join(tmpdir(), 'keyhole-faults-'));
  const folder = join(root, 'case');
  const running = new Set<Scorer>();
  const databases: ClickHouse[] = [];
  const env = (database: string): NodeJS.ProcessEnv => ({
    ...cleanEnv(),
    ...SMALL,
    ...addressEnv(addresses, database),
  });

  const fresh = async (name: string): Promise<{ settings: ClickHouseSettings; clickhouse: ClickHouse }> => {
    const settings = { ...addresses.clickhouse, database: `test_fault_${name}_${randomBytes(3).toString('hex')}` };
    const clickhouse = connectClickHouse(settings);
    databases.push(clickhouse);
    await migrate(clickhouse, { dryRun: false });
    return { settings, clickhouse };
  };
  await done(['simulate', folder, ...SIZE, '--days', String(options.days ?? DAYS)], cleanEnv());
  const replayed = await fresh('calm');
  await done(['replay', folder], env(replayed.settings.database));
  const calm = await readFacts(replayed.clickhouse);
  if (calm.anomalies.length < 5) throw new Error('the calm run found too little to compare');
  if (options.produce) await produceAll(kafka, folder, env(replayed.settings.database));
  let entries: readonly Entry[] = options.produce ? await readFeeds(kafka, registry) : [];

  const bed: Bed = {
    kafka,
    registry,
    folder,
    calm,
    get entries() {
      return entries;
    },
    async readAgain() {
      entries = await readFeeds(kafka, registry);
    },
    env,
    async run(name) {
      const { settings, clickhouse } = await fresh(name.replace(/\W+/g, '_').slice(0, 30));
      const groupId = `fault-${randomBytes(4).toString('hex')}`;
      const own = { ...env(settings.database), KEYHOLE_GROUP_ID: groupId };
      const scorers: Scorer[] = [];
      return {
        bed,
        name,
        groupId,
        clickhouse,
        settings,
        env: own,
        toldBefore: await endOf(kafka, 'anomalies'),
        scorer(given = {}) {
          const scorer = startScorer({ ...own, ...given.env }, given);
          scorers.push(scorer);
          running.add(scorer);
          return scorer;
        },
        async stopScorers() {
          for (const scorer of scorers) {
            running.delete(scorer);
            if (scorer.hasEnded()) continue;
            scorer.child.kill('SIGTERM');
            await scorer.ended(12_000);
            if (scorer.child.exitCode !== 0)
              throw new Error(`a scorer ended with ${scorer.child.exitCode}: ${scorer.log()}`);
          }
        },
        logs: () => scorers.map((scorer) => scorer.log().slice(-LOG_TAIL)).join('\n'),
        async killScorers() {
          for (const scorer of scorers) {
            scorer.child.kill('SIGKILL');
            await scorer.ended();
          }
        },
      };
    },
    async close() {
      for (const scorer of running) scorer.child.kill('SIGKILL');
      for (const clickhouse of databases) {
        await clickhouse.command('DROP DATABASE IF EXISTS {db} SYNC').catch(() => undefined);
        await clickhouse.close();
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
  return bed;
}

/** The folder, a tenth of it twice, and broken records before and after. */
async function produceAll(kafka: KafkaSettings, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await done(['migrate'], env);
  await publishBroken(kafka, 60);
  await done(['produce', folder], env);
  await publishBroken(kafka, 60);
}

export async function publishBroken(kafka: KafkaSettings, count: number): Promise<void> {
  const publisher = createPublisher(kafka);
  const broken: OutgoingMessage[] = Array.from({ length: count }, (_, i) => ({
    key: `broken-${i}`,
    value: Buffer.from(`{"not":"avro","number":${i}}`),
    timestampMs: Date.UTC(2026, 0, 6),
  }));
  await publisher.send('access-log', broken);
  await publisher.close();
}

function startScorer(env: NodeJS.ProcessEnv, { faults, jumps }: ScorerOptions): Scorer {
  const preloads = ['--require', join(SUPPORT, 'interpose.js')];
  if (jumps !== undefined) preloads.unshift('--require', join(SUPPORT, 'clock.js'));
  const child = spawn(process.execPath, [...preloads, CLI, 'score'], {
    env: { ...env, FAULTS: JSON.stringify(faults ?? {}), CLOCK_JUMPS: JSON.stringify(jumps ?? []) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    child,
    log: () => said,
    hasEnded,
    ended: (withinMs = 90_000) =>
      until(`the scorer ends; it said ${said.slice(-600)}`, async () => hasEnded(), withinMs),
  };
}

export async function done(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, env);
  if (code !== 0) throw new Error(`keyhole ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** One past the last offset of a topic's only partition. */
export async function endOf(kafka: KafkaSettings, topic: string): Promise<number> {
  const offsets = createOffsets(kafka, { log: silentLogger });
  try {
    const [end] = await offsets.ends([topic]);
    return Number(end?.high ?? 0);
  } catch {
    return 0;
  } finally {
    await offsets.close();
  }
}

function addressEnv({ kafkaBrokers, registryUrl, clickhouse }: Addresses, database: string): NodeJS.ProcessEnv {
  return {
    KEYHOLE_KAFKA_BROKERS: kafkaBrokers.join(','),
    KEYHOLE_SCHEMA_REGISTRY_URL: registryUrl,
    KEYHOLE_CLICKHOUSE_URL: clickhouse.url,
    KEYHOLE_CLICKHOUSE_USER: clickhouse.user,
    KEYHOLE_CLICKHOUSE_PASSWORD: clickhouse.password,
    KEYHOLE_CLICKHOUSE_DATABASE: database,
  };
}
