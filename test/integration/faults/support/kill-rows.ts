// kill -9 at a named point: the scorer sends itself SIGKILL there, another takes over. The points are all places between consuming
// and committing, and between a duty and its being done, at which what was written so far could be taken for the whole.

import { until } from '../../support/stack.js';
import type { FaultRow } from './rows.js';
import { expectNoOffsetAhead } from './unharmed.js';

/** @param point as interpose.ts names it @param passing which passing of it kills */
export function killedAt(words: string, point: string, passing: number): FaultRow {
  return {
    fault: `kill -9 of the scorer ${words}`,
    async break(run) {
      const first = run.scorer({ faults: { at: point, passing } });
      await first.ended();
      expect([first.child.signalCode, point]).toEqual(['SIGKILL', point]);
      const acknowledged = await expectNoOffsetAhead(run);
      const began = performance.now();
      const second = run.scorer();
      await until('the second scorer has joined', async () => second.log().includes('joined the consumer group'));
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      return `killed with ${acknowledged} of ${run.bed.entries.length} records committed, all of them stored; the next joined ${seconds} s later`;
    },
  };
}

export const LANDING_POINTS: readonly FaultRow[] = [
  killedAt('after decode, nothing stored', 'decoded', 12),
  killedAt('after the context insert', 'inserted support_cases', 2),
  killedAt('after the access insert', 'inserted access_events', 3),
  killedAt('after the re-check of explanations', 'rechecked', 2),
  killedAt('after the duty row', 'duty', 3),
  killedAt('after the progress row', 'inserted progress', 3),
  killedAt('after dead letters were published', 'published dead-letters', 1),
  killedAt('before the commit', 'committing', 4),
  killedAt('after the commit', 'committed', 4),
];

export const JUDGE_POINTS: readonly FaultRow[] = [
  killedAt('that judges, after the buckets', 'inserted actor_days', 2),
  killedAt('that judges, after the findings', 'inserted findings', 1),
  killedAt('that judges, after the judgement row', 'inserted judgements', 1),
  killedAt('that judges, after publishing', 'published anomalies', 1),
  killedAt('that judges, before duties are done', 'fulfilling', 2),
];
