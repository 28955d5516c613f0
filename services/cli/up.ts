// keyhole up: the local stack on a data folder, either as long as this command runs (--foreground) or under a supervisor
// that is left behind once all parts are healthy; with it the process that seals what is stored. How a part is started is
// platform/stack's business.

import { join } from 'node:path';
import type { Command } from 'commander';
import { KeyholeError } from '../core/errors.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { DEFAULT_DATA_PATH } from '../platform/stack/database.js';
import { forgetFailure, recordFailure } from '../platform/stack/failure.js';
import { makeDataFolder } from '../platform/stack/folder.js';
import { type Stack, startStack } from '../platform/stack/stack.js';
import { findStack } from '../platform/stack/state.js';
import { type Reporting, reporting, startDetached } from '../platform/stack/supervisor.js';
import { renderParts } from './stack-table.js';
import { type Sealer, startSealer } from './up/sealer.js';

interface UpOptions {
  readonly foreground?: boolean;
  readonly seal: boolean;
  readonly data: string;
}

export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the local stack: Kafka, schema registry, ClickHouse')
    .option('--foreground', 'stay, and stop the stack when this command ends, however it ends')
    .option('--no-seal', 'without the process that seals what is stored, a pass a minute')
    .option('--data <path>', 'data folder, kept between runs', DEFAULT_DATA_PATH)
    .action((options: UpOptions) => (options.foreground ? foreground(options) : background(options)));
}

async function background({ data, seal }: UpOptions): Promise<void> {
  const running = findStack(data);
  if (running === null) {
    const program = [join(__dirname, 'main.js'), 'up', '--foreground', '--data', data];
    if (!seal) program.push('--no-seal');
    await startDetached(data, program, (line) => process.stderr.write(`${line}\n`));
  } else process.stderr.write('the stack is already running\n');
  const state = findStack(data);
  if (state === null)
    throw new KeyholeError('stack_failed', 'the stack stopped as soon as it was up', { retriable: true });
  process.stdout.write(`${renderParts(state.parts.map((part) => ({ ...part, health: 'healthy' })))}\n`);
}

async function foreground({ data, seal }: UpOptions): Promise<void> {
  const report = reporting();
  const shutdown = onShutdown((name) => report.line(`${name}: stopping the stack`));
  const ending = AbortSignal.any([shutdown.signal, report.abandoned]);
  try {
    const stack = await start(data, report, ending);
    report.ready(renderParts(stack.parts.map((part) => ({ ...part, health: 'healthy' }))));
    const sealer = seal ? startSealer(data) : null;
    await superviseUntil(ending, stack, { data, sealer });
  } catch (error) {
    if (error instanceof Error) report.failed(error.message);
    process.exitCode = 1;
  } finally {
    if (process.connected) process.disconnect();
    shutdown.release();
  }
}

async function start(data: string, report: Reporting, ending: AbortSignal): Promise<Stack> {
  const folder = makeDataFolder(data);
  // Half a stack needs no order in its end: the parts go with this process.
  const giveUp = (): void => process.exit(1);
  ending.addEventListener('abort', giveUp);
  const stack = await startStack({ dataPath: data, holder: 'keyhole up', say: report.line });
  ending.removeEventListener('abort', giveUp);
  forgetFailure(folder);
  return stack;
}

interface Supervised {
  readonly data: string;
  readonly sealer: Sealer | null;
}

async function superviseUntil(ending: AbortSignal, stack: Stack, { data, sealer }: Supervised): Promise<void> {
  const ended = new Promise<null>((resolve) => {
    if (ending.aborted) resolve(null);
    else ending.addEventListener('abort', () => resolve(null), { once: true });
  });
  const failure = await Promise.race([stack.failed, ended]);
  await sealer?.stop();
  await stack.stop();
  if (failure === null) return;
  recordFailure(makeDataFolder(data), failure.message);
  throw failure;
}
