// keyhole down: ends the supervisor that `keyhole up` left in a data folder, and waits until its parts have ended too.
// Only ever signals the process that the folder's lock names, after making sure that it is still the same one.

import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { KeyholeError } from '../core/errors.js';
import { DEFAULT_DATA_PATH } from '../platform/stack/database.js';
import { dataFolder } from '../platform/stack/folder.js';
import { findHolder, type Holder } from '../platform/stack/lock.js';
import { isRunning } from '../platform/stack/process-identity.js';

const POLL_MS = 50;
const SAY_EVERY_MS = 2_000;
/** Parts are given twenty seconds to end in order; a supervisor that needs more is stuck. */
const PATIENCE_MS = 40_000;
const AFTER_KILL_MS = 20_000;

export function registerDown(program: Command): void {
  program
    .command('down')
    .description('stop the local stack; its data stay')
    .option('--data <path>', 'data folder', DEFAULT_DATA_PATH)
    .action((options: { data: string }) => down(options.data));
}

async function down(data: string): Promise<void> {
  const folder = dataFolder(data);
  const holder = findHolder(folder);
  if (holder === null) {
    process.stderr.write(`no stack runs in ${folder.path}\n`);
    return;
  }
  if (holder.what !== 'keyhole up')
    throw new KeyholeError(
      'stack_failed',
      `${folder.path} is in use by \`${holder.what}\` (process ${holder.owner.pid}), which \`keyhole up\` did not start: end that command itself`,
      { retriable: false },
    );
  process.kill(holder.owner.pid, 'SIGTERM');
  if (await hasEnded(holder, PATIENCE_MS)) return;
  if (isRunning(holder.owner)) process.kill(holder.owner.pid, 'SIGKILL');
  if (await hasEnded(holder, AFTER_KILL_MS)) return;
  const left = [holder.owner, ...holder.parts].filter(isRunning).map(({ pid }) => pid);
  throw new KeyholeError('stack_failed', `still running: process ${left.join(', ')}`, { retriable: true });
}

async function hasEnded(holder: Holder, patienceMs: number): Promise<boolean> {
  const began = Date.now();
  let saidAt = began;
  while ([holder.owner, ...holder.parts].some(isRunning)) {
    if (Date.now() - began > patienceMs) return false;
    if (Date.now() - saidAt >= SAY_EVERY_MS) {
      saidAt = Date.now();
      process.stderr.write(`stopping the stack (${Math.round((saidAt - began) / 1000)} s)\n`);
    }
    await delay(POLL_MS);
  }
  return true;
}
