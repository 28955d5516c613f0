// The engine of the local ClickHouse server: its configuration, its users with their passwords, its start and stop. Decides who may do
// what in it; knows no table and no database, and not where people log in.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import type { ClickHouseSettings } from '../clickhouse/client.js';
import { projectRoot } from '../root.js';
import { forgetPort, newPassword, passwordOf, portOf } from './addresses.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { rotateLog } from './log-file.js';
import { type Part, startPart } from './part.js';
import { probe } from './probe.js';

export interface ClickHouseOptions {
  /** The data folder; the database's files go to `clickhouse/` in it. Its lock is the caller's business. */
  readonly dataPath: string;
  /** Database named in the settings handed back. */
  readonly database?: string;
  /** The local analyst sees accesses, staff and anomalies of these marketplaces alone; all where not said. */
  readonly analystMarketplaces?: readonly string[];
  /** To come back at the same address; a free port otherwise. */
  readonly port?: number;
}

export interface Engine {
  /** May create, read and write databases and tables; no files, no remote sources, no users. */
  readonly settings: ClickHouseSettings;
  /** May do everything. */
  readonly adminSettings: ClickHouseSettings;
  /** May only read. */
  readonly readerSettings: ClickHouseSettings;
  /** Of the users with the roles of deploy/clickhouse/roles.sql, for the gate; made anew at each start. */
  readonly rolePasswords: Readonly<Record<Role, string>>;
  readonly pid: number;
  readonly part: Part;
  stop(): Promise<void>;
}

export const ROLES = ['writer', 'analyst', 'investigator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const START_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 3;
/** Opens the port, then waits for the end of standard input, which is this process's pipe. */
const OWN_SESSION = "SYSTEM START LISTEN HTTP; SELECT * FROM file('-', 'LineAsString', 'line String') FORMAT Null";

export async function startEngine(options: ClickHouseOptions): Promise<Engine> {
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

async function startAt(port: number, folder: DataFolder, options: ClickHouseOptions): Promise<Engine> {
  const rolePasswords = {
    writer: newPassword(),
    analyst: newPassword(),
    investigator: newPassword(),
    auditor: newPassword(),
  };
  const passwords = {
    admin: passwordOf(folder, 'admin'),
    keyhole: passwordOf(folder, 'writer'),
    reader: passwordOf(folder, 'reader'),
  };
  const database = options.database ?? 'keyhole';
  const configPath = writeConfig(
    folder,
    { ...passwords, ...rolePasswords },
    {
      database,
      analyst_policies: policies(`${database}_analyst`, options.analystMarketplaces ?? []),
    },
  );
  // The engine forgets its system tables when it ends, but trips over the files that they leave.
  rmSync(join(folder.clickhouse, 'data', 'system'), { recursive: true, force: true });
  const logPath = join(folder.logs, 'clickhouse.log');
  rotateLog(logPath);

  const as = (user: string, password: string): ClickHouseSettings => ({
    url: `http://127.0.0.1:${port}`,
    user,
    password,
    database,
  });
  const settings = as('keyhole', passwords.keyhole);
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
    rolePasswords,
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

function writeConfig(
  folder: DataFolder,
  passwords: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): string {
  const templates = join(projectRoot, 'deploy', 'local', 'clickhouse');
  const usersPath = join(folder.run, 'clickhouse-users.xml');
  const configPath = join(folder.run, 'clickhouse-config.xml');
  const write = (path: string, template: string, values: Record<string, string>): void =>
    writeFileSync(path, fill(readFileSync(join(templates, template), 'utf8'), values), { mode: 0o600 });
  const digests = Object.entries(passwords).map(([user, password]) => [`${user}_sha256`, sha256(password)]);
  write(usersPath, 'users.xml', { ...values, ...Object.fromEntries(digests) });
  write(configPath, 'config.xml', { users_config: escapeXml(usersPath) });
  return configPath;
}

/** Row policies of the local analyst, as users.xml has them. */
function policies(database: string, marketplaces: readonly string[]): string {
  if (marketplaces.length === 0) return '';
  const unfit = marketplaces.find((name) => !/^[A-Za-z0-9_-]{1,64}$/.test(name));
  if (unfit !== undefined)
    throw new KeyholeError(
      'configuration_invalid',
      'a marketplace of a row policy is made of letters, digits, _ and -',
      { retriable: false },
    );
  const sites = `marketplace IN (${marketplaces.map((name) => `'${name}'`).join(', ')})`;
  const filter = (table: string, condition: string): string =>
    `<${table}><filter>${escapeXml(condition)}</filter></${table}>`;
  const staff = `actor_id IN (SELECT employee_id FROM ${database}.staff WHERE ${sites})`;
  return `<databases><${database}>${filter('accesses', sites)}${filter('staff', sites)}${filter('staff_history', sites)}${filter('anomalies', staff)}</${database}></databases>`;
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
