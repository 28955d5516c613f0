// Which (day, actor) pairs a batch touched: what its landing obliges the judge to look at.

import { type Day, dayFromText, dayOf, dayText } from '../core/time.js';

export class Touched {
  readonly byDay = new Map<Day, Set<string>>();

  addTime(timeMs: number, actorId: string): void {
    this.add(dayOf(timeMs), actorId);
  }

  add(day: Day, actorId: string): void {
    const actors = this.byDay.get(day);
    if (actors === undefined) this.byDay.set(day, new Set([actorId]));
    else actors.add(actorId);
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
