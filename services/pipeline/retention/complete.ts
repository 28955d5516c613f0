// Whether all that a range is recomputed from is still stored as it came. A range that reads a day of which an erasure or retention took
// something is refused: a difference would mean nothing, and neither would none.

import { KeyholeError } from '../../core/errors.js';
import { type Day, dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

/** Throws KeyholeError('incomplete') naming the first and last such day. Both bounds included. */
export async function refuseIncomplete(ch: ClickHouse, { from, to }: { from: Day; to: Day }): Promise<void> {
  const rows = await ch.query<{ kind: string; days: string; first: string; last: string }>(
    `SELECT kind, uniqExact(day) AS days, min(day) AS first, max(day) AS last FROM {db}.forgotten FINAL
    WHERE table_name IN ('access_events', 'support_cases', 'customer_complaints')
      AND day >= '${dayText(Math.max(0, from))}' AND day <= '${dayText(to)}'
    GROUP BY kind ORDER BY kind`,
  );
  if (rows.length === 0) return;
  const said = rows.map(({ kind, days, first, last }) => `${kind} took something of ${days} days, ${first} to ${last}`);
  throw new KeyholeError(
    'incomplete',
    `the range reads ${dayText(Math.max(0, from))} to ${dayText(to)}, which is not all stored any more: ${said.join('; ')}`,
    { retriable: false },
  );
}
