// What a running stack tells the commands that want to talk to it: PATH/run/stack.json, readable by its owner only, there
// from the moment all parts are healthy until the stack stops. A file left by a killed supervisor counts as none.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouseSettings } from '../clickhouse/client.js';
import { type DataFolder, dataFolder } from './folder.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';

export interface RunningPart {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
  readonly log: string;
}

export interface StackEndpoints {
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly clickhouse: ClickHouseSettings;
  readonly clickhouseReader: ClickHouseSettings;
  readonly clickhouseAdmin: ClickHouseSettings;
  /** Where people log in with their roles. */
  readonly gateUrl: string;
}

export interface StackState extends StackEndpoints {
  readonly supervisor: ProcessIdentity;
  readonly startedAt: string;
  readonly parts: readonly RunningPart[];
}

/** The stack that runs in the folder, or null. */
export function findStack(dataPath: string): StackState | null {
  const state = read(stateFile(dataFolder(dataPath)));
  return state !== null && isRunning(state.supervisor) ? state : null;
}

export function publishState(folder: DataFolder, state: StackState): void {
  const path = stateFile(folder);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export function withdrawState(folder: DataFolder): void {
  rmSync(stateFile(folder), { force: true });
}

function stateFile(folder: DataFolder): string {
  return join(folder.run, 'stack.json');
}

function read(path: string): StackState | null {
  try {
    const state: StackState = JSON.parse(readFileSync(path, 'utf8'));
    return state;
  } catch {
    return null;
  }
}
