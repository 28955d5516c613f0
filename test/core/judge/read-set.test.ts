// Which days a sheet reads: every kind says so truly, for its definition.

import { worldOf } from '../../../services/core/detections/cases/fold.js';
import { EPISODE_DAYS } from '../../../services/core/judge/budget.js';
import { kindOf } from '../../../services/core/judge/kinds.js';
import { levelRange } from '../../../services/core/judge/levels.js';
import { baselineRange, sheetRange, windowStart } from '../../../services/core/judge/read-set.js';
import type { World } from '../../../services/core/judge/world.js';
import { definitions } from '../../lab/run.js';

test('a baseline is the 28 whole days that ended at least 24 h before the window', () => {
  expect(baselineRange(100)).toEqual({ from: 71, to: 99 });
});

test('a window ends with its day, and a sheet reads its window and baseline', () => {
  expect(windowStart(100, 1)).toBe(100);
  expect(windowStart(100, 28)).toBe(73);
  expect(sheetRange(100, 28)).toEqual({ from: 44, to: 101 });
});

test('levels read four weeks that ended at least 24 h before, and an episode before them, as levels stood an episode ago', () => {
  expect(levelRange(100)).toEqual({ from: 98 - 27 - 2 * EPISODE_DAYS, to: 100 });
});

describe.each(definitions().map((definition) => [definition.id, definition] as const))('%s', (_id, definition) => {
  test('reads no day and no part but those that its kind names, and copes with an empty world', () => {
    const DAY = 20_600;
    const read = new Set<number>();
    const parts = new Set<string>();
    const asked = (part: string) => (day: number) => {
      parts.add(part);
      read.add(day);
      return undefined;
    };
    const world: World = {
      ...worldOf(new Map()),
      frame: asked('frames'),
      presence: asked('presence'),
      decisions: asked('decisions'),
      complaints: asked('complaints'),
      feeds: asked('feeds'),
    };
    const kind = kindOf(definition);
    expect(kind.judge(definition, DAY, world)).toEqual({ judged: 0, top: [], unscored: [] });
    const { from, to } = kind.rangeRead(definition, DAY);
    for (const day of read) {
      expect(day).toBeGreaterThanOrEqual(from);
      expect(day).toBeLessThan(to);
    }
    for (const part of parts) expect(kind.parts).toContain(part);
  });
});
