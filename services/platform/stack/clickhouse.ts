// The local ClickHouse server as people and commands know it: the engine, and the gate where people log in. Decides that the gate lives as long as the
// engine and no longer; knows neither's configuration.

import type { ClickHouseSettings } from '../clickhouse/client.js';
import { forgetPort, passwordOf, portOf } from './addresses.js';
import { type ClickHouseOptions, type Engine, PEOPLE, type Person, startEngine } from './engine.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { type Gate, startGate } from './gate.js';
import { systemCode } from './system-error.js';

export interface ClickHouseServer extends Omit<Engine, 'peoplesPasswords' | 'roleWriter'> {
  /** Users with the roles of deploy/clickhouse/roles.sql: people at the gate, the writer at the engine. */
  readonly roles: Readonly<Record<Role, ClickHouseSettings>>;
  /** Where people log in. */
  readonly gateUrl: string;
}

export type Role = 'writer' | Person;

const PORT_ATTEMPTS = 3;

export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  const folder = makeDataFolder(options.dataPath);
  const { peoplesPasswords, roleWriter, ...engine } = await startEngine(options);
  const gate = await openGate(folder, engine.settings.url, peoplesPasswords).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  const closed = engine.part.ended.then(() => gate.close());
  const { database } = engine.settings;
  const person = (role: Person, read: string): ClickHouseSettings => ({
    url: gate.url,
    user: `keyhole_${role}`,
    password: passwordOf(folder, role),
    database: `${database}_${read}`,
  });
  return {
    ...engine,
    roles: {
      writer: roleWriter,
      analyst: person('analyst', 'analyst'),
      investigator: person('investigator', 'analyst'),
      auditor: person('auditor', 'auditor'),
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
  enginePasswords: Engine['peoplesPasswords'],
): Promise<Gate> {
  const logins = PEOPLE.map((role) => ({
    user: `keyhole_${role}`,
    password: passwordOf(folder, role),
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
