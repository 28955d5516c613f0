// When the judge works and up to where. The judge and the alignment are fakes; the loop ends by its signal.

import type { RoundSummary } from '../../services/pipeline/judge.js';
import { judgeForever } from '../../services/scorer/judging.js';

const idle: RoundSummary = { landings: 0, waiting: 0, sheets: 0, openFindings: 0, isUnfinished: false };
const busy: RoundSummary = { landings: 2, waiting: 0, sheets: 3, openFindings: 1, isUnfinished: false };

interface Step {
  readonly duty?: boolean;
  readonly frontierMs?: number;
  readonly summary?: RoundSummary;
}

/** Plays the steps, one for each look at the duty, and returns what happened. */
async function play(steps: readonly Step[]): Promise<string[]> {
  const story: string[] = [];
  const stop = new AbortController();
  let step: Step = {};
  const left = [...steps];
  await judgeForever({
    hasDuty: () => {
      step = left.shift() ?? {};
      if (left.length === 0) stop.abort();
      return step.duty ?? true;
    },
    align: async () => ({ frontierMs: step.frontierMs ?? Number.POSITIVE_INFINITY, lagEvents: 0, slowest: null }),
    createJudge: () => {
      story.push('judge');
      return {
        round: async (frontierMs) => {
          story.push(`round ${frontierMs}`);
          return step.summary ?? idle;
        },
      };
    },
    persist: (call) => call(),
    signal: stop.signal,
    idleMs: 0,
  });
  return story;
}

describe('the judge’s loop', () => {
  test('judges up to the frontier', async () => {
    expect(await play([{ frontierMs: 5 }, {}])).toEqual(['judge', 'round 5', 'round Infinity']);
  });

  test('does nothing without the duty, and begins with a fresh judge when the duty comes back', async () => {
    expect(await play([{ duty: false }, { summary: busy }, { duty: false }, {}])).toEqual([
      'judge',
      'round Infinity',
      'judge',
      'round Infinity',
    ]);
  });

  test('judges nothing while a partition that holds records has landed none', async () => {
    expect(await play([{ frontierMs: Number.NEGATIVE_INFINITY }, {}])).toEqual(['judge', 'round Infinity']);
  });
});
