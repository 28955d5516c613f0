// What every destination's text is made of: plain sentences, the next command, links between ids. No customer, no secret.

import { createHash } from 'node:crypto';
import type { Item } from '../item.js';
import { entityOf, type OpenNotice, SEVERITIES, type Severity } from '../notice.js';

/** What is to be sent as one. */
export type Message =
  | { readonly kind: 'alert'; readonly items: readonly [Item, ...Item[]] }
  | { readonly kind: 'digest'; readonly items: readonly [Item, ...Item[]] }
  | { readonly kind: 'test'; readonly destination: string };

/** Stable: a message sent again carries the same key. */
export function keyOf(message: Message): string {
  if (message.kind === 'test') return 'keyhole/test';
  const [first] = message.items;
  if (message.kind === 'alert' && message.items.length === 1) return anomalyKey(first);
  const ids = message.items.map(({ item_id }) => item_id).sort();
  return `keyhole/${message.kind}/${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 32)}`;
}

/** What a destination that knows keys remembers an anomaly by, through updates and to its end. */
export const anomalyKey = ({ anomaly_id }: Pick<Item, 'anomaly_id'>): string => `keyhole/${anomaly_id}`;

export const TEST_SENTENCE =
  'This is a test of Keyhole’s alerting, asked for by hand. Nothing was found and nothing has to be done.';

export const nextStep = ({ anomaly_id }: Pick<Item, 'anomaly_id'>): string => `keyhole explain ${anomaly_id}`;

/** `[high] bulk_customer_email_read`, with what happened to it. */
export function headline({ action, notice }: Item): string {
  const said = { fire: '', update: ' (more evidence)', resolve: ' (resolved)', escalate: ' (not yet reviewed)' }[
    action
  ];
  return `[${notice.severity}] ${notice.detection}${said}`;
}

export function titleOf(message: Message): string {
  if (message.kind === 'test') return 'Keyhole test';
  const { items } = message;
  if (message.kind === 'digest') return `Keyhole: ${items.length} more anomalies than the hourly cap lets through`;
  const [first] = items;
  return items.length === 1
    ? `Keyhole ${headline(first)}: ${first.entity}`
    : `Keyhole: ${items.length} anomalies of ${first.entity}`;
}

/** How many of which detection and severity, the most first. */
export function digestLines(items: readonly Item[]): string[] {
  const counts = new Map<string, number>();
  for (const { notice } of items) {
    const name = `${notice.severity} ${notice.detection}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const entities = new Set(items.map(({ notice }) => entityOf(notice))).size;
  const lines = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([name, count]) => `${count} × ${name}`);
  return [
    `${items.length} anomalies of ${entities} employees, sellers or clusters:`,
    ...lines,
    'See them: keyhole anomalies',
  ];
}

export function worst(items: readonly Item[]): Severity {
  return SEVERITIES[Math.max(...items.map(({ severity }) => SEVERITIES.indexOf(severity)))] ?? 'low';
}

export const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** The figures of an anomaly that machines may have: customers as a count. */
export function figuresOf(notice: OpenNotice): Record<string, unknown> {
  const {
    anomaly_id,
    detection,
    detection_version,
    severity,
    score,
    actor_id,
    seller_id,
    cluster_id,
    summary,
    factors,
    event_count,
    customer_count,
  } = notice;
  return {
    anomaly_id,
    detection,
    detection_version,
    severity,
    score,
    actor_id,
    seller_id,
    cluster_id,
    window_start: iso(notice.window_start),
    window_end: iso(notice.window_end),
    detected_at: iso(notice.detected_at),
    summary,
    factors,
    event_count,
    customer_count,
    next_step: nextStep(notice),
  };
}
