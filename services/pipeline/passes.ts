// What is to be judged besides the news: sheets by day, in the order in which later days read earlier ones. A pass ends when all that
// was stale at its beginning has been judged; what turns stale meanwhile waits for the next one, with the duties that it comes from.

import type { Definition } from '../core/detections/definition.js';
import type { Day } from '../core/time.js';
import type { SheetName } from './sheets.js';
import { Touched } from './touched.js';

export class Pass {
  private readonly stale = new Map<Day, Set<Definition>>();
  /** duties that are fulfilled once this pass is done */
  readonly batchIds: string[] = [];
  /** what they touch beyond the frontier: becomes a duty of its own, once the frontier has reached it or the pass is done */
  beyond = new Touched();
  /** when the first of them came, by the clock that never goes back */
  sinceMs: number | null = null;
  /** the levels of these and later days read samples that were changed outside the pass */
  levelsFrom: Day = Number.POSITIVE_INFINITY;

  constructor(private readonly order: readonly Definition[]) {}

  /** What lay beyond the frontier, if that has reached any of it: from here on whoever takes it answers for it. */
  takeReached(frontier: Day): Touched | null {
    const { beyond } = this;
    if (![...beyond.byDay.keys()].some((day) => day <= frontier)) return null;
    this.beyond = new Touched();
    return beyond;
  }

  get isEmpty(): boolean {
    return this.batchIds.length === 0;
  }

  add(definition: Definition, day: Day): void {
    const ofDay = this.stale.get(day);
    if (ofDay === undefined) this.stale.set(day, new Set([definition]));
    else ofDay.add(definition);
  }

  /** Takes over what another pass has not done. */
  absorb(other: Pass): void {
    for (const [day, ofDay] of other.stale) for (const definition of ofDay) this.add(definition, day);
    this.batchIds.push(...other.batchIds);
    for (const [day, actors] of other.beyond.byDay) for (const actor of actors) this.beyond.add(day, actor);
    this.sinceMs = other.sinceMs ?? this.sinceMs;
    this.levelsFrom = Math.min(this.levelsFrom, other.levelsFrom, ...other.stale.keys());
  }

  /** First day of which anything may have to be judged. */
  get from(): Day {
    return Math.min(this.levelsFrom, ...this.stale.keys());
  }

  /** Sheets still stale. */
  get size(): number {
    let size = 0;
    for (const ofDay of this.stale.values()) size += ofDay.size;
    return size;
  }

  /** All sheets of these days, ascending by day, in the catalogue's order; `isStale` says which were found to be so. */
  *sheets(days: readonly Day[]): Generator<SheetName & { readonly isStale: boolean }> {
    for (const day of days) {
      const ofDay = this.stale.get(day);
      for (const definition of this.order) yield { definition, day, isStale: ofDay?.delete(definition) ?? false };
      this.stale.delete(day);
    }
  }
}
