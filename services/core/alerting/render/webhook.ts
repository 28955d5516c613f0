// The generic webhook: one JSON object, signed with HMAC-SHA-256 over the time and the exact body, so that a receiver can tell that
// it is ours, unaltered and fresh. `Keyhole-Delivery` is the same when a delivery is repeated.

import { createHmac } from 'node:crypto';
import { digestLines, figuresOf, iso, keyOf, type Message, TEST_SENTENCE, titleOf } from './message.js';

export function toWebhook(message: Message): Record<string, unknown> {
  const base = { version: 1, key: keyOf(message), title: titleOf(message) };
  if (message.kind === 'test') return { ...base, kind: 'test', text: TEST_SENTENCE };
  if (message.kind === 'digest')
    return { ...base, kind: 'digest', count: message.items.length, lines: digestLines(message.items) };
  const anomalies = message.items.map((item) => ({
    action: item.action,
    at: iso(item.createdAt),
    ...figuresOf(item.notice),
  }));
  return { ...base, kind: 'alert', anomalies };
}

/**
 * `Keyhole-Signature: t=<seconds>,v1=<hex>`, where v1 = HMAC-SHA-256(key, `<seconds>.<body>`).
 * Receivers refuse a time more than five minutes off.
 */
export function signatureOf(body: string, key: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}
