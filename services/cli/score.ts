// `keyhole score`: runs one scoring consumer until it is told to stop. Decides where its settings come from and that it waits
// for parts that are not there yet.

import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { loadJudgingConfig } from '../pipeline/judging-config.js';
import { readSettings } from '../platform/config/settings.js';
import { createLogger } from '../platform/log/logger.js';
import { createOutages } from '../platform/log/outages.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { onceThere } from '../platform/shutdown/wait.js';
import { openStack } from '../platform/stack/database.js';
import { runScorer } from '../scorer/main.js';

export function registerScore(program: Command): void {
  program
    .command('score')
    .description('the scoring consumer: reads Kafka, stores, judges, publishes anomalies; any number may run')
    .option('--data <path>', 'data folder of a running stack (default: settings, else .keyhole)')
    .action(score);
}

/**
 * By how many percent the heap may grow between two full collections. Left alone, V8 lets garbage double the memory of a scorer that
 * has a backlog to land; the price is some processor time (docs/performance.md).
 */
const HEAP_GROWING_PERCENT = 50;

async function score(flags: { readonly data?: string }): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const settings = readSettings(process.env);
  const log = createLogger('score', { level: settings.logLevel });
  const judging = loadJudgingConfig(settings);
  const { signal, release } = onShutdown((name) => log.info({ signal: name }, 'stopping: storing what was read'));
  try {
    const outages = createOutages(log);
    const stack = await onceThere(() => openStack({ data: flags.data, env: process.env }), { outages, signal });
    if (stack === null) return;
    try {
      const { kafka, registry, clickhouse } = stack;
      await runScorer({ kafka, registry, clickhouse, config: settings, judging, log, signal });
    } finally {
      await stack.close();
    }
  } finally {
    release();
  }
}
