// Deletes rows for good. Decides only that nothing is asked of the database's background work where nothing is to be deleted: a deletion
// waits its turn there, for a second and more, whatever it finds.

import type { ClickHouse } from '../../platform/clickhouse/client.js';

/** Looks at stored rows, outranked ones included. @param table with its database @param where SQL of a condition */
export async function holdsAny(ch: ClickHouse, table: string, where: string): Promise<boolean> {
  const rows = await ch.query<{ one: number }>(`SELECT 1 AS one FROM ${table} WHERE ${where} LIMIT 1`);
  return rows.length > 0;
}

/** @param table with its database @param where SQL of a condition */
export async function deleteRows(ch: ClickHouse, table: string, where: string): Promise<void> {
  if (await holdsAny(ch, table, where)) await ch.command(`ALTER TABLE ${table} DELETE WHERE ${where}`);
}
