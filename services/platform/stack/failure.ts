// Why the stack in a folder is down although nobody asked for it: kept in PATH/run/failure.txt for `keyhole status`
// until the next start.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from './folder.js';

export function recordFailure(folder: DataFolder, message: string): void {
  writeFileSync(failureFile(folder), `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
}

export function forgetFailure(folder: DataFolder): void {
  rmSync(failureFile(folder), { force: true });
}

export function lastFailure(folder: DataFolder): string | null {
  try {
    return readFileSync(failureFile(folder), 'utf8').trim();
  } catch {
    return null;
  }
}

function failureFile(folder: DataFolder): string {
  return join(folder.run, 'failure.txt');
}
