// The local ClickHouse server as people and commands know it: the engine, and the gate where people log in. Decides that the gate lives as long as the
// engine and no longer; knows neither's configuration.

import type { ClickHouseSettings } from '../clickhouse/client.js';
import { forgetPort, passwordOf, portOf } from './addresses.js';
import { type ClickHouseOptions, type Engine, ROLES, type Role, startEngine } from './engine.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { type Gate, startGate } from './gate.js';
import { systemCode } from './system-error.js';

export interface ClickHouseServer extends Omit<Engine, 'rolePasswords'> {
  /** Users with the roles of deploy/clickhouse/roles.sql, at the gate. */
  readonly roles: Readonly<Record<Role, ClickHouseSettings>>;
  /** Where people log in. */
  readonly gateUrl: string;
}

const PORT_ATTEMPTS = 3;

export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  const folder = makeDataFolder(options.dataPath);
  const { rolePasswords, ...engine } = await startEngine(options);
  const gate = await openGate(folder, engine.settings.url, rolePasswords).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  const closed = engine.part.ended.then(() => gate.close());
  const { database } = engine.settings;
  const as = (role: Role, read: string): ClickHouseSettings => ({
    url: gate.url,
    user: `keyhole_${role}`,
    password: passwordOf(folder, passwordName(role)),
    database: read,
  });
  return {
    ...engine,
    roles: {
      writer: as('writer', database),
      analyst: as('analyst', `${database}_analyst`),
      investigator: as('investigator', `${database}_analyst`),
      auditor: as('auditor', `${database}_auditor`),
    },
    gateUrl: gate.url,
    async stop() {
      await engine.stop();
      await closed;
    },
  };
}

async function openGate(
  folder: DataFolder,
  engineUrl: string,
  enginePasswords: Engine['rolePasswords'],
): Promise<Gate> {
  const logins = ROLES.map((role) => ({
    user: `keyhole_${role}`,
    password: passwordOf(folder, passwordName(role)),
    enginePassword: enginePasswords[role],
  }));
  for (let attempt = 1; ; attempt++) {
    const port = await portOf(folder, 'gate');
    try {
      return await startGate({ port, engineUrl, logins });
    } catch (error) {
      if (systemCode(error) !== 'EADDRINUSE' || attempt === PORT_ATTEMPTS) throw error;
      forgetPort(folder, 'gate');
    }
  }
}

/** `writer` has long been the password of the user `keyhole`. */
const passwordName = (role: Role): string => (role === 'writer' ? 'keyhole_writer' : role);
