// A supervisor that outlives the command that asked for it: `keyhole up` starts one in a session of its own and leaves once
// all is healthy. The two speak over Node's channel: lines to show, then `ready` or `failed`. Until then the supervisor
// ends with the command; afterwards with `keyhole down`, or when a part dies.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import { type DataFolder, makeDataFolder } from './folder.js';
import { rotateLog } from './log-file.js';

type Message = { readonly kind: 'line' | 'failed'; readonly text: string } | { readonly kind: 'ready' };

/** Where a supervisor's words go: to the command that started it while that listens, else to its own standard error. */
export interface Reporting {
  line(text: string): void;
  /** `text` is for a supervisor that nobody started: the command that did has words of its own. */
  ready(text: string): void;
  failed(text: string): void;
  /** Aborted when the command that started this process has gone before `ready`. */
  readonly abandoned: AbortSignal;
}

/** `program`: this command line tool's main file and the arguments that run it in the foreground. */
export async function startDetached(
  dataPath: string,
  program: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const folder = makeDataFolder(dataPath);
  const log = openLog(folder);
  const child = spawn(process.execPath, [...program], { stdio: ['ignore', log, log, 'ipc'], detached: true });
  closeSync(log);
  const interrupted = (): void => {
    child.kill('SIGTERM');
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (text: string): void => reject(new KeyholeError('stack_failed', text, { retriable: false }));
      child.on('message', (message: Message) => {
        if (message.kind === 'line') say(message.text);
        else if (message.kind === 'failed') fail(message.text);
        else resolve();
      });
      child.once('error', (error) => fail(`the supervisor could not be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        fail(`the supervisor ended (${signal ?? `exit code ${code}`}); see ${supervisorLog(folder)}`);
      });
    });
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

export function reporting(): Reporting {
  const gone = new AbortController();
  const toSelf = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const send = (message: Message, text: string): void => {
    if (process.connected && process.send) process.send(message);
    else toSelf(text);
  };
  let isReady = false;
  process.once('disconnect', () => {
    if (!isReady) gone.abort();
  });
  return {
    line: (text) => send({ kind: 'line', text }, text),
    ready: (text) => {
      isReady = true;
      send({ kind: 'ready' }, text);
    },
    failed: (text) => {
      send({ kind: 'failed', text }, `error: ${text}`);
    },
    abandoned: gone.signal,
  };
}

function openLog(folder: DataFolder): number {
  rotateLog(supervisorLog(folder));
  return openSync(supervisorLog(folder), 'a', 0o600);
}

function supervisorLog(folder: DataFolder): string {
  return join(folder.logs, 'supervisor.log');
}
