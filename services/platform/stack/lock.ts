// One owner of a data folder at a time: the lock names the process that holds it and the parts it runs, so that a lock left
// by a killed process is taken over once its parts have ended too. Knows nothing of what the owner does.

import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyholeError } from '../../core/errors.js';
import type { DataFolder } from './folder.js';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';
import { systemCode } from './system-error.js';

export interface FolderLock {
  /** Adds a part to wait for, should this process be killed. */
  note(pid: number): void;
  release(): void;
}

export interface Holder {
  readonly what: string;
  readonly owner: ProcessIdentity;
  readonly parts: readonly ProcessIdentity[];
}

const POLL_MS = 50;
/** A command that only asks a question is soon done. */
const PATIENCE_MS = 4_000;
/** Longer than any part takes to end after its supervisor was killed. */
const ORPHANS_MS = 20_000;

/** Throws KeyholeError('stack_failed', retriable) naming the holder. `what` is the command as people typed it. */
export async function lockFolder(folder: DataFolder, what: string): Promise<FolderLock> {
  const path = lockFile(folder);
  const owner = identify(process.pid);
  if (owner === null) throw new Error('this process cannot be identified');
  const began = Date.now();
  for (;;) {
    if (create(path, { what, owner, parts: [] })) return hold(path, { what, owner, parts: [] });
    const holder = read(path);
    if (holder === null) continue;
    const waitedMs = Date.now() - began;
    if (isRunning(holder.owner)) {
      if (waitedMs > PATIENCE_MS) throw inUse(folder, holder);
    } else if (holder.parts.some(isRunning)) {
      if (waitedMs > ORPHANS_MS) throw orphaned(folder, holder);
    } else {
      removeStale(path, holder);
      continue;
    }
    await delay(POLL_MS);
  }
}

/** Who works in the folder at this moment, or null. */
export function findHolder(folder: DataFolder): Holder | null {
  const holder = read(lockFile(folder));
  return holder !== null && isRunning(holder.owner) ? holder : null;
}

function lockFile(folder: DataFolder): string {
  return join(folder.run, 'lock.json');
}

function hold(path: string, first: Holder): FolderLock {
  let holder = first;
  return {
    note(pid) {
      const part = identify(pid);
      if (part === null) return;
      holder = { ...holder, parts: [...holder.parts, part] };
      const draft = writeDraft(path, holder);
      renameSync(draft, path);
    },
    release() {
      if (read(path)?.owner.began === holder.owner.began) rmSync(path, { force: true });
    },
  };
}

/** A link to a finished file: nobody ever sees half a lock. */
function create(path: string, holder: Holder): boolean {
  const draft = writeDraft(path, holder);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(path: string, holder: Holder): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  return draft;
}

/** Moves the lock away, and back if another process had meanwhile replaced it. */
function removeStale(path: string, stale: Holder): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(path, aside);
    const moved = read(aside);
    if (moved !== null && JSON.stringify(moved) !== JSON.stringify(stale)) linkSync(aside, path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(readFileSync(path, 'utf8'));
    return holder;
  } catch {
    return null;
  }
}

function inUse(folder: DataFolder, holder: Holder): KeyholeError {
  return new KeyholeError(
    'stack_failed',
    `${folder.path} is in use by \`${holder.what}\` (process ${holder.owner.pid}): wait for it to end, or start the stack ` +
      `there with \`keyhole up --data ${folder.path}\`, which any number of commands may share`,
    { retriable: true },
  );
}

function orphaned(folder: DataFolder, holder: Holder): KeyholeError {
  const pids = holder.parts.filter(isRunning).map((part) => part.pid);
  return new KeyholeError(
    'stack_failed',
    `${folder.path} was left by \`${holder.what}\`, and of its parts still run: process ${pids.join(', ')}; end them and try again`,
    { retriable: true },
  );
}
