// Where employees worked when something was detected, for routing by marketplace and team. Unknown people have no place.

import type { OpenNotice } from '../core/alerting/notice.js';
import { NOWHERE, type Placement } from '../core/alerting/route.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

interface Row {
  readonly employee_id: string;
  readonly marketplace: string;
  readonly peer_group: string;
  readonly department: string;
  readonly valid_ms: string;
}

/** Placements by anomaly_id. */
export async function placementsOf(
  ch: ClickHouse,
  notices: readonly OpenNotice[],
): Promise<ReadonlyMap<string, Placement>> {
  const actors = [...new Set(notices.map(({ actor_id }) => actor_id).filter((actor) => actor !== ''))];
  if (actors.length === 0) return new Map();
  const rows = await ch.query<Row>(
    `SELECT employee_id, marketplace, peer_group, department, toUnixTimestamp64Milli(valid_from) AS valid_ms
    FROM {db}.employees FINAL WHERE employee_id IN {actors:Array(String)} ORDER BY employee_id, valid_from`,
    { actors },
  );
  const records = new Map<string, Row[]>();
  for (const row of rows) records.set(row.employee_id, [...(records.get(row.employee_id) ?? []), row]);
  return new Map(
    notices.map((notice) => [notice.anomaly_id, placementOf(records.get(notice.actor_id) ?? [], notice.detected_at)]),
  );
}

/** @param records ascending by valid_from: the latest up to the time counts, else the first */
function placementOf(records: readonly Row[], timeMs: number): Placement {
  const record = records.filter(({ valid_ms }) => Number(valid_ms) <= timeMs).at(-1) ?? records[0];
  return record === undefined
    ? NOWHERE
    : { marketplace: record.marketplace, teams: [record.peer_group, record.department] };
}
