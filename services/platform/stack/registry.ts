// Apicurio as the schema registry, on 127.0.0.1. Its `app` build keeps schemas in an H2 database in memory unless told
// otherwise; here it is a file in the data folder, written through at each commit: topics outlive the registry's process,
// and a schema id that came back with another schema would make what they hold unreadable.

import { join } from 'node:path';
import { portOf } from './addresses.js';
import { makeDataFolder } from './folder.js';
import { javaEnv, tethered } from './java.js';
import { rotateLog } from './log-file.js';
import { type Part, startPart } from './part.js';
import { probe } from './probe.js';

export interface RegistryOptions {
  readonly dataPath: string;
  readonly jar: string;
  /** To come back at the same address; a free port otherwise. */
  readonly port?: number;
}

export interface RegistryServer {
  /** With the path of Confluent's API. */
  readonly url: string;
  readonly part: Part;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 90_000;
/** Compiled lightly: it starts a quarter faster, and answers a few questions an hour. */
const JVM = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'];

export async function startRegistry(options: RegistryOptions): Promise<RegistryServer> {
  const folder = makeDataFolder(options.dataPath);
  const port = options.port ?? (await portOf(folder, 'registry'));
  const logPath = join(folder.logs, 'registry.log');
  rotateLog(logPath);
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const part = await startPart({
    name: 'the schema registry',
    program: tethered([
      ...JVM,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      `-Dquarkus.datasource.jdbc.url=jdbc:h2:file:${join(folder.registry, 'registry')};WRITE_DELAY=0`,
      '-Dquarkus.datasource.jdbc.initial-size=1',
      '-Dquarkus.datasource.jdbc.min-size=1',
      '-Dquarkus.datasource.jdbc.max-size=8',
      '-jar',
      options.jar,
    ]),
    env: javaEnv({ LOG_LEVEL: 'WARN', REGISTRY_LOG_LEVEL: 'WARN', DISABLE_TELEMETRY: 'true' }),
    logPath,
    startTimeoutMs: START_TIMEOUT_MS,
    healthy: () => registryAnswers(url),
  });
  return { url, part, stop: part.stop };
}

export async function registryAnswers(url: string): Promise<boolean> {
  return (await probe(`${url}/subjects`)).status === 200;
}
