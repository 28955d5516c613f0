// Synthetic notices for the tests of alerting.

import { type Item, type ItemInput, toItem } from '../../../services/core/alerting/item.js';
import type { OpenNotice } from '../../../services/core/alerting/notice.js';

export function notice(over: Partial<OpenNotice> = {}): OpenNotice {
  return {
    anomaly_id: 'a-1',
    status: 'open',
    content: 'c-1',
    detection: 'bulk_customer_email_read',
    detection_version: 1,
    severity: 'high',
    score: 71.5,
    actor_id: 'e-17',
    seller_id: 's-4',
    cluster_id: '',
    window_start: Date.UTC(2026, 2, 1),
    window_end: Date.UTC(2026, 2, 2),
    detected_at: Date.UTC(2026, 2, 1, 9, 30),
    summary: 'e-17 read the e-mail addresses of 212 customers in 3 h; 94 % under seller s-4; no case for 208',
    factors: [{ name: 'volume', observed: 212, expected: 11, contribution: 40 }],
    event_count: 212,
    customer_count: 212,
    ...over,
  };
}

export function item(over: Partial<OpenNotice> = {}, input: Partial<Omit<ItemInput, 'notice'>> = {}): Item {
  return toItem({ destination: 'team', action: 'fire', createdAt: 1_000, ...input, notice: notice(over) });
}
