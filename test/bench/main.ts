// The bench's story: one stack, one judged history, one backlog; then section by section, each figure beside its floor. Progress goes
// to standard error; standard output gets a table and, last, one line of JSON. Exit 1 when a section could not be measured.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../services/core/errors.js';
import { HELP, parseOptions } from './options.js';
import { jsonLine, table } from './report.js';
import { openRig, type Rig } from './rig.js';
import { measure } from './sections.js';

const PATIENCE_MS = 40_000;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const began = performance.now();
  const say = (line: string): void => {
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  const folder = mkdtempSync(join(tmpdir(), 'keyhole-bench-'));
  const opening = openRig(folder, say);
  const stop = endOnSignal(folder, opening, say);
  let rig: Rig | null = null;
  try {
    rig = await opening;
    const figures = await measure(rig, options, say);
    process.stdout.write(table(figures));
    process.stdout.write(`${jsonLine(figures, performance.now() - began)}\n`);
    return 0;
  } finally {
    // What was asked to stop ends the process itself, once all is ended.
    if (stop.aborted) await new Promise<never>(() => undefined);
    await rig?.close();
    remove(folder);
  }
}

/** Ctrl-C, at any moment, ends what was started and leaves no file. */
function endOnSignal(folder: string, opening: Promise<Rig>, say: (line: string) => void): AbortSignal {
  const stop = new AbortController();
  const leave = (): void => {
    remove(folder);
    process.exit(130);
  };
  const ended = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    say('stopping: ending what was started');
    // Not even a stack that refuses to end may keep its caller.
    setTimeout(leave, PATIENCE_MS).unref();
    opening.then((rig) => rig.close()).then(leave, leave);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, ended);
  return stop.signal;
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'the bench failed'}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
