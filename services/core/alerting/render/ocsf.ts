// OCSF 1.5 Detection Finding (class 2004). Each anomaly is a finding whose uid stays; Create, Update and Close are activities.

import type { Item } from '../item.js';
import { entityOf } from '../notice.js';
import { figuresOf, iso, type Message, nextStep, TEST_SENTENCE } from './message.js';

const CLASS = 2004;
const SEVERITY = { low: 2, medium: 3, high: 4, critical: 5 } as const;
const ACTIVITY = { fire: 1, update: 2, escalate: 2, resolve: 3 } as const;
const STATUS = { fire: 1, update: 2, escalate: 2, resolve: 4 } as const;

/** @param version of the product; @returns one finding an item; a digest is of no use to an archive, so it gives its items */
export function toOcsf(message: Message, version: string, nowMs: number): Record<string, unknown>[] {
  if (message.kind === 'test') {
    const finding_info = { uid: 'keyhole-test', title: 'Keyhole test', desc: TEST_SENTENCE };
    return [{ ...frame(1, 1, 1, nowMs, version), finding_info, is_alert: false }];
  }
  return message.items.map((item) => findingOf(item, version));
}

function frame(
  activity: number,
  severity: number,
  status: number,
  timeMs: number,
  version: string,
): Record<string, unknown> {
  return {
    activity_id: activity,
    category_uid: 2,
    class_uid: CLASS,
    type_uid: CLASS * 100 + activity,
    severity_id: severity,
    status_id: status,
    time: timeMs,
    metadata: { version: '1.5.0', product: { name: 'Keyhole', vendor_name: 'Keyhole', version } },
  };
}

function findingOf({ action, notice, createdAt }: Item, version: string): Record<string, unknown> {
  return {
    ...frame(ACTIVITY[action], SEVERITY[notice.severity], STATUS[action], createdAt, version),
    start_time: notice.window_start,
    end_time: notice.window_end,
    is_alert: true,
    risk_score: Math.round(notice.score),
    message: notice.summary,
    finding_info: {
      uid: notice.anomaly_id,
      title: notice.detection,
      desc: notice.summary,
      created_time: notice.detected_at,
      analytic: {
        name: notice.detection,
        type_id: 4,
        type: 'Learning (ML/DL)',
        version: String(notice.detection_version),
      },
    },
    ...(notice.actor_id === '' ? {} : { actor: { user: { uid: notice.actor_id } } }),
    evidences: [
      {
        name: entityOf(notice),
        data: {
          event_count: notice.event_count,
          customer_count: notice.customer_count,
          seller_id: notice.seller_id,
          cluster_id: notice.cluster_id,
        },
      },
    ],
    anomaly_analyses: [
      {
        analysis_targets: [{ name: entityOf(notice), type: notice.actor_id === '' ? 'Other' : 'User' }],
        anomalies: notice.factors.map(({ name, observed, expected }) => ({
          observation_parameter: name,
          observed_pattern: `${observed} (expected ${expected})`,
        })),
        baselines: notice.factors.map(({ name, expected }) => ({
          observation_parameter: name,
          observed_pattern: String(expected),
        })),
      },
    ],
    remediation: { desc: `Run ${nextStep(notice)}` },
    unmapped: figuresOf(notice),
  };
}

/** Splunk's HTTP Event Collector: the same finding in its envelope. Time in seconds. */
export function toSplunk(message: Message, version: string, nowMs: number): Record<string, unknown>[] {
  return toOcsf(message, version, nowMs).map((event) => ({
    time: Number(event['time']) / 1000,
    source: 'keyhole',
    sourcetype: 'keyhole:ocsf:2004',
    event: { ...event, reported_at: iso(nowMs) },
  }));
}
