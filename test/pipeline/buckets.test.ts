// Rows that were put into the frames in memory and are still on their way into the database: nothing that is read back meanwhile may
// take them away again. The store is a fake, so that a write can be kept waiting.

import { setTimeout as delay } from 'node:timers/promises';
import { createNames } from '../../services/core/judge/names.js';
import type { Day } from '../../services/core/time.js';
import { recomputeBuckets } from '../../services/pipeline/buckets.js';
import { DayFrames } from '../../services/pipeline/day-frames.js';
import type { ActorDay, ActorDayColumns, JudgeStore } from '../../services/pipeline/store/judge-store.js';
import { toFrameColumns } from '../../services/pipeline/store/judge-store-days.js';
import { Touched } from '../../services/pipeline/touched.js';

const BEFORE = 5n;
const NOW = 9n;
const DAYS: readonly Day[] = [100, 101, 102];
const WRITE_MS = 20;

/** Days of one actor, whose events make NOW of what is stored as BEFORE; a write takes a while. */
function slowStore() {
  const stored = new Map(DAYS.map((day) => [day, BEFORE]));
  const store: Pick<JudgeStore, 'computeActorDays' | 'writeActorDays' | 'dayVersions' | 'readDay'> = {
    computeActorDays: async ({ actors, from }) =>
      actors.map((actor_id) => ({ day: from, actor_id, version: NOW, columns: NO_COLUMNS })),
    async writeActorDays(rows: readonly ActorDay[]) {
      await delay(WRITE_MS);
      for (const { day, version } of rows) stored.set(day, version);
    },
    dayVersions: async (from, to) => new Map([...stored].filter(([day]) => day >= from && day <= to)),
    readDay: async (day) => ({ columns: toFrameColumns([]), versions: new Map([['x', stored.get(day) ?? 0n]]) }),
  };
  return { store: store as JudgeStore, stored };
}

const NO_COLUMNS = { actions: [] } as unknown as ActorDayColumns;

async function framesWith(store: JudgeStore, days: readonly Day[], maxBytes: number): Promise<DayFrames> {
  const frames = new DayFrames(store, createNames(), maxBytes);
  await frames.know(90, 110);
  for (const day of days) frames.canPatch(day);
  await frames.load(days);
  return frames;
}

const touching = (days: readonly Day[]): Touched => {
  const touched = new Touched();
  for (const day of days) touched.add(day, 'x');
  return touched;
};

test('days read back beside a day that is still being stored leave it as it is', async () => {
  const { store } = slowStore();
  const frames = await framesWith(store, [101], 1e9);
  await recomputeBuckets(store, frames, touching([100, 102, 101]), async () => undefined);
  await frames.load(DAYS);
  expect(DAYS.map((day) => [frames.versionOf(day), frames.frame(day)?.version])).toEqual(DAYS.map(() => [NOW, NOW]));
});

test('a day that finds no room in memory is read back once it is stored', async () => {
  const { store } = slowStore();
  const frames = await framesWith(store, [100, 101], 0);
  await recomputeBuckets(store, frames, touching([100, 101]), async () => undefined);
  await frames.load([100]);
  await frames.load([100, 101]);
  expect([frames.versionOf(100), frames.versionOf(101)]).toEqual([NOW, NOW]);
});

test('frames are right before the rows are stored, which is waited for apart', async () => {
  const { store, stored: rows } = slowStore();
  const frames = await framesWith(store, [101], 1e9);
  const { stored } = await recomputeBuckets(store, frames, touching([101]), async () => undefined);
  expect([frames.versionOf(101), rows.get(101)]).toEqual([NOW, BEFORE]);
  await stored;
  expect(rows.get(101)).toBe(NOW);
});

test('a write that fails is told to whoever waits for it', async () => {
  const { store } = slowStore();
  const frames = await framesWith(store, [101], 1e9);
  const failing: JudgeStore = { ...store, writeActorDays: () => Promise.reject(new Error('gone')) };
  const { stored } = await recomputeBuckets(failing, frames, touching([101]), async () => undefined);
  await expect(stored).rejects.toThrow('gone');
  await expect(frames.know(80, 110)).rejects.toThrow('gone');
});
