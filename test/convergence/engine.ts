// A scorer's engine on any stores: the pipeline's own lander and judge, every call of which waits for its turn.

import type { PartitionProgress } from '../../services/core/align/frontier.js';
import { createJudge } from '../../services/pipeline/judge.js';
import type { JudgingConfig } from '../../services/pipeline/judging-config.js';
import { createLander } from '../../services/pipeline/lander.js';
import type { FactStore } from '../../services/pipeline/store/fact-store.js';
import type { JudgeStore } from '../../services/pipeline/store/judge-store.js';
import type { Engine } from './machine/process.js';
import { JUDGE } from './machine/run.js';
import type { GiveTurn } from './machine/turns.js';
import type { MachineSpec } from './world/spec.js';

const CASE_BYTES = { on: 100_000, small: 1_000, off: 64 } as const;
const CACHE_BYTES = { on: 1e9, small: 20_000, off: 0 } as const;

export interface EngineOptions {
  readonly facts: FactStore;
  readonly judging: JudgeStore;
  readonly turn: GiveTurn;
  readonly config: JudgingConfig;
  readonly cache: MachineSpec['cache'];
  progress(): PartitionProgress[] | Promise<PartitionProgress[]>;
}

export function createEngine({ facts, judging, turn, config, cache, progress }: EngineOptions): Engine {
  const lander = createLander(facts, { caseBytes: CASE_BYTES[cache] });
  let turns = 0;
  const fresh = () =>
    createJudge(judging, {
      config,
      tell: (findings) => turn(`${JUDGE} tell`, () => void findings),
      isLive: true,
      maxCachedBytes: CACHE_BYTES[cache],
      // Whoever looks at the clock finds that a tenth of a second has passed: slices end, what was put off is due, without waiting.
      nowMs: () => 100 * turns++,
    });
  let judge = fresh();
  return {
    land: (input) => lander.land(input),
    recordProgress: (rows) => lander.recordProgress(rows),
    progress: () => turn(`${JUDGE} progress`, progress),
    async judge(frontierMs) {
      const { landings, sheets, isUnfinished } = await judge.round(frontierMs);
      return landings > 0 || sheets > 0 || isUnfinished;
    },
    forgetJudge() {
      judge = fresh();
    },
  };
}
