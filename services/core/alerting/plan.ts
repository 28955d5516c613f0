// What has to be said to one destination about one anomaly, given what it was told last: fire, update, resolve or nothing.
// An update is worth a message when a person would act on it: the severity rose, or the score by a tenth.

import type { Notice, OpenNotice, Severity } from './notice.js';
import { atLeast } from './notice.js';

export type Action = 'fire' | 'update' | 'resolve' | 'escalate';

/** The last thing that a destination was told about an anomaly. */
export interface Told {
  readonly action: Action;
  readonly severity: Severity;
  readonly score: number;
}

const MATERIAL_SCORE = 1.1;

/** @param routed whether the routes send the anomaly here, as it stands now */
export function plan(notice: Notice, routed: boolean, told: Told | undefined): Action | null {
  const isActive = told !== undefined && told.action !== 'resolve';
  if (notice.status === 'withdrawn') return isActive ? 'resolve' : null;
  if (!isActive) return routed ? 'fire' : null;
  return isWorse(notice, told) ? 'update' : null;
}

function isWorse(notice: OpenNotice, told: Told): boolean {
  if (notice.severity !== told.severity && atLeast(notice.severity, told.severity)) return true;
  return notice.score >= told.score * MATERIAL_SCORE;
}
