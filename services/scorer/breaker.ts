// The dead-letter breaker: when records are broken by the run instead of here and there, somebody's deploy is wrong, and going on
// would turn a topic into dead letters. Decides from offsets alone, which records are dead letters and which are not, never from
// clocks; what it knew before a restart is read back from the stored dead letters. Knows nothing of why a record is broken.

import type { DeadLetter } from '../core/feeds/batch.js';
import type { Feed } from '../core/feeds/records.js';
import type { DeadLetterLimits } from '../platform/config/settings.js';

export interface Stretch {
  readonly topic: Feed;
  readonly partition: number;
  /** Generation of the group: a new one begins with what is stored. */
  readonly epoch: number;
  readonly firstOffset: string;
  readonly nextOffset: string;
  /** In order of offset. */
  readonly deadLetters: readonly DeadLetter[];
}

/** Where reading has to stop: behind the last good record of each partition, and nothing of what follows. */
export interface Trip {
  readonly topic: Feed;
  readonly partition: number;
  /** Offset of the record that was one too many. */
  readonly offset: number;
  readonly rule: 'in_a_row' | 'ratio';
  readonly count: number;
  readonly letter: DeadLetter;
}

export interface Breaker {
  /**
   * null: goes on. Stretches of a partition come in order; the same stretch again counts once.
   * @param before offsets of the stored dead letters of the window before the stretch; asked once for a partition and generation
   */
  observe(stretch: Stretch, before: ReadStored): Promise<Trip | null>;
  /** First offset behind the last good record that was observed; null where the last record was good. */
  badSince(topic: Feed, partition: number): number | null;
}

export type ReadStored = (topic: Feed, partition: number, from: number, to: number) => Promise<readonly number[]>;

interface Seen {
  /** Dead letters of the last `window` offsets, ascending. */
  dead: number[];
  /** How many of the last of them follow each other without a gap, up to the last record observed. */
  run: number;
}

export function createBreaker(limits: DeadLetterLimits): Breaker {
  let epoch = Number.NaN;
  const partitions = new Map<string, Seen>();

  async function seenOf(stretch: Stretch, readStored: ReadStored): Promise<Seen | null> {
    const name = nameOf(stretch.topic, stretch.partition);
    const known = partitions.get(name);
    if (known !== undefined || stretch.deadLetters.length === 0) return known ?? null;
    const first = Number(stretch.firstOffset);
    const dead = [...(await readStored(stretch.topic, stretch.partition, first - limits.window, first))];
    const seen = { dead, run: dead.at(-1) === first - 1 ? trailingRun(dead) : 0 };
    partitions.set(name, seen);
    return seen;
  }

  const runOf = (topic: Feed): number => {
    let run = 0;
    for (const [name, seen] of partitions) if (name.startsWith(`${topic}/`)) run += seen.run;
    return run;
  };

  return {
    async observe(stretch, readStored) {
      if (limits.inARow === 0) return null;
      if (stretch.epoch !== epoch) partitions.clear();
      epoch = stretch.epoch;
      const seen = await seenOf(stretch, readStored);
      if (seen === null) return null;
      const { topic, partition } = stretch;
      const others = runOf(topic) - seen.run;
      for (const letter of stretch.deadLetters) {
        const offset = Number(letter.offset);
        const last = seen.dead.at(-1) ?? -1;
        if (offset <= last) continue;
        seen.run = offset === last + 1 ? seen.run + 1 : 1;
        seen.dead.push(offset);
        dropBefore(seen.dead, offset - limits.window + 1);
        if (seen.run + others >= limits.inARow)
          return { topic, partition, offset, rule: 'in_a_row', count: seen.run + others, letter };
        if (seen.dead.length > limits.ratio * limits.window)
          return { topic, partition, offset, rule: 'ratio', count: seen.dead.length, letter };
      }
      if ((seen.dead.at(-1) ?? -1) < Number(stretch.nextOffset) - 1) seen.run = 0;
      return null;
    },
    badSince(topic, partition) {
      const seen = partitions.get(nameOf(topic, partition));
      const last = seen?.dead.at(-1);
      return seen === undefined || last === undefined || seen.run === 0 ? null : last - seen.run + 1;
    },
  };
}

const nameOf = (topic: Feed, partition: number): string => `${topic}/${partition}`;

function trailingRun(offsets: readonly number[]): number {
  let run = 1;
  while (run < offsets.length && offsets.at(-run - 1) === (offsets.at(-run) ?? 0) - 1) run++;
  return run;
}

/** Ascending; called for each dead letter, so it drops few at a time. */
function dropBefore(offsets: number[], first: number): void {
  let count = 0;
  while (count < offsets.length && (offsets[count] ?? 0) < first) count++;
  if (count > 0) offsets.splice(0, count);
}
