// Where things lie in a data folder (`--data PATH`), and that it is ours alone to read. Nothing here opens any of them.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../core/errors.js';
import { systemCode } from './system-error.js';

export interface DataFolder {
  readonly path: string;
  readonly clickhouse: string;
  readonly kafka: string;
  readonly registry: string;
  readonly logs: string;
  /** Addresses, passwords and the lock of what runs now: worthless once it has stopped. */
  readonly run: string;
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    path: root,
    clickhouse: join(root, 'clickhouse'),
    kafka: join(root, 'kafka'),
    registry: join(root, 'registry'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
  };
}

/** Makes the folder and its parts, readable by their owner only. Throws UsageError where that is impossible. */
export function makeDataFolder(path: string): DataFolder {
  const folder = dataFolder(path);
  for (const part of Object.values(folder)) {
    try {
      mkdirSync(part, { recursive: true, mode: 0o700 });
    } catch (error) {
      const code = systemCode(error) ?? 'failed';
      throw new UsageError(`--data: the folder ${part} cannot be made (${code}); name one that you may write to`);
    }
  }
  return folder;
}
