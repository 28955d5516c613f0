// How a record is written as one line of NDJSON: names as on the wire, times in ISO 8601, null fields left out.
// Relies on the simulator's strings being plain (letters, digits, dots, dashes), so nothing needs escaping; a test parses them.

import type { AccessEvent, Feed, FeedRecords, SupportCase } from '../../core/feeds/records.js';
import { isoTime } from '../time.js';

const TIME_FIELDS = new Set(['hired_at', 'left_at', 'valid_from', 'at', 'received_at', 'planted_at', 'from', 'to']);

function list(ids: readonly string[]): string {
  return ids.length === 0 ? '[]' : `["${ids.join('","')}"]`;
}

function text(name: string, value: string | null): string {
  return value === null ? '' : `,"${name}":"${value}"`;
}

/** Written by hand: a million of these lines are most of the simulator's time. */
export function accessLine(event: AccessEvent): string {
  return (
    `{"event_id":"${event.event_id}","occurred_at":"${isoTime(event.occurred_at)}","actor_id":"${event.actor_id}"` +
    `,"actor_kind":"${event.actor_kind}","action":"${event.action}","outcome":"${event.outcome}"` +
    `,"tool":"${event.tool}","marketplace":"${event.marketplace}"${text('seller_id', event.seller_id)}` +
    `,"customer_ids":${list(event.customer_ids)}${text('review_id', event.review_id)}` +
    `${event.review_rating === null ? '' : `,"review_rating":${event.review_rating}`}` +
    `,"record_count":${event.record_count}${text('case_id', event.case_id)}${text('approver_id', event.approver_id)}` +
    `${text('session_id', event.session_id)}${text('source_ip', event.source_ip)}${text('country', event.country)}}\n`
  );
}

export function caseLine(version: SupportCase): string {
  return (
    `{"case_id":"${version.case_id}","kind":"${version.kind}","status":"${version.status}"` +
    `,"opened_at":"${isoTime(version.opened_at)}"` +
    `${version.closed_at === null ? '' : `,"closed_at":"${isoTime(version.closed_at)}"`}` +
    `,"opened_by":"${version.opened_by}"${text('assignee_id', version.assignee_id)}` +
    `${text('seller_id', version.seller_id)},"customer_ids":${list(version.customer_ids)}` +
    `${text('approved_by', version.approved_by)}` +
    `${version.record_limit === null ? '' : `,"record_limit":${version.record_limit}`}` +
    `,"updated_at":"${isoTime(version.updated_at)}"}\n`
  );
}

/** Any other record: fields whose names say that they are times are written as times. */
export function plainLine<F extends Exclude<Feed, 'access-log' | 'support-cases'>>(record: FeedRecords[F]): string {
  const fields = Object.entries(record)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'number' && TIME_FIELDS.has(name) ? isoTime(value) : value]);
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}
