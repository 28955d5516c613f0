// A part of the local stack as a child process: started with its output in a log file, watched until healthy, tied to
// this process by its lifeline, and stopped. Decides when a start has failed and what is shown of its log; knows no part by name.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyholeError } from '../../core/errors.js';
import { lastLines } from './log-file.js';

export interface PartOptions {
  /** As people say it: `Kafka`. */
  readonly name: string;
  /** A program of ours that holds the lifeline: compiled file and arguments. */
  readonly program: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly logPath: string;
  readonly startTimeoutMs: number;
  /** Asked until it answers true; a rejection counts as "not yet". */
  healthy(): Promise<boolean>;
}

export interface Part {
  readonly name: string;
  /** The process that does the work. */
  readonly pid: number;
  readonly logPath: string;
  /** Resolves when the part has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** The error to report when a part ended that nobody stopped. */
  deathNotice(): KeyholeError;
  stop(): Promise<void>;
}

const POLL_MS = 50;
const STOP_TIMEOUT_MS = 20_000;
const SHOWN_LINES = 20;

/** Resolves once healthy. Throws KeyholeError('stack_failed') with the log's last lines when the part ends or takes too long. */
export async function startPart(options: PartOptions): Promise<Part> {
  const child = launch(options);
  const state = { ended: false, killed: false, how: '' };
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      state.how = error.message;
      state.ended = true;
      resolve();
    });
    child.once('exit', (code, signal) => {
      state.how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      state.killed = signal !== null;
      state.ended = true;
      resolve();
    });
  });
  const lifeline = child.stdio[3] as Duplex;
  lifeline.on('error', () => undefined);
  const workerPid = readPid(lifeline, child.pid ?? 0);
  const failure = (what: string): KeyholeError =>
    new KeyholeError('stack_failed', `${options.name} ${what}${tail(options.logPath)}`, { retriable: false });

  const stop = async (): Promise<void> => {
    child.stdin?.destroy();
    lifeline.destroy();
    await Promise.race([ended, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    if (!state.ended) child.kill('SIGKILL');
    await ended;
    if (state.killed) killIfLeft(await workerPid, child.pid ?? 0);
  };

  const deadline = Date.now() + options.startTimeoutMs;
  while (!state.ended && !(await options.healthy().catch(() => false))) {
    if (Date.now() > deadline) {
      await stop();
      throw failure(`did not become healthy within ${options.startTimeoutMs / 1000} s`);
    }
    await Promise.race([ended, delay(POLL_MS)]);
  }
  if (state.ended) throw failure(`ended while starting (${state.how})`);
  const pid = await workerPid;
  // A wrapper that was killed cannot end what it wrapped.
  void ended.then(() => {
    if (state.killed) killIfLeft(pid, child.pid ?? 0);
  });
  return {
    name: options.name,
    pid,
    logPath: options.logPath,
    ended,
    deathNotice: () => failure(`ended unexpectedly (${state.how})`),
    stop,
  };
}

function launch(options: PartOptions): ChildProcess {
  const log = openSync(options.logPath, 'a', 0o600);
  try {
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops its parts in order.
    return spawn(process.execPath, [...options.program], {
      stdio: ['pipe', log, log, 'pipe'],
      env: options.env,
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

function readPid(lifeline: Duplex, fallback: number): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    lifeline.setEncoding('utf8');
    lifeline.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(Number(text.split('\n')[0]));
    });
    lifeline.once('close', () => resolve(fallback));
  });
}

function killIfLeft(pid: number, wrapperPid: number): void {
  if (pid === wrapperPid || pid === 0) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone, as it should be.
  }
}

function tail(logPath: string): string {
  const lines = lastLines(logPath, SHOWN_LINES);
  const shown = lines.length === 0 ? ' wrote nothing' : ` ends:\n${lines.map((line) => `  | ${line}`).join('\n')}`;
  return `; its log ${logPath}${shown}`;
}
