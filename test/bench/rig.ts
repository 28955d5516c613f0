// What every measurement stands on: one real stack in a temporary folder, the processes started on it, and their end. Whatever
// happens, nothing outlives the bench: the stack hangs on this process, other processes are ended by their ids.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClickHouseSettings } from '../../services/platform/clickhouse/client.js';
import { createOffsets, type Offsets } from '../../services/platform/kafka/offsets.js';
import { silentLogger } from '../../services/platform/log/logger.js';
import { type Stack, startStack } from '../../services/platform/stack/stack.js';

export interface Rig {
  readonly folder: string;
  readonly stack: Stack;
  readonly offsets: Offsets;
  /** As a user of our tools would: may create databases. */
  settingsOf(database: string): ClickHouseSettings;
  pidOf(part: 'ClickHouse' | 'Kafka'): number;
  /** A Node program of this build (path below its root), its standard error read line by line. */
  start(program: string, args: readonly string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void): Running;
  close(): Promise<void>;
}

export interface Running {
  readonly pid: number;
  /** Resolves with the exit code, -1 where a signal ended it. */
  readonly ended: Promise<number>;
  readonly stdout: Promise<string>;
  end(signal?: NodeJS.Signals): void;
}

const ROOT = join(__dirname, '..', '..');

export async function openRig(folder: string, say: (line: string) => void): Promise<Rig> {
  const children = new Set<ChildProcess>();
  const stack = await startStack({ dataPath: join(folder, 'data'), holder: 'bench', say });
  const offsets = createOffsets({ brokers: stack.kafkaBrokers }, { log: silentLogger });
  return {
    folder,
    stack,
    offsets,
    settingsOf: (database) => ({ ...stack.clickhouse, database }),
    pidOf(name) {
      const part = stack.parts.find((one) => one.name === name);
      if (part === undefined) throw new Error(`the stack has no ${name}`);
      return part.pid;
    },
    start(program, args, env, onLine) {
      const child = spawn(process.execPath, [join(ROOT, program), ...args], {
        env: { ...cleanEnv(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C reaches the bench alone, which then ends what it started in order.
        detached: true,
      });
      children.add(child);
      return watched(child, onLine, () => children.delete(child));
    },
    async close() {
      const ending = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(ending);
      await offsets.close();
      await stack.stop();
    },
  };
}

function watched(child: ChildProcess, onLine: (line: string) => void, gone: () => void): Running {
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  if (child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      gone();
      resolve(code ?? -1);
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    stdout: ended.then(() => stdout),
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
    },
  };
}

function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEYHOLE_')));
}
