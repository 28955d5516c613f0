// Takes away what repeats brought back of erased rows. An erased row outranks its repeat, so that no view shows it; a pass of sealing sees
// to it that the repeat is not stored either.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { INPUT_BITS } from '../evidence/sealed-tables.js';

const IDENTITIES: Readonly<Record<string, string>> = {
  access_events: 'actor_id, occurred_at, event_id',
  support_cases: 'case_id, updated_at',
  customer_complaints: 'complaint_id',
};

export async function sweepErased(ch: ClickHouse): Promise<void> {
  const [row] = await ch.query<{ n: string }>("SELECT count() AS n FROM {db}.forgotten WHERE kind = 'erasure'");
  if (row?.n === '0') return;
  for (const [table, identity] of Object.entries(IDENTITIES)) {
    const isErased = `bitAnd(version, ${INPUT_BITS}) = ${INPUT_BITS}`;
    const content = `(${identity}, bitShiftRight(version, 20))`;
    const repeats = `NOT (${isErased}) AND ${content} IN (SELECT ${content} FROM {db}.${table} WHERE ${isErased})`;
    const [found] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table} WHERE ${repeats}`);
    if (found?.n !== '0') await ch.command(`ALTER TABLE {db}.${table} DELETE WHERE ${repeats}`);
  }
}
