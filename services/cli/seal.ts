// keyhole seal: signs what no feed can reach any more, hour by hour, and amends what came later. Once, or with --follow for as long as
// it is let: then it waits for parts that are not there yet, as `keyhole score` does. Decides up to when; how is pipeline/evidence.

import type { Command } from 'commander';
import { readSettings } from '../platform/config/settings.js';
import { createLogger, type Logger } from '../platform/log/logger.js';
import { createOutages } from '../platform/log/outages.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { onceThere, sleep } from '../platform/shutdown/wait.js';
import { say } from '../platform/terminal/output.js';
import { createProgress } from '../platform/terminal/progress.js';
import { type EvidenceContext, holdsDigests, keyToSeal, openEvidence } from './evidence/context.js';
import { sealOnce } from './evidence/seal-once.js';

interface Flags {
  readonly all?: boolean;
  readonly newKey?: boolean;
  readonly follow?: boolean;
  readonly data?: string;
}

const PAUSE_MS = 60_000;
const AFTER_FAILURE_MS = 10_000;

export function registerSeal(program: Command): void {
  program
    .command('seal')
    .description('sign what is stored, hour by hour, in a chain of digests; what comes later is amended')
    .option('--all', 'up to the newest access that was read, not only what no feed can reach in the ordinary way')
    .option('--follow', 'go on until told to stop, a pass a minute')
    .option('--new-key', 'make the key where there is none')
    .option('--data <path>', 'data folder (default: settings, else .keyhole)')
    .action((flags: Flags) => (flags.follow === true ? follow(flags) : once(flags)));
}

async function once(flags: Flags): Promise<void> {
  const context = await openEvidence(flags.data);
  try {
    say(await pass(context, flags, say));
  } finally {
    await context.close();
  }
}

async function pass(context: EvidenceContext, flags: Flags, tell: (line: string) => void): Promise<string> {
  const isSealed = await holdsDigests(context.database.clickhouse);
  const key = keyToSeal(context, { isSealed, mayMake: flags.newKey === true, say: tell });
  const progress = flags.follow === true ? {} : { progress: createProgress() };
  return await sealOnce(context, { key, all: flags.all === true, ...progress });
}

async function follow(flags: Flags): Promise<void> {
  const log = createLogger('seal', { level: readSettings(process.env).logLevel });
  const { signal, release } = onShutdown((name) => log.info({ signal: name }, 'stopping after this pass'));
  try {
    const context = await onceThere(() => openEvidence(flags.data), { outages: createOutages(log), signal });
    if (context === null) return;
    try {
      await passes(context, { flags, log, signal });
    } finally {
      await context.close();
    }
  } finally {
    release();
  }
}

interface Following {
  readonly flags: Flags;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What fails is tried again soon, and said once: a database that nobody has migrated yet fails every time. */
async function passes(context: EvidenceContext, { flags, log, signal }: Following): Promise<void> {
  let said = '';
  while (!signal.aborted) {
    try {
      log.info(await pass(context, flags, (line) => log.info(line)));
      said = '';
    } catch (error) {
      const why = error instanceof Error ? error.message : 'failed';
      if (why !== said) log.error({ error: why }, 'nothing was sealed; the next pass tries again');
      said = why;
    }
    await sleep(said === '' ? PAUSE_MS : AFTER_FAILURE_MS, signal);
  }
}
