// The local stack: ClickHouse, Kafka and the registry started side by side on one data folder, tied to this process, and
// made known to other commands once all are healthy. When one part dies the stack has failed; what then is the caller's business.

import type { KeyholeError } from '../../core/errors.js';
import type { ClickHouseSettings } from '../clickhouse/client.js';
import { installArtifacts } from './artifacts.js';
import { startClickHouse } from './clickhouse.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { startKafka } from './kafka.js';
import { type FolderLock, lockFolder } from './lock.js';
import type { Part } from './part.js';
import { identify } from './process-identity.js';
import { startRegistry } from './registry.js';
import { requireInstalled } from './requirements.js';
import { publishState, type RunningPart, type StackEndpoints, withdrawState } from './state.js';

export interface StackOptions {
  readonly dataPath: string;
  /** Who holds the folder, as people typed it; for the message that another command gets. */
  readonly holder?: string;
  /** Lines about what is being waited for. */
  readonly say?: (line: string) => void;
}

export interface Stack extends StackEndpoints {
  readonly kafkaBrokers: string[];
  readonly registryUrl: string;
  readonly clickhouse: ClickHouseSettings;
  readonly parts: readonly RunningPart[];
  /** Resolves with what to tell, as soon as a part has ended that nobody stopped; never, if all goes well. */
  readonly failed: Promise<KeyholeError>;
  stop(): Promise<void>;
}

const SAY_EVERY_MS = 2_000;

export async function startStack(options: StackOptions): Promise<Stack> {
  const say = options.say ?? (() => undefined);
  await requireInstalled(['node', 'java']);
  const artifacts = await installArtifacts(say);
  const folder = makeDataFolder(options.dataPath);
  const lock = await lockFolder(folder, options.holder ?? 'keyhole up');
  try {
    return await startParts(folder, lock, artifacts, say);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startParts(
  folder: DataFolder,
  lock: FolderLock,
  artifacts: { readonly kafkaClassPath: string; readonly registryJar: string },
  say: (line: string) => void,
): Promise<Stack> {
  const dataPath = folder.path;
  const waiting = new Set(['ClickHouse', 'Kafka', 'the schema registry']);
  const began = Date.now();
  const ticker = setInterval(() => {
    say(`waiting for ${[...waiting].join(', ')} (${Math.round((Date.now() - began) / 1000)} s)`);
  }, SAY_EVERY_MS);
  const started: Part[] = [];
  const noted = async <Server extends { readonly part: Part }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    started.push(server.part);
    lock.note(server.part.pid);
    waiting.delete(server.part.name);
    return server;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all(started.map((part) => part.stop()));
  };

  const starts = [
    noted(startClickHouse({ dataPath })),
    noted(startKafka({ dataPath, classPath: artifacts.kafkaClassPath })),
    noted(startRegistry({ dataPath, jar: artifacts.registryJar })),
  ] as const;
  try {
    await Promise.allSettled(starts);
    const [clickhouse, kafka, registry] = await Promise.all(starts);
    const supervisor = identify(process.pid);
    if (supervisor === null) throw new Error('this process cannot be identified');
    const endpoints = {
      kafkaBrokers: kafka.brokers,
      registryUrl: registry.url,
      clickhouse: clickhouse.settings,
      clickhouseReader: clickhouse.readerSettings,
      clickhouseAdmin: clickhouse.adminSettings,
      gateUrl: clickhouse.gateUrl,
    };
    const parts = [
      runningPart(clickhouse.part, clickhouse.settings.url),
      runningPart(kafka.part, kafka.brokers.join(',')),
      runningPart(registry.part, registry.url),
    ];
    publishState(folder, { ...endpoints, parts, supervisor, startedAt: new Date().toISOString() });
    let stopping = false;
    return {
      ...endpoints,
      parts,
      failed: new Promise((resolve) => {
        for (const part of started)
          void part.ended.then(() => {
            if (!stopping) resolve(part.deathNotice());
          });
      }),
      stop: async () => {
        stopping = true;
        withdrawState(folder);
        await stopAll();
        lock.release();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

function runningPart(part: Part, address: string): RunningPart {
  return { name: part.name, pid: part.pid, address, log: part.logPath };
}
