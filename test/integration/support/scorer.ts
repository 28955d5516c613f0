// A scorer in the test's own process, on the integration stack.

import { loadJudgingConfig } from '../../../services/pipeline/judging-config.js';
import { readSettings } from '../../../services/platform/config/settings.js';
import { silentLogger } from '../../../services/platform/log/logger.js';
import { runScorer } from '../../../services/scorer/main.js';
import type { FreshDatabase, IntegrationStack } from './stack.js';

export interface RunningScorer {
  /** Asks for a graceful stop and resolves once it has ended; throws what it ended with. */
  stop(): Promise<void>;
}

export function startScorer(stack: IntegrationStack, database: FreshDatabase, groupId: string): RunningScorer {
  const stop = new AbortController();
  const ended = runScorer({
    kafka: stack.kafka,
    registry: stack.registry,
    clickhouse: database.clickhouse,
    config: readSettings({ KEYHOLE_GROUP_ID: groupId }),
    judging: loadJudgingConfig({ alertBudget: 2 }),
    log: silentLogger,
    signal: stop.signal,
  });
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}
