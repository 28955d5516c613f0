// keyhole seal: signs what no feed can reach any more, hour by hour, and amends what came later. Once, or with --follow for as long as
// it is let. Decides up to when; how is pipeline/evidence.

import type { Command } from 'commander';
import { readSettings } from '../platform/config/settings.js';
import { createLogger } from '../platform/log/logger.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { say } from '../platform/terminal/output.js';
import { createProgress } from '../platform/terminal/progress.js';
import { holdsDigests, keyToSeal, openEvidence } from './evidence/context.js';
import { sealOnce } from './evidence/seal-once.js';

interface Flags {
  readonly all?: boolean;
  readonly newKey?: boolean;
  readonly follow?: boolean;
  readonly data?: string;
}

const PAUSE_MS = 60_000;

export function registerSeal(program: Command): void {
  program
    .command('seal')
    .description('sign what is stored, hour by hour, in a chain of digests; what comes later is amended')
    .option('--all', 'up to the newest access that was read, not only what no feed can reach in the ordinary way')
    .option('--follow', 'go on until told to stop, a pass a minute')
    .option('--new-key', 'make the key where there is none')
    .option('--data <path>', 'data folder (default: settings, else .keyhole)')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const context = await openEvidence(flags.data);
  try {
    const isSealed = await holdsDigests(context.database.clickhouse);
    const key = keyToSeal(context, { isSealed, mayMake: flags.newKey === true, say });
    if (flags.follow !== true)
      return say(await sealOnce(context, { key, all: flags.all === true, progress: createProgress() }));
    const log = createLogger('seal', { level: readSettings(process.env).logLevel });
    const { signal, release } = onShutdown((name) => log.info({ signal: name }, 'stopping after this pass'));
    try {
      while (!signal.aborted) {
        try {
          log.info(await sealOnce(context, { key, all: flags.all === true }));
        } catch (error) {
          log.error(
            { error: error instanceof Error ? error.message : 'failed' },
            'nothing was sealed; the next pass tries again',
          );
        }
        await pause(PAUSE_MS, signal);
      }
    } finally {
      release();
    }
  } finally {
    await context.close();
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
