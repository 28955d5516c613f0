// Days of one part of the world, kept while their version is the same; the least recently read go first.

import type { Day } from '../core/time.js';

/** More than any sheet reads at once. */
const MAX_DAYS = 130;

export class PartDays<T extends { readonly version: bigint }> {
  private readonly kept = new Map<Day, T>();

  constructor(private readonly read: (day: Day, version: bigint) => Promise<T>) {}

  of(day: Day): T | undefined {
    return this.kept.get(day);
  }

  /** @param version 0n where nothing is stored of the day */
  async load(day: Day, version: bigint): Promise<void> {
    const known = this.kept.get(day);
    this.kept.delete(day);
    if (version === 0n) return;
    this.kept.set(day, known?.version === version ? known : await this.read(day, version));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_DAYS) return;
      this.kept.delete(oldest);
    }
  }
}
