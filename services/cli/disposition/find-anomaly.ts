// An anomaly by the first characters of its id, as people copy it from a table.

import { UsageError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

export interface FoundAnomaly {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly summary: string;
  readonly status: string;
  readonly disposition: string;
}

/** @throws UsageError where no anomaly, or more than one, is meant */
export async function findAnomaly(ch: ClickHouse, id: string): Promise<FoundAnomaly> {
  if (!/^[0-9a-f]{4,32}$/.test(id))
    throw new UsageError(`${id} is not an anomaly id: give 4 to 32 of its characters, 0–9 and a–f`);
  const rows = await ch.query<FoundAnomaly>(
    'SELECT anomaly_id, detection, summary, status, disposition FROM {db}.anomalies WHERE startsWith(anomaly_id, {id:String}) LIMIT 3',
    { id },
  );
  const [row] = rows;
  if (row === undefined) throw new UsageError(`no anomaly ${id}: list them with keyhole anomalies`);
  if (rows.length > 1) throw new UsageError(`${id} begins several anomaly ids: give more of its characters`);
  return row;
}
