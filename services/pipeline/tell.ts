// What is told to the anomalies topic: contents that are new to their window, and anomalies that no longer hold.

import type { Finding } from '../core/judge/finding.js';
import { type Day, startOf } from '../core/time.js';
import type { JudgedSheet } from './sheets.js';

export interface PublishedFinding {
  readonly anomaly_id: string;
  /** the message key: revisions of one anomaly are compacted */
  readonly key: string;
  /** the row of keyhole.anomalies, ready for JSON; a withdrawn anomaly carries its id, detection, window and status */
  readonly value: Readonly<Record<string, unknown>>;
}

/** @param all also what did not change: after a start, the last telling may not have happened */
export function changes({ judgement, contents, before }: JudgedSheet, all: boolean): PublishedFinding[] {
  const told: PublishedFinding[] = [];
  const holding = new Set<string>();
  for (const finding of contents) {
    holding.add(finding.anomaly_id);
    if (all || before.get(finding.anomaly_id) !== finding.content) told.push(publish(finding));
  }
  const start = judgement.day - judgement.windowDays + 1;
  for (const id of before.keys()) if (!holding.has(id)) told.push(withdraw(id, judgement.detection, start));
  return told;
}

function publish(finding: Finding): PublishedFinding {
  const { content, reasoning: _reasoning, window_start, window_end, detected_at, ...rest } = finding;
  const value = {
    ...rest,
    window_start: new Date(window_start).toISOString(),
    window_end: new Date(window_end).toISOString(),
    detected_at: new Date(detected_at).toISOString(),
    status: 'open',
    content,
  };
  return { anomaly_id: finding.anomaly_id, key: finding.anomaly_id, value };
}

const withdraw = (id: string, detection: string, start: Day): PublishedFinding => ({
  anomaly_id: id,
  key: id,
  value: { anomaly_id: id, detection, window_start: new Date(startOf(start)).toISOString(), status: 'withdrawn' },
});
