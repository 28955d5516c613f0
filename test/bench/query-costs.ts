// Which statements cost ClickHouse the most in a run, from system.query_log: for whoever makes Keyhole faster. Statements are shown
// normalised, without the ids and times in them.

import { connectClickHouse } from '../../services/platform/clickhouse/client.js';
import type { Rig } from './rig.js';

interface Cost {
  readonly statement: string;
  readonly runs: string;
  readonly cpu_s: number;
  readonly wall_s: number;
  readonly rows: string;
}

const SHOWN = 12;

/** Lines, the dearest first, of the statements that name the database. */
export async function queryCosts(rig: Rig, database: string): Promise<string[]> {
  const ch = connectClickHouse(rig.stack.clickhouseAdmin);
  try {
    await ch.command('SYSTEM FLUSH LOGS');
    const rows = await ch.query<Cost>(
      `SELECT any(substring(replaceRegexpAll(normalizeQuery(query), '\\\\s+', ' '), 1, 150)) AS statement, toString(count()) AS runs,
        round(sum(ProfileEvents['OSCPUVirtualTimeMicroseconds']) / 1e6, 2) AS cpu_s, round(sum(query_duration_ms) / 1000, 2) AS wall_s,
        toString(sum(read_rows + written_rows)) AS rows
      FROM system.query_log WHERE type = 'QueryFinish' AND position(query, {database:String}) > 0 AND position(query, 'query_log') = 0
      GROUP BY normalized_query_hash ORDER BY cpu_s DESC LIMIT ${SHOWN}`,
      { database },
    );
    return rows.map(
      ({ statement, runs, cpu_s, wall_s, rows: touched }) =>
        `${String(cpu_s).padStart(7)} s cpu ${String(wall_s).padStart(7)} s ${runs.padStart(6)} × ${touched.padStart(10)} rows  ${statement}`,
    );
  } finally {
    await ch.close();
  }
}
