// Access events as rows of access_events, with what was decided about them.

import type { AccessEvent, Explained } from '../core/feeds/records.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';
import { rowVersion, TABLES } from './tables.js';

export interface ExplainedAccess {
  readonly event: AccessEvent;
  readonly rank: number;
  readonly explained: Explained;
  readonly inputs: number;
}

const COLUMNS = [...TABLES['access-log'].columns, 'explained', 'version'];

export async function insertAccesses(ch: ClickHouse, accesses: readonly ExplainedAccess[]): Promise<void> {
  if (accesses.length > 0) await ch.insert('access_events', COLUMNS, accesses.map(toRow));
}

/** In the order of TABLES['access-log'].columns; spelled out because it runs once for every event. */
const toRow = ({ event, rank, explained, inputs }: ExplainedAccess): unknown[] => [
  event.event_id,
  toDateTime64(event.occurred_at),
  event.actor_id,
  event.actor_kind,
  event.action,
  event.outcome,
  event.tool,
  event.marketplace,
  event.seller_id,
  event.customer_ids,
  event.review_id,
  event.review_rating,
  event.record_count,
  event.case_id,
  event.approver_id,
  event.session_id,
  event.source_ip,
  event.country,
  explained,
  rowVersion(rank, inputs),
];
