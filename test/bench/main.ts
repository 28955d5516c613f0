// The bench's story: one stack, one judged history, one backlog; then section by section, each figure beside its floor. Progress goes
// to standard error; standard output gets a table and, last, one line of JSON. Exit 1 when a section could not be measured.

import { rmSync } from 'node:fs';
import { UsageError } from '../../services/core/errors.js';
import { HELP, parseOptions } from './options.js';
import { jsonLine, table } from './report.js';
import { openRig } from './rig.js';
import { measure } from './sections.js';

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
  const rig = await openRig(say);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) return;
      stop.abort();
      say('stopping: ending what was started');
      // Not even a stack that refuses to end may keep its files and its caller.
      setTimeout(() => {
        rmSync(rig.folder, { recursive: true, force: true });
        process.exit(130);
      }, 25_000).unref();
      void rig.close().finally(() => process.exit(130));
    });
  }
  try {
    const figures = await measure(rig, options, say);
    if (stop.signal.aborted) return await new Promise<number>(() => undefined);
    process.stdout.write(table(figures));
    process.stdout.write(`${jsonLine(figures, performance.now() - began)}\n`);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return await new Promise<number>(() => undefined);
    throw error;
  } finally {
    if (!stop.signal.aborted) await rig.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'the bench failed'}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
