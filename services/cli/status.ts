// keyhole status: what runs in a data folder and whether it answers; with --settled, waits until everything published has
// been read and judged. How lag is counted is platform/stack's business.

import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { KeyholeError } from '../core/errors.js';
import { readSettings } from '../platform/config/settings.js';
import { DEFAULT_DATA_PATH, type OpenStack, openStack } from '../platform/stack/database.js';
import { answers } from '../platform/stack/engine.js';
import { lastFailure } from '../platform/stack/failure.js';
import { dataFolder } from '../platform/stack/folder.js';
import { kafkaAnswers } from '../platform/stack/kafka.js';
import { findHolder } from '../platform/stack/lock.js';
import { registryAnswers } from '../platform/stack/registry.js';
import { type Backlog, isSettled, readBacklog } from '../platform/stack/settled.js';
import { findStack, type StackState } from '../platform/stack/state.js';
import { type PartRow, renderLogins, renderParts } from './stack-table.js';

interface StatusOptions {
  readonly data?: string;
  readonly settled?: boolean;
  readonly timeout: number;
}

const POLL_MS = 250;
const SAY_EVERY_MS = 2_000;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('what runs, where, and whether it is healthy')
    .option('--data <path>', `data folder (default ${DEFAULT_DATA_PATH})`)
    .option('--settled', 'wait until lag is zero and nothing waits to be judged; exit 1 if that takes too long')
    .option('--timeout <seconds>', 'how long --settled waits', seconds, 600)
    .action((options: StatusOptions) => (options.settled ? settle(options) : show(options.data ?? DEFAULT_DATA_PATH)));
}

async function show(data: string): Promise<void> {
  const state = findStack(data);
  if (state === null) throw notRunning(data);
  const rows = await Promise.all(
    state.parts.map(async (part): Promise<PartRow> => {
      const healthy = await health(part.name, state).catch(() => false);
      return { ...part, health: healthy ? 'healthy' : 'no answer' };
    }),
  );
  process.stdout.write(`${renderParts(rows)}\n${renderLogins(state.gateUrl, dataFolder(data).path)}\n`);
  if (rows.some((row) => row.health !== 'healthy')) process.exitCode = 1;
}

function health(name: string, state: StackState): Promise<boolean> {
  if (name === 'ClickHouse') return answers(state.clickhouse);
  if (name === 'Kafka') return kafkaAnswers(state.kafkaBrokers);
  return registryAnswers(state.registryUrl);
}

function notRunning(data: string): KeyholeError {
  const folder = dataFolder(data);
  const holder = findHolder(folder);
  const failure = lastFailure(folder);
  const why =
    holder !== null
      ? `; \`${holder.what}\` (process ${holder.owner.pid}) is at work there`
      : failure !== null
        ? `; it failed: ${failure}`
        : '; start it with `keyhole up`';
  return new KeyholeError('stack_failed', `no stack runs in ${folder.path}${why}`, { retriable: true });
}

async function settle(options: StatusOptions): Promise<void> {
  const { groupId } = readSettings(process.env);
  const stack = await openStack({ data: options.data, env: process.env });
  try {
    const began = Date.now();
    let saidAt = began;
    for (;;) {
      const waitsFor = await look(stack, groupId);
      if (waitsFor === null) break;
      if (Date.now() - began >= options.timeout * 1000)
        throw new KeyholeError('stack_failed', `not settled after ${options.timeout} s: ${waitsFor}`, {
          retriable: true,
        });
      if (Date.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = Date.now();
        process.stderr.write(`${waitsFor}\n`);
      }
      await delay(POLL_MS);
    }
    process.stdout.write('settled: lag 0, nothing waits to be judged\n');
  } finally {
    await stack.close();
  }
}

/** What is still to come, or null. A part that is away for a moment (a broker that just came back) is waited for too. */
async function look(stack: OpenStack, groupId: string): Promise<string | null> {
  try {
    const backlog = await readBacklog(stack.kafka, stack.clickhouse, groupId);
    return isSettled(backlog) ? null : describe(backlog);
  } catch (error) {
    if (error instanceof KeyholeError && error.retriable) return error.message;
    throw error;
  }
}

function describe({ lag, waiting, missingTopics }: Backlog): string {
  const missing =
    missingTopics.length > 0 ? `, no topic yet for ${missingTopics.join(', ')} (\`keyhole migrate\`)` : '';
  return `lag ${lag}, ${waiting} landed batches wait to be judged${missing}`;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === '') throw new InvalidArgumentError('a number of seconds');
  return value;
}
