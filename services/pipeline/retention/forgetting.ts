// The customer that is being erased, named to the database without a statement ever saying the id: statements are kept in the log of queries
// and beside the parts that they change. The id lies in a table that is memory alone, for as long as the erasure lasts.

import { randomBytes } from 'node:crypto';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

/** SQL for what an erasure looks for and what it puts in its place. */
export interface Forgetting {
  /** the id */
  readonly id: string;
  /** a regular expression that finds the id where neither side of it goes on like an id */
  readonly pattern: string;
  /** the id as it stands in JSON */
  readonly escaped: string;
}

const PREFIX = 'forgetting_';
const ID_CHARACTERS = '0-9A-Za-z_-';

const patternOf = (id: string): string =>
  `(^|[^${ID_CHARACTERS}])${id.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}($|[^${ID_CHARACTERS}])`;

/** A text as it stands within a JSON string. */
export const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** What a crash left of an earlier one goes first. */
export async function whileForgetting<T>(
  ch: ClickHouse,
  customer: string,
  erase: (forgetting: Forgetting) => Promise<T>,
): Promise<T> {
  await dropAll(ch);
  const table = `${PREFIX}${randomBytes(4).toString('hex')}`;
  await ch.command(`CREATE TABLE {db}.${table} (id String, pattern String, escaped String) ENGINE = Memory`);
  try {
    await ch.insert(table, ['id', 'pattern', 'escaped'], [[customer, patternOf(customer), inJson(customer)]]);
    const one = (column: string): string => `assumeNotNull((SELECT ${column} FROM {db}.${table}))`;
    return await erase({ id: one('id'), pattern: one('pattern'), escaped: one('escaped') });
  } finally {
    await ch.command(`DROP TABLE IF EXISTS {db}.${table}`);
  }
}

async function dropAll(ch: ClickHouse): Promise<void> {
  const left = await ch.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND startsWith(name, '${PREFIX}')`,
    { database: ch.database },
  );
  for (const { name } of left) await ch.command(`DROP TABLE IF EXISTS {db}.${name}`);
}
