// PagerDuty's Events API v2. The anomaly is the deduplication key, so that firing twice is one incident.

import { anomalyKey, digestLines, figuresOf, keyOf, type Message, TEST_SENTENCE, titleOf, worst } from './message.js';

const LEVEL = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' } as const;
const SUMMARY_CHARACTERS = 1024;

/** @returns one event for each item: the API takes them one by one */
export function toPagerDuty(message: Message, routingKey: string): Record<string, unknown>[] {
  const event = (action: string, key: string, payload: Record<string, unknown>): Record<string, unknown> => ({
    routing_key: routingKey,
    event_action: action,
    dedup_key: key.slice(0, 255),
    client: 'Keyhole',
    payload: { source: 'keyhole', ...payload },
  });
  if (message.kind === 'test') return [event('trigger', keyOf(message), { summary: TEST_SENTENCE, severity: 'info' })];
  if (message.kind === 'digest') {
    const custom_details = { count: message.items.length, lines: digestLines(message.items) };
    return [
      event('trigger', keyOf(message), {
        summary: titleOf(message),
        severity: LEVEL[worst(message.items)],
        custom_details,
      }),
    ];
  }
  return message.items.map((item) =>
    event(item.action === 'resolve' ? 'resolve' : 'trigger', anomalyKey(item), {
      summary: item.notice.summary.slice(0, SUMMARY_CHARACTERS),
      severity: LEVEL[item.notice.severity],
      component: item.entity,
      class: item.notice.detection,
      custom_details: {
        ...figuresOf(item.notice),
        ...(item.action === 'escalate' ? { escalation: 'not yet reviewed' } : {}),
      },
    }),
  );
}
