// Which (day, actor) pairs a batch touched, and which parts of the context from which day on: what its landing obliges the judge to
// look at.

import type { WorldPart } from '../core/judge/world.js';
import { type Day, dayFromText, dayOf, dayText } from '../core/time.js';

export class Touched {
  readonly byDay = new Map<Day, Set<string>>();
  /** first day that the change of a part can matter to */
  readonly parts = new Map<WorldPart, Day>();

  get isEmpty(): boolean {
    return this.byDay.size === 0 && this.parts.size === 0;
  }

  addTime(timeMs: number, actorId: string): void {
    this.add(dayOf(timeMs), actorId);
  }

  add(day: Day, actorId: string): void {
    const actors = this.byDay.get(day);
    if (actors === undefined) this.byDay.set(day, new Set([actorId]));
    else actors.add(actorId);
  }

  addPart(part: WorldPart, from: Day): void {
    this.parts.set(part, Math.min(from, this.parts.get(part) ?? from));
  }

  /** As the parallel arrays of a landings row. */
  toArrays(): { days: string[]; actors: string[] } {
    const days: string[] = [];
    const actors: string[] = [];
    for (const [day, ofDay] of this.byDay) {
      const text = dayText(day);
      for (const actor of ofDay) {
        days.push(text);
        actors.push(actor);
      }
    }
    return { days, actors };
  }

  addArrays(days: readonly string[], actors: readonly string[]): void {
    const known = new Map<string, Day>();
    days.forEach((text, i) => {
      let day = known.get(text);
      if (day === undefined) {
        day = dayFromText(text);
        known.set(text, day);
      }
      this.add(day, actors[i] as string);
    });
  }
}
