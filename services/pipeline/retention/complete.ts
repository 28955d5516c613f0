// Whether all that a range is recomputed from is still stored as it came. A range that reads a day of which an erasure or retention took
// something is refused: a difference would mean nothing, and neither would none.

import { KeyholeError } from '../../core/errors.js';
import { type Day, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

interface Days {
  readonly from: Day;
  readonly to: Day;
}

/** Both bounds included. */
export const isIncomplete = async (ch: ClickHouse, days: Days): Promise<boolean> =>
  (await missing(ch, days)).length > 0;

/** Throws KeyholeError('incomplete') naming the first and last such day. Both bounds included. */
export async function refuseIncomplete(ch: ClickHouse, { from, to }: Days): Promise<void> {
  const rows = await missing(ch, { from, to });
  if (rows.length === 0) return;
  const said = rows.map(({ kind, days, first, last }) => `${kind} took something of ${days} days, ${first} to ${last}`);
  throw new KeyholeError(
    'incomplete',
    `the range reads ${dayText(Math.max(0, from))} to ${dayText(to)}, which is not all stored any more: ${said.join('; ')}`,
    { retriable: false },
  );
}

interface MissingRow {
  readonly kind: string;
  readonly days: string;
  readonly first: string;
  readonly last: string;
}

const missing = (ch: ClickHouse, { from, to }: Days): Promise<MissingRow[]> =>
  ch.query<MissingRow>(
    `SELECT kind, uniqExact(day) AS days, min(day) AS first, max(day) AS last FROM {db}.forgotten FINAL
    WHERE table_name IN ('access_events', 'support_cases', 'customer_complaints')
      AND day >= '${dayText(Math.max(0, from))}' AND day <= '${dayText(to)}'
    GROUP BY kind ORDER BY kind`,
  );
