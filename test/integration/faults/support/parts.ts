// A stack of our own whose parts can be killed with -9 and started again, one by one, at the addresses they had.

import { rmSync } from 'node:fs';
import type { ClickHouseSettings } from '../../../../services/platform/clickhouse/client.js';
import { findArtifacts } from '../../../../services/platform/stack/artifacts.js';
import { startClickHouse } from '../../../../services/platform/stack/clickhouse.js';
import { startKafka } from '../../../../services/platform/stack/kafka.js';
import type { Part } from '../../../../services/platform/stack/part.js';
import { startRegistry } from '../../../../services/platform/stack/registry.js';

export type PartName = 'clickhouse' | 'kafka' | 'registry';

export interface OwnStack {
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly clickhouse: ClickHouseSettings;
  /** SIGKILL to the process that does the work; resolves when it is gone. */
  kill(name: PartName): Promise<void>;
  /** At the same address, with what is left on disk. */
  start(name: PartName): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnStack(dataPath: string): Promise<OwnStack> {
  const artifacts = findArtifacts();
  if (artifacts === null) throw new Error('Kafka and the registry have not been fetched: `make setup`');
  const { kafkaClassPath: classPath, registryJar: jar } = artifacts;
  const starts = {
    clickhouse: () => startClickHouse({ dataPath }),
    kafka: () => startKafka({ dataPath, classPath }),
    registry: () => startRegistry({ dataPath, jar }),
  };
  const parts = new Map<PartName, Part>();
  const [clickhouse, kafka, registry] = await Promise.all([starts.clickhouse(), starts.kafka(), starts.registry()]);
  parts.set('clickhouse', clickhouse.part).set('kafka', kafka.part).set('registry', registry.part);
  return {
    kafkaBrokers: kafka.brokers,
    registryUrl: registry.url,
    clickhouse: clickhouse.settings,
    async kill(name) {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`${name} does not run`);
      process.kill(part.pid, 'SIGKILL');
      await part.ended;
      parts.delete(name);
    },
    async start(name) {
      parts.set(name, (await starts[name]()).part);
    },
    async stop() {
      await Promise.all([...parts.values()].map((part) => part.stop()));
      rmSync(dataPath, { recursive: true, force: true });
    },
  };
}
