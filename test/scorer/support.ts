// Parts and events for the scorer's tests.

import { AccessPack } from '../../services/core/feeds/access-pack.js';
import type { DeadLetter } from '../../services/core/feeds/batch.js';
import type { AccessEvent, Feed } from '../../services/core/feeds/records.js';
import type { Part } from '../../services/scorer/backlog.js';

export const at = (iso: string): number => Date.parse(iso);

export function event(id: string, occurredAt = at('2026-03-01T09:00:00Z')): AccessEvent {
  return {
    event_id: id,
    occurred_at: occurredAt,
    actor_id: 'E1',
    actor_kind: 'employee',
    action: 'customer_email.read',
    outcome: 'allowed',
    tool: 'crm',
    marketplace: 'US',
    seller_id: null,
    customer_ids: [],
    review_id: null,
    review_rating: null,
    record_count: 1,
    case_id: null,
    approver_id: null,
    session_id: null,
    source_ip: null,
    country: null,
  };
}

export function letter(offset: string, topic: Feed = 'access-log'): DeadLetter {
  return { topic, partition: 0, offset, reason: 'not_avro', error: 'no', key: null, payload: Buffer.from('x') };
}

export interface PartShape {
  readonly epoch?: number;
  readonly topic?: Feed;
  readonly partition?: number;
  readonly first?: number;
  readonly rows?: number;
  readonly bytes?: number;
  readonly letters?: readonly DeadLetter[];
  readonly atMs?: number;
}

export function part(shape: PartShape = {}): Part {
  const { epoch = 1, topic = 'access-log', partition = 0, first = 0, rows = 1, bytes = 10, letters = [] } = shape;
  const occurredAt = shape.atMs ?? at('2026-03-01T09:00:00Z');
  const records = Array.from({ length: rows }, (_, i) => event(`${partition}-${first + i}`, occurredAt));
  return {
    epoch,
    topic,
    partition,
    firstOffset: String(first),
    nextOffset: String(first + rows + letters.length),
    bytes,
    batch: {
      feed: topic,
      records:
        topic === 'access-log' ? AccessPack.of(records.map((event) => ({ event, rank: 7 }))) : (records as never),
      ranks: records.map(() => 7),
      deadLetters: letters,
      watermarkMs: rows === 0 ? Number.NEGATIVE_INFINITY : occurredAt,
    },
  };
}
