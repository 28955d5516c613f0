// Days of one part of the world, kept while their version is the same; the least recently read go first. What is missing of a range is
// read together, so many days at a time: a round trip for each day is most of what a day costs.

import type { Day } from '../core/time.js';

/** More than any sheet reads at once. */
const MAX_DAYS = 130;

export interface PartRead<T> {
  /** days that are read together: bounds the memory of one answer */
  readonly atOnce: number;
  /** @param days ascending @returns all of them */
  read(days: readonly Day[]): Promise<ReadonlyMap<Day, T>>;
}

export class PartDays<T extends object> {
  private readonly kept = new Map<Day, T & { readonly version: bigint }>();

  constructor(private readonly part: PartRead<T>) {}

  of(day: Day): (T & { readonly version: bigint }) | undefined {
    return this.kept.get(day);
  }

  /** @param versions of the days wanted; 0n where nothing is stored of a day */
  async load(versions: ReadonlyMap<Day, bigint>): Promise<void> {
    const missing: Day[] = [];
    for (const [day, version] of versions) {
      const known = this.kept.get(day);
      this.kept.delete(day);
      if (version === 0n) continue;
      if (known?.version === version) this.kept.set(day, known);
      else missing.push(day);
    }
    missing.sort((a, b) => a - b);
    for (let i = 0; i < missing.length; i += this.part.atOnce) {
      const days = missing.slice(i, i + this.part.atOnce);
      for (const [day, content] of await this.part.read(days))
        this.kept.set(day, { ...content, version: versions.get(day) as bigint });
    }
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_DAYS) return;
      this.kept.delete(oldest);
    }
  }
}
