// When the judge works and up to where. The judge and the alignment are fakes; the loop ends by its signal.

import type { RoundSummary } from '../../services/pipeline/judge.js';
import { judgeForever } from '../../services/scorer/judging.js';

const idle: RoundSummary = {
  landings: 0,
  waiting: 0,
  sheets: 0,
  openFindings: 0,
  isUnfinished: false,
  isResting: false,
};
const busy: RoundSummary = {
  landings: 2,
  waiting: 0,
  sheets: 3,
  openFindings: 1,
  isUnfinished: false,
  isResting: false,
};

interface Step {
  readonly duty?: boolean;
  readonly frontierMs?: number;
  readonly summary?: RoundSummary;
  readonly lagEvents?: number;
  /** what the clock says */
  readonly atMs?: number;
}

/** Plays the steps, one for each look at the duty, and returns what happened; its sleeps, too, where asked. */
async function play(steps: readonly Step[], { tellsSleeps = false } = {}): Promise<string[]> {
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
    align: async () => ({
      frontierMs: step.frontierMs ?? Number.POSITIVE_INFINITY,
      lagEvents: step.lagEvents ?? 0,
      slowest: null,
    }),
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
    landed: {
      ring: () => undefined,
      sleep: async (ms) => {
        if (tellsSleeps) story.push(`sleep ${ms}`);
      },
    },
    signal: stop.signal,
    idleMs: 10,
    nowMs: () => step.atMs ?? 0,
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

  test('goes on at once while there is more to judge, and sleeps until the next landing where that can wait for news', async () => {
    const more = { ...idle, isUnfinished: true };
    const resting = { ...more, isResting: true };
    const round = 'round Infinity';
    expect(
      await play([{ summary: busy }, { summary: more }, { summary: resting }, { summary: idle }], {
        tellsSleeps: true,
      }),
    ).toEqual(['judge', round, round, round, 'sleep 10', round, 'sleep 10']);
  });

  describe('with a backlog', () => {
    const at = (seconds: number, lagEvents: number): Step => ({ atMs: seconds * 1000, lagEvents, frontierMs: seconds });

    test('rests at first, and then judges beside it', async () => {
      expect(await play([at(0, 900_000), at(14, 800_000), at(16, 790_000), at(17, 780_000)])).toEqual([
        'judge',
        'round 16',
      ]);
    });

    test('waits for the end of a backlog that will soon be gone, and judges once it is', async () => {
      expect(await play([at(0, 500_000), at(16, 100_000), at(19, 40_000), at(21, 0)])).toEqual(['judge', 'round 21']);
    });

    test('does not wait longer than a minute more, whatever the pace promises', async () => {
      expect(await play([at(0, 500_000), at(16, 100_000), at(76, 90_000), at(77, 90_000)])).toEqual([
        'judge',
        'round 76',
      ]);
    });

    test('does not wait for a backlog that grows', async () => {
      expect(await play([at(0, 30_000), at(16, 40_000), at(17, 40_000)])).toEqual(['judge', 'round 16']);
    });
  });
});
