// The quick way through validation for support cases, which come about as often as half the accesses: builds the case when
// everything about it is valid, and says nothing at all otherwise, so that the zod schema gives the verdict and the words. A
// property test holds the two equal. Keys are built in sorted order: JSON.stringify of the result is its canonical JSON.

import { acceptIds, acceptTime } from './access-accept.js';
import type { CaseKind, SupportCase } from './records.js';
import type { TimeForm } from './schemas.js';
import { isCount, isId, isObject } from './values.js';

/** The valid case, or null: ask the schema why. */
export function acceptCase(value: unknown, times: TimeForm): SupportCase | null {
  if (!isObject(value)) return null;
  const { case_id, opened_by } = value;
  const kind = kindOf(value['kind']);
  const status = statusOf(value['status']);
  if (!isId(case_id) || !isId(opened_by) || kind === null || status === null) return null;
  const opened_at = acceptTime(value['opened_at'], times);
  const updated_at = acceptTime(value['updated_at'], times);
  const customer_ids = acceptIds(value['customer_ids']);
  if (opened_at === null || updated_at === null || customer_ids === null) return null;
  const closed = value['closed_at'] ?? null;
  const closed_at = closed === null ? null : acceptTime(closed, times);
  if (closed !== null && closed_at === null) return null;
  const assignee_id = value['assignee_id'] ?? null;
  const seller_id = value['seller_id'] ?? null;
  const approved_by = value['approved_by'] ?? null;
  const record_limit = value['record_limit'] ?? null;
  if (assignee_id !== null && !isId(assignee_id)) return null;
  if (seller_id !== null && !isId(seller_id)) return null;
  if (approved_by !== null && !isId(approved_by)) return null;
  if (record_limit !== null && !isCount(record_limit)) return null;
  return {
    approved_by,
    assignee_id,
    case_id,
    closed_at,
    customer_ids,
    kind,
    opened_at,
    opened_by,
    record_limit: record_limit === null ? null : record_limit + 0,
    seller_id,
    status,
    updated_at,
  };
}

function kindOf(value: unknown): CaseKind | null {
  switch (value) {
    case 'support':
    case 'appeal':
    case 'review_dispute':
    case 'investigation':
    case 'bulk_task':
      return value;
    default:
      return null;
  }
}

function statusOf(value: unknown): SupportCase['status'] | null {
  return value === 'open' || value === 'closed' ? value : null;
}
