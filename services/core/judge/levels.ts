// What a team reads of each sheet: which rows are kept, at which level, and which only go on with an episode that was told before.
// Thresholds come from standards.ts, the budget from budget.ts.

import type { Definition } from '../detections/definition.js';
import type { Day } from '../time.js';
import { EPISODE_DAYS, type Episode, goesOn } from './budget.js';
import { type Calibration, expectedPerDay, type Sample } from './calibration.js';
import { type EntityKey, FEED_PREFIX } from './kind.js';
import type { Severity } from './scale.js';
import {
  type LevelOptions,
  NO_CALIBRATION,
  type SampleOf,
  type Standards,
  standardsOf,
  standardsRange,
  type Thresholds,
} from './standards.js';

export type Level = 'keep' | 'medium' | 'high';

/** All that levels of one day need, whatever the sheet: made once per day, and anew when a sample that it read changes. */
export interface DayLevels {
  readonly day: Day;
  readonly thresholds: Thresholds;
  /** of rows that name no person, seller or cluster: outside the budget, each detection with its even share */
  readonly evenThresholds: Thresholds;
  calibrationOf(detection: string): Calibration;
  /**
   * By how many decades the entity passed this level, by any detection, on the days on which an episode is remembered, as levels stood
   * on each of them.
   */
  earlierOf(key: EntityKey, level: Level): Episode;
}

/** What level a row has, and how its alarms a day follow from its surprise. */
export interface RowLevel {
  readonly alarmsPerDay: number;
  readonly severity: Severity;
  readonly isContinuation: boolean;
  readonly calibration: Calibration;
  readonly thresholds: Thresholds;
}

export interface LevelledRow {
  readonly key: EntityKey;
  readonly surprise: number;
  readonly level: RowLevel;
}

/** Days whose samples the levels of a day read beside its own, of all detections. */
export const levelRange = (day: Day): { readonly from: Day; readonly to: Day } => ({
  from: standardsRange(day - EPISODE_DAYS).from,
  to: day,
});

export function prepareLevels(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  options: LevelOptions,
): DayLevels {
  const { thresholds, evenThresholds, calibrations } = standardsOf(day, definitions, sampleOf, options);
  const earlier: { readonly thresholds: Thresholds; readonly reached: ReadonlyMap<EntityKey, number> }[] = [];
  for (let d = day - EPISODE_DAYS; d < day; d++) {
    const standards = standardsOf(d, definitions, sampleOf, options);
    earlier.push({ thresholds: standards.thresholds, reached: leastOn(d, definitions, sampleOf, standards) });
  }
  return {
    day,
    thresholds,
    evenThresholds,
    calibrationOf: (detection) => (calibrations.get(detection) ?? NO_CALIBRATION).whole,
    earlierOf(key, level) {
      let first = -1;
      let most = -1;
      for (const one of earlier) {
        const alarms = one.reached.get(key);
        const decades = alarms === undefined ? -1 : Math.log10(one.thresholds[level] / alarms);
        if (first < 0) first = decades;
        most = Math.max(most, decades);
      }
      return { first, most };
    },
  };
}

/** Least alarms a day of each entity on a day, by that day's calibrations. */
function leastOn(
  day: Day,
  definitions: readonly Definition[],
  sampleOf: SampleOf,
  { calibrations, thresholds }: Standards,
): Map<EntityKey, number> {
  const least = new Map<EntityKey, number>();
  for (const { id } of definitions) {
    const sample = sampleOf(id, day);
    if (sample === undefined) continue;
    const { whole } = calibrations.get(id) ?? NO_CALIBRATION;
    for (let i = 0; i < sample.keys.length; i++) {
      const alarms = expectedPerDay(sample.surprises[i] as number, sample.judged, whole);
      if (alarms > thresholds.keep) break;
      const key = sample.keys[i] as string;
      least.set(key, Math.min(alarms, least.get(key) ?? Number.POSITIVE_INFINITY));
    }
  }
  return least;
}

/** The rows of one sheet that are worth keeping, in the sample's order. */
export function levelSheet(levels: DayLevels, definition: Definition, sample: Sample): LevelledRow[] {
  const calibration = levels.calibrationOf(definition.id);
  const rows: LevelledRow[] = [];
  for (let i = 0; i < sample.keys.length; i++) {
    const key = sample.keys[i] as string;
    const surprise = sample.surprises[i] as number;
    const alarmsPerDay = expectedPerDay(surprise, sample.judged, calibration);
    const level = rowLevel(levels, key, alarmsPerDay, definition.window.days > 1);
    if (level === null) continue;
    const thresholds = thresholdsOf(levels, key);
    rows.push({ key, surprise, level: { alarmsPerDay, ...level, calibration, thresholds } });
  }
  return rows;
}

/**
 * An episode that goes on makes no second alert: where every day has a row, the row is at most `medium`; where windows overlap, there
 * is no further row.
 */
function rowLevel(
  levels: DayLevels,
  key: EntityKey,
  alarms: number,
  overlaps: boolean,
): { severity: Severity; isContinuation: boolean } | null {
  const thresholds = thresholdsOf(levels, key);
  const severity = severityAt(alarms, thresholds);
  if (severity === null) return null;
  const level = severity === 'low' ? 'keep' : severity === 'medium' ? 'medium' : 'high';
  const isContinuation = goesOn(Math.log10(thresholds[level] / alarms), levels.earlierOf(key, level));
  if (!isContinuation) return { severity, isContinuation };
  if (overlaps) return null;
  return { severity: severity === 'low' ? 'low' : 'medium', isContinuation };
}

const thresholdsOf = (levels: DayLevels, key: EntityKey): Thresholds =>
  key.startsWith(FEED_PREFIX) ? levels.evenThresholds : levels.thresholds;

export function severityAt(alarms: number, thresholds: Thresholds): Severity | null {
  if (alarms <= thresholds.critical) return 'critical';
  if (alarms <= thresholds.high) return 'high';
  if (alarms <= thresholds.medium) return 'medium';
  return alarms <= thresholds.keep ? 'low' : null;
}
