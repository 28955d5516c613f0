// One Kafka node in KRaft mode, broker and controller in one process, on 127.0.0.1, its log kept in the data folder.
// Decides its settings (small, nothing expires, event times of any age); knows no topic.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify, types } from 'node:util';
import { KeyholeError } from '../../core/errors.js';
import { connectKafka } from '../kafka/client.js';
import { portOf } from './addresses.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { javaCommand, javaEnv, tethered } from './java.js';
import { rotateLog } from './log-file.js';
import { type Part, startPart } from './part.js';
import { freePorts } from './ports.js';

export interface KafkaOptions {
  readonly dataPath: string;
  readonly classPath: string;
  /** To come back at the same address; a free port otherwise. */
  readonly port?: number;
}

export interface KafkaServer {
  readonly brokers: string[];
  readonly part: Part;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 90_000;
const FORMAT_TIMEOUT_MS = 60_000;
const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
];
const HEAP = ['-Xms96m', '-Xmx512m', '-XX:MaxDirectMemorySize=128m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'];

export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const folder = makeDataFolder(options.dataPath);
  const port = options.port ?? (await portOf(folder, 'kafka'));
  const [controllerPort = 0] = await freePorts(1);
  const propertiesPath = join(folder.run, 'kafka.properties');
  writeFileSync(propertiesPath, properties(folder, port, controllerPort), { mode: 0o600 });
  if (!existsSync(join(folder.kafka, 'meta.properties'))) await format(options.classPath, propertiesPath);
  const logPath = join(folder.logs, 'kafka.log');
  rotateLog(logPath);
  const brokers = [`127.0.0.1:${port}`];
  const part = await startPart({
    name: 'Kafka',
    program: tethered([...HEAP, ...LOGGING, '-cp', options.classPath, 'kafka.Kafka', propertiesPath]),
    env: javaEnv(),
    logPath,
    startTimeoutMs: START_TIMEOUT_MS,
    healthy: () => kafkaAnswers(brokers),
  });
  return { brokers, part, stop: part.stop };
}

/** Whether a broker has joined its cluster and takes requests. */
export async function kafkaAnswers(brokers: readonly string[]): Promise<boolean> {
  const admin = connectKafka({ brokers }).admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

async function format(classPath: string, propertiesPath: string): Promise<void> {
  // Joined by =, since one in 64 begins with a dash.
  const clusterId = randomBytes(16).toString('base64url');
  const args = ['-XX:TieredStopAtLevel=1', ...LOGGING, '-cp', classPath, 'kafka.tools.StorageTool', 'format'];
  try {
    await promisify(execFile)(
      javaCommand(),
      [...args, '--ignore-formatted', `--cluster-id=${clusterId}`, '--config', propertiesPath],
      { env: javaEnv(), timeout: FORMAT_TIMEOUT_MS },
    );
  } catch (error) {
    const said = types.isNativeError(error) && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new KeyholeError('stack_failed', `Kafka’s storage could not be prepared: ${said}`, {
      retriable: false,
      cause: error,
    });
  }
}

function properties(folder: DataFolder, port: number, controllerPort: number): string {
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': folder.kafka,

    // Topics come from `keyhole migrate`, with the right partitions and policy, or not at all.
    'auto.create.topics.enable': 'false',
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,

    // Records carry event times: of last year in a replayed case, of tomorrow in a test. None expires or is refused for it.
    'log.retention.ms': -1,
    'offsets.retention.minutes': 5_256_000,
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    'log.message.timestamp.before.max.ms': '9223372036854775807',
    // Above the 1,000,000 bytes that Keyhole accepts, so that a larger record becomes a dead letter, not a producer's riddle.
    'message.max.bytes': 16_000_000,
    'replica.fetch.max.bytes': 16_000_000,

    'group.initial.rebalance.delay.ms': 0,
    // A broker that comes back is let in once its old session has run out: nine seconds of every restart by default.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value).replace(/\\/g, '\\\\')}`)
    .join('\n')}\n`;
}
