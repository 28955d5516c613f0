// Whether a process still runs, waited for with a deadline.

import { setTimeout as delay } from 'node:timers/promises';
import { identify } from '../../../../services/platform/stack/process-identity.js';

/** True once none of the processes runs any more; false when the deadline passes first. */
export async function allEnded(pids: readonly number[], timeoutMs = 30_000): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (pids.some((pid) => identify(pid) !== null)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
