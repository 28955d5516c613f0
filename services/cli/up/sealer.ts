// The sealer of a local stack: a process of its own beside the stack's parts, tied to whoever started it. Decides that a stack goes on
// without it: it is started again a while after it ended, and its log says why.

import { join } from 'node:path';
import { projectRoot } from '../../platform/root.js';
import { sleep } from '../../platform/shutdown/wait.js';
import { dataFolder } from '../../platform/stack/folder.js';
import { type Part, startPart } from '../../platform/stack/part.js';

export interface Sealer {
  stop(): Promise<void>;
}

const AGAIN_AFTER_MS = 10_000;
const TETHER = join(__dirname, '..', '..', 'platform', 'stack', 'tether.js');

export function startSealer(data: string): Sealer {
  const stopping = new AbortController();
  let part: Part | null = null;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      part = await start(data).catch(() => null);
      if (stopping.signal.aborted) await part?.stop();
      await part?.ended;
      await sleep(AGAIN_AFTER_MS, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await part?.stop();
      await running;
    },
  };
}

const start = (data: string): Promise<Part> =>
  startPart({
    name: 'the sealer',
    program: [
      TETHER,
      ...['5000', process.execPath, join(projectRoot, 'bin', 'keyhole.js')],
      ...['seal', '--follow', '--new-key', '--data', data],
    ],
    env: process.env,
    logPath: join(dataFolder(data).logs, 'sealer.log'),
    startTimeoutMs: 10_000,
    healthy: async () => true,
  });
