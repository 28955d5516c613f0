// Which days have sheets, and which of them a change may reach: those that read a touched day or a touched part of the world.

import type { Definition } from '../core/detections/definition.js';
import { kindOf } from '../core/judge/kinds.js';
import type { WorldPart } from '../core/judge/world.js';
import type { Day } from '../core/time.js';
import { COMPLAINT_REACH_DAYS } from './judge-world.js';

/** Days without data that follow one with data and have sheets all the same: a complaint may come then, or everything be silent. */
const MAX_GAP_DAYS = 60;

/**
 * A day has sheets, one for each detection, if it has data, or lies between two days that have, at most so many after the earlier.
 * @param withData ascending
 */
export function sheetDays(withData: readonly Day[]): Day[] {
  const days: Day[] = [];
  withData.forEach((day, i) => {
    const end = Math.min(withData[i + 1] ?? day + 1, day + MAX_GAP_DAYS + 1);
    for (let one = day; one < end; one++) days.push(one);
  });
  return days;
}

/** From where days with data are to be known, so that the sheets from `day` on are known. */
export const knownFrom = (day: Day): Day => day - MAX_GAP_DAYS;

export interface Change {
  readonly days: ReadonlySet<Day>;
  /** first day that the change of a part can matter to */
  readonly parts: ReadonlyMap<WorldPart, Day>;
  /** everything from this day on; Infinity: nothing */
  readonly from: Day;
}

/** The first day whose sheets a change can reach. */
export const firstReached = ({ days, parts, from }: Change): Day => Math.min(from, ...days, ...parts.values());

/**
 * Days of the detection's sheets that the change can reach.
 * @param days that have sheets, ascending
 * @param made see madeBy
 */
export function reachedDays(
  definition: Definition,
  change: Change,
  days: readonly Day[],
  made: ReadonlySet<Day>,
): Day[] {
  const kind = kindOf(definition);
  const touched = [...change.days].sort((a, b) => a - b);
  let partsFrom = change.from;
  for (const part of kind.parts) partsFrom = Math.min(partsFrom, change.parts.get(part) ?? Number.POSITIVE_INFINITY);
  const reach = kind.parts.includes('complaints') ? COMPLAINT_REACH_DAYS : 0;
  return days.filter((day) => {
    if (day >= partsFrom || made.has(day)) return true;
    const { from, to } = kind.rangeRead(definition, day);
    return touched.some((one) => one >= from - reach && one < to);
  });
}

/** The touched days, and the days without data next to them, which may have sheets only because of them. @param withData ascending */
export function madeBy(touched: ReadonlySet<Day>, withData: readonly Day[]): Set<Day> {
  const made = new Set(touched);
  const known = new Set(withData);
  const gaps = new Set(sheetDays(withData).filter((day) => !known.has(day)));
  if (gaps.size === 0) return made;
  for (const day of touched) {
    for (let one = day - 1; gaps.has(one); one--) made.add(one);
    for (let one = day + 1; gaps.has(one); one++) made.add(one);
  }
  return made;
}
