// Alertmanager's API v2: an array of alerts, whose labels are their identity. No score or time is a label; a severity that
// changed ends the alert under the old label in the same request.

import type { Item } from '../item.js';
import type { Severity } from '../notice.js';
import { digestLines, iso, keyOf, type Message, nextStep, TEST_SENTENCE, titleOf, worst } from './message.js';

/** An alert that is not sent again ends by itself after this; it is sent again long before. */
export const VALID_MS = 24 * 3_600_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt: string;
}

export function toAlertmanager(message: Message, nowMs: number): Alert[] {
  if (message.kind === 'test') {
    const annotations = { summary: TEST_SENTENCE };
    return [{ labels: { alertname: 'KeyholeTest', severity: 'low' }, annotations, endsAt: iso(nowMs + 300_000) }];
  }
  if (message.kind === 'digest') {
    const labels = { alertname: 'KeyholeDigest', severity: worst(message.items), digest: keyOf(message) };
    const annotations = {
      summary: titleOf(message),
      description: digestLines(message.items).join('\n'),
      count: String(message.items.length),
    };
    return [{ labels, annotations, endsAt: iso(nowMs + 3_600_000) }];
  }
  return message.items.flatMap((item) => alertsOf(item, nowMs));
}

function alertsOf(item: Item, nowMs: number): Alert[] {
  const { notice, action, knownAs } = item;
  const annotations = {
    summary: notice.summary,
    score: notice.score.toFixed(4),
    next_step: nextStep(item),
    window: `${iso(notice.window_start)} to ${iso(notice.window_end)}`,
    ...(action === 'escalate' ? { escalation: 'not yet reviewed' } : {}),
  };
  const alert = (severity: Severity, endsAt: number): Alert => ({
    labels: labelsOf(item, severity),
    annotations,
    startsAt: iso(Math.min(notice.detected_at, item.createdAt)),
    endsAt: iso(endsAt),
  });
  if (action === 'resolve') return [alert(knownAs ?? notice.severity, nowMs)];
  const firing = alert(notice.severity, nowMs + VALID_MS);
  return knownAs === null ? [firing] : [alert(knownAs, nowMs), firing];
}

function labelsOf({ notice }: Item, severity: Severity): Record<string, string> {
  const labels: Record<string, string> = {
    alertname: notice.detection,
    source: 'keyhole',
    severity,
    anomaly_id: notice.anomaly_id,
  };
  if (notice.actor_id !== '') labels['actor_id'] = notice.actor_id;
  if (notice.seller_id !== '') labels['seller_id'] = notice.seller_id;
  if (notice.cluster_id !== '') labels['cluster_id'] = notice.cluster_id;
  return labels;
}
