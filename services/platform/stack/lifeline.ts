// The lifeline of a part: a pipe on descriptor 3 that the supervisor holds open. When it closes, however the
// supervisor ended, the part ends too. Also how a part tells the pid that does the work. Knows nothing of what the part is.

import { Socket } from 'node:net';

export const LIFELINE_FD = 3;

/** Called in the part's process. `cut` runs once, when the supervisor is gone or wants the part to end. */
export function holdLifeline(workerPid: number, cut: () => void): void {
  const socket = new Socket({ fd: LIFELINE_FD, readable: true, writable: true });
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    cut();
  };
  socket.on('end', once).on('close', once).on('error', once);
  socket.resume();
  socket.write(`${workerPid}\n`);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, once);
}
