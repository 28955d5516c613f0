// Recomputes the buckets of touched (day, actor) pairs from distinct events. Few of them come here, are written and replaced in the
// frames in memory; many are rewritten inside the database, and the days read again.

import type { Day } from '../core/time.js';
import type { DayFrames } from './day-frames.js';
import type { BucketChunk, JudgeStore } from './store/judge-store.js';
import type { Touched } from './touched.js';

/** Actor-days in one statement: bounds the memory of its aggregation. */
const MAX_ACTOR_DAYS = 15_000;
/** Actor-days that come here in one round; with more, reading whole days is cheaper. */
const MAX_PATCHED = 4_000;

/**
 * @param whileRewriting what this process can do of other days while the database is at work
 * @returns once the frames are right; `stored` resolves when the database is, too, and before that nothing may be written that rests on it
 */
export async function recomputeBuckets(
  store: JudgeStore,
  frames: DayFrames,
  touched: Touched,
  whileRewriting: () => Promise<void>,
): Promise<{ readonly stored: Promise<void> }> {
  const writes: Promise<void>[] = [];
  if (pairsOf(touched) <= MAX_PATCHED) await patchDays(store, frames, touched, writes);
  else {
    await Promise.all([rewriteDays(store, touched), whileRewriting()]);
    for (const day of touched.byDay.keys()) frames.forget(day);
  }
  const stored = Promise.all(writes).then(() => undefined);
  stored.catch(() => undefined);
  frames.awaitBeforeReading(stored);
  await frames.relearn();
  return { stored };
}

async function rewriteDays(store: JudgeStore, touched: Touched): Promise<void> {
  for (const chunk of chunks(touched)) await store.rewriteActorDays(chunk);
}

/** A day that is not in memory is read back, so its rows are waited for. @param writes those of the others */
async function patchDays(
  store: JudgeStore,
  frames: DayFrames,
  touched: Touched,
  writes: Promise<void>[],
): Promise<void> {
  for (const [day, actors] of touched.byDay) {
    const rows = await store.computeActorDays({ actors: [...actors].sort(), from: day, to: day });
    const writing = store.writeActorDays(rows);
    if (frames.canPatch(day)) {
      writing.catch(() => undefined);
      writes.push(writing);
      frames.patch(day, rows);
    } else {
      await writing;
      frames.forget(day);
    }
  }
}

function pairsOf(touched: Touched): number {
  let pairs = 0;
  for (const actors of touched.byDay.values()) pairs += actors.size;
  return pairs;
}

/** Actors in order, each with all days between its first and last touched one, so that every event is read once. */
export function chunks(touched: Touched): BucketChunk[] {
  const spans = new Map<string, { from: Day; to: Day }>();
  for (const [day, actors] of touched.byDay) {
    for (const actor of actors) {
      const span = spans.get(actor);
      if (span === undefined) spans.set(actor, { from: day, to: day });
      else {
        span.from = Math.min(span.from, day);
        span.to = Math.max(span.to, day);
      }
    }
  }
  const result: BucketChunk[] = [];
  let open: { actors: string[]; from: Day; to: Day } | null = null;
  for (const actor of [...spans.keys()].sort()) {
    const { from, to } = spans.get(actor) as { from: Day; to: Day };
    const wider: { actors: string[]; from: Day; to: Day } | null =
      open === null ? null : { actors: open.actors, from: Math.min(open.from, from), to: Math.max(open.to, to) };
    if (open === null || wider === null || (wider.to - wider.from + 1) * (open.actors.length + 1) > MAX_ACTOR_DAYS) {
      open = { actors: [actor], from, to };
      result.push(open);
    } else {
      open.actors.push(actor);
      open.from = wider.from;
      open.to = wider.to;
    }
  }
  return result;
}
