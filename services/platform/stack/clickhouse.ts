// The local ClickHouse server: its configuration, its users with their passwords, its start and stop. Decides who may do
// what in it; knows no table and no database.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import type { ClickHouseSettings } from '../clickhouse/client.js';
import { projectRoot } from '../root.js';
import { forgetPort, passwordOf, portOf } from './addresses.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { rotateLog } from './log-file.js';
import { type Part, startPart } from './part.js';
import { probe } from './probe.js';

export interface ClickHouseOptions {
  /** The data folder; the database's files go to `clickhouse/` in it. Its lock is the caller's business. */
  readonly dataPath: string;
  /** Database named in the settings handed back. */
  readonly database?: string;
  /** To come back at the same address; a free port otherwise. */
  readonly port?: number;
}

export interface ClickHouseServer {
  /** May create, read and write databases and tables; no files, no remote sources, no users. */
  readonly settings: ClickHouseSettings;
  /** May do everything. */
  readonly adminSettings: ClickHouseSettings;
  /** May only read. */
  readonly readerSettings: ClickHouseSettings;
  readonly pid: number;
  readonly part: Part;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 3;
/** Opens the port, then waits for the end of standard input, which is this process's pipe. */
const OWN_SESSION = "SYSTEM START LISTEN HTTP; SELECT * FROM file('-', 'LineAsString', 'line String') FORMAT Null";

export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  const folder = makeDataFolder(options.dataPath);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await portOf(folder, 'clickhouse'));
    try {
      return await startAt(port, folder, options);
    } catch (error) {
      const lost = error instanceof KeyholeError && error.message.includes('Address already in use');
      if (!lost || options.port !== undefined || attempt === PORT_ATTEMPTS) throw error;
      forgetPort(folder, 'clickhouse');
    }
  }
}

async function startAt(port: number, folder: DataFolder, options: ClickHouseOptions): Promise<ClickHouseServer> {
  const passwords = {
    admin: passwordOf(folder, 'admin'),
    writer: passwordOf(folder, 'writer'),
    reader: passwordOf(folder, 'reader'),
  };
  const configPath = writeConfig(folder, passwords);
  // The engine forgets its system tables when it ends, but trips over the files that they leave.
  rmSync(join(folder.clickhouse, 'data', 'system'), { recursive: true, force: true });
  const logPath = join(folder.logs, 'clickhouse.log');
  rotateLog(logPath);

  const as = (user: string, password: string): ClickHouseSettings => ({
    url: `http://127.0.0.1:${port}`,
    user,
    password,
    database: options.database ?? 'keyhole',
  });
  const settings = as('keyhole', passwords.writer);
  const part = await startPart({
    name: 'ClickHouse',
    program: [
      join(__dirname, 'clickhouse-child.js'),
      ...['--path', folder.clickhouse, '--config-file', configPath],
      ...['--listen_host', '127.0.0.1', '--http_port', String(port)],
      // Only what is fatal: less grave messages quote statements, and with them the ids of people.
      ...['--logger.console=1', '--log-level=fatal'],
      ...['--query', OWN_SESSION],
    ],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
    logPath,
    startTimeoutMs: START_TIMEOUT_MS,
    healthy: () => answers(settings),
  });
  return {
    settings,
    adminSettings: as('keyhole_admin', passwords.admin),
    readerSettings: as('keyhole_reader', passwords.reader),
    pid: part.pid,
    part,
    stop: part.stop,
  };
}

/** Asks with a password of this start, so that no other server on the port is taken for ours. */
export async function answers(settings: ClickHouseSettings): Promise<boolean> {
  const { status, body } = await probe(`${settings.url}/?query=SELECT%201`, {
    'X-ClickHouse-User': settings.user,
    'X-ClickHouse-Key': settings.password,
  });
  return status === 200 && body.trim() === '1';
}

function writeConfig(folder: DataFolder, passwords: { admin: string; writer: string; reader: string }): string {
  const templates = join(projectRoot, 'deploy', 'local', 'clickhouse');
  const usersPath = join(folder.run, 'clickhouse-users.xml');
  const configPath = join(folder.run, 'clickhouse-config.xml');
  const write = (path: string, template: string, values: Record<string, string>): void =>
    writeFileSync(path, fill(readFileSync(join(templates, template), 'utf8'), values), { mode: 0o600 });
  write(usersPath, 'users.xml', {
    admin_sha256: sha256(passwords.admin),
    writer_sha256: sha256(passwords.writer),
    reader_sha256: sha256(passwords.reader),
  });
  write(configPath, 'config.xml', { users_config: escapeXml(usersPath) });
  return configPath;
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
