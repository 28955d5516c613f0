// Which sheets a change may reach: those that read a touched day or a touched part of the world, among the days that have data.
// A sheet exists for every detection on every day with data.

import type { Definition } from '../core/detections/definition.js';
import { kindOf } from '../core/judge/kinds.js';
import type { WorldPart } from '../core/judge/world.js';
import type { Day } from '../core/time.js';
import { COMPLAINT_REACH_DAYS } from './judge-world.js';

export interface Change {
  readonly days: ReadonlySet<Day>;
  /** first day that the change of a part can matter to */
  readonly parts: ReadonlyMap<WorldPart, Day>;
  /** everything from this day on; Infinity: nothing */
  readonly from: Day;
}

/** The first day whose sheets a change can reach. */
export const firstReached = ({ days, parts, from }: Change): Day => Math.min(from, ...days, ...parts.values());

/** Days of the detection's sheets that the change can reach. @param withData ascending */
export function reachedDays(definition: Definition, change: Change, withData: readonly Day[]): Day[] {
  const kind = kindOf(definition);
  const touched = [...change.days].sort((a, b) => a - b);
  let partsFrom = change.from;
  for (const part of kind.parts) partsFrom = Math.min(partsFrom, change.parts.get(part) ?? Number.POSITIVE_INFINITY);
  const reach = kind.parts.includes('complaints') ? COMPLAINT_REACH_DAYS : 0;
  return withData.filter((day) => {
    if (day >= partsFrom || change.days.has(day)) return true;
    const { from, to } = kind.rangeRead(definition, day);
    return touched.some((one) => one >= from - reach && one < to);
  });
}
