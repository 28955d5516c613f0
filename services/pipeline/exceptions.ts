// Exceptions as stored: every revision ever made, and the duty to judge again what a new one covers. Who may decide, and what follows for
// findings, core/exceptions says.

import {
  checkException,
  contentOf,
  type Exception,
  type Exceptions,
  toExceptions,
} from '../core/exceptions/exception.js';
import { dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
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
