// Takes away what repeats brought back of erased rows. An erased row outranks its repeat, so that no view shows it; a pass of sealing sees
// to it that the repeat is not stored either.

import { NAMING } from '../../core/feeds/identity.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { INPUT_BITS } from '../evidence/sealed-tables.js';
import { RANK_SQL, TABLES } from '../tables.js';
import { deleteRows } from './delete-rows.js';

/** Feeds whose records name customers. */
const NAMING_CUSTOMERS = ['access-log', 'support-cases', 'customer-complaints'] as const;

export async function sweepErased(ch: ClickHouse): Promise<void> {
  const [row] = await ch.query<{ n: string }>("SELECT count() AS n FROM {db}.forgotten WHERE kind = 'erasure'");
  if (row?.n === '0') return;
  for (const feed of NAMING_CUSTOMERS) {
    const table = TABLES[feed].name;
    const isErased = `bitAnd(version, ${INPUT_BITS}) = ${INPUT_BITS}`;
    const content = `(${NAMING[feed].identity.join(', ')}, ${RANK_SQL})`;
    const repeats = `NOT (${isErased}) AND ${content} IN (SELECT ${content} FROM {db}.${table} WHERE ${isErased})`;
    await deleteRows(ch, `{db}.${table}`, repeats);
  }
}
