// Exceptions as stored: every revision ever made, and the duty to judge again what a new one covers. Who may decide, and what follows for
// findings, core/exceptions says.

import type { Place } from '../core/exceptions/apply.js';
import {
  checkException,
  contentOf,
  type Exception,
  type Exceptions,
  toExceptions,
} from '../core/exceptions/exception.js';
import type { Finding } from '../core/judge/finding.js';
import { DAY_MS, dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTimeText } from '../platform/clickhouse/time.js';
import { oblige } from './duties.js';
import { Touched } from './touched.js';

interface ExceptionRow extends Omit<Exception, 'from' | 'until'> {
  readonly from_day: string;
  readonly until_day: string;
}

/** A revision with the moment at which it was stored, which nothing is decided by. */
export type StoredException = Exception & { readonly at: string };

const COLUMNS = [
  'exception_id',
  'revision',
  'content',
  'detections',
  'actor_id',
  'seller_id',
  'cluster_id',
  'tool',
  'marketplace',
  'from_day',
  'until_day',
  'decided_by',
  'why',
];

/** All revisions, oldest first. */
export async function readRevisions(ch: ClickHouse): Promise<StoredException[]> {
  const rows = await ch.query<ExceptionRow & { readonly content: string; readonly at: string }>(
    `SELECT ${COLUMNS.join(', ')}, at FROM {db}.exceptions FINAL ORDER BY exception_id, revision, content`,
  );
  return rows.map(({ from_day, until_day, content: _content, at, ...rest }) => ({
    ...rest,
    from: dayFromText(from_day),
    until: dayFromText(until_day),
    at,
  }));
}

export async function readExceptions(ch: ClickHouse): Promise<Exceptions> {
  const revisions = await readRevisions(ch);
  return toExceptions(revisions.map(({ at: _at, ...exception }) => exception));
}

/** Of the accesses that a finding cites. */
export async function readPlace(
  ch: ClickHouse,
  { evidence_event_ids, window_start, window_end, actor_id }: Finding,
): Promise<Place> {
  const ids = evidence_event_ids.length === 0 ? [''] : evidence_event_ids;
  const [place] = await ch.query<Place>(
    `SELECT arraySort(groupUniqArray(toString(tool))) AS tools, arraySort(groupUniqArray(toString(marketplace))) AS marketplaces
    FROM {db}.access_events FINAL
    WHERE event_id IN {ids:Array(String)} AND occurred_at >= {from:DateTime64(3)} AND occurred_at < {to:DateTime64(3)} AND ({actor:String} = '' OR actor_id = {actor:String})`,
    // A span may begin on the day before the window.
    { ids, from: toDateTimeText(window_start - DAY_MS), to: toDateTimeText(window_end), actor: actor_id },
  );
  return place ?? { tools: [], marketplaces: [] };
}

/**
 * Stores a revision, then the duty to judge its days again, in this order: a round that comes between has read the revision.
 * @throws UsageError where the exception may not be
 */
export async function storeException(ch: ClickHouse, exception: Exception): Promise<void> {
  const { from, until, ...rest } = checkException(exception);
  const values: Record<string, unknown> = {
    ...rest,
    content: contentOf(exception),
    from_day: dayText(from),
    until_day: dayText(until),
  };
  await ch.insert('exceptions', COLUMNS, [COLUMNS.map((column) => values[column])]);
  await oblige(ch, `exception/${exception.exception_id}/${exception.revision}`, new Touched(), dayText(from));
}
