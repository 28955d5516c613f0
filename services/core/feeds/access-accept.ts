// The quick way through validation for the one feed that comes in millions: builds the event when everything about it is
// valid, and says nothing at all otherwise, so that the zod schema gives the verdict and the words. A property test holds
// the two equal. Keys are built in sorted order: JSON.stringify of the result is its canonical JSON.

import { parseIsoMs } from './iso-time.js';
import type { AccessEvent, ActorKind, Outcome } from './records.js';
import type { TimeForm } from './schemas.js';
import { isCount, isId, isObject, isText, isTimeMs } from './values.js';

const NO_IDS: readonly string[] = Object.freeze([]);

/** The valid event, or null: ask the schema why. */
export function acceptAccess(value: unknown, times: TimeForm): AccessEvent | null {
  if (!isObject(value)) return null;
  const { action, actor_id, event_id, marketplace, tool, record_count } = value;
  if (!isId(event_id) || !isId(actor_id) || !isText(action) || !isText(tool) || !isText(marketplace)) return null;
  if (!isCount(record_count)) return null;
  const occurred_at = acceptTime(value['occurred_at'], times);
  const actor_kind = actorKind(value['actor_kind']);
  const outcome = outcomeOf(value['outcome']);
  const customer_ids = acceptIds(value['customer_ids']);
  const review_rating = rating(value['review_rating']);
  if (occurred_at === null || actor_kind === null || outcome === null || customer_ids === null) return null;
  if (review_rating === undefined) return null;
  const seller_id = value['seller_id'] ?? null;
  const review_id = value['review_id'] ?? null;
  const case_id = value['case_id'] ?? null;
  const approver_id = value['approver_id'] ?? null;
  const session_id = value['session_id'] ?? null;
  const source_ip = value['source_ip'] ?? null;
  const country = value['country'] ?? null;
  if (seller_id !== null && !isId(seller_id)) return null;
  if (review_id !== null && !isId(review_id)) return null;
  if (case_id !== null && !isId(case_id)) return null;
  if (approver_id !== null && !isId(approver_id)) return null;
  if (session_id !== null && !isId(session_id)) return null;
  if (source_ip !== null && !isText(source_ip)) return null;
  if (country !== null && !isText(country)) return null;
  return {
    action,
    actor_id,
    actor_kind,
    approver_id,
    case_id,
    country,
    customer_ids,
    event_id,
    marketplace,
    occurred_at,
    outcome,
    record_count: record_count + 0,
    review_id,
    review_rating,
    seller_id,
    session_id,
    source_ip,
    tool,
  };
}

export function acceptTime(value: unknown, times: TimeForm): number | null {
  const ms = times === 'iso' && typeof value === 'string' ? parseIsoMs(value) : times === 'millis' ? value : null;
  return isTimeMs(ms) ? ms : null;
}

function actorKind(value: unknown): ActorKind | null {
  if (value === undefined || value === null || value === 'employee') return 'employee';
  return value === 'contractor' || value === 'service' || value === 'seller_app' ? value : null;
}

function outcomeOf(value: unknown): Outcome | null {
  if (value === undefined || value === null || value === 'allowed') return 'allowed';
  return value === 'denied' ? value : null;
}

export function acceptIds(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return NO_IDS;
  return Array.isArray(value) && value.every(isId) ? value : null;
}

/** undefined: not valid. */
function rating(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 5 ? value : undefined;
}
