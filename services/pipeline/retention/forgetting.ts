// The customer that is being erased, named to the database without a statement ever saying the id: statements are kept in the log of queries
// and beside the parts that they change. The id lies in a table that is memory alone, for as long as the erasure lasts.

import { randomBytes } from 'node:crypto';
import { UsageError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';

/** SQL for what an erasure looks for and what it puts in its place. */
export interface Forgetting {
  /** the id */
  readonly id: string;
  /** a regular expression that finds the id where neither side of it goes on like an id */
  readonly pattern: string;
  /** a regular expression that finds the id with whatever neighbours, any of its characters escaped as in JSON */
  readonly raw: string;
}

const PREFIX = 'forgetting_';
const ID_CHARACTERS = '0-9A-Za-z_-';

/** Below this many characters an id stands within too many words. */
const TELLING_LENGTH = 4;

const literally = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

const patternOf = (id: string): string => `(^|[^${ID_CHARACTERS}])${literally(id)}($|[^${ID_CHARACTERS}])`;

/** For ClickHouse (RE2) and for JavaScript. */
export const rawPatternOf = (id: string): string => [...id].map(escapedOrNot).join('');

/** A character as itself or as JSON may have it, also within JSON within JSON. */
function escapedOrNot(character: string): string {
  const short = character === '/' ? '\\/' : JSON.stringify(character).slice(1, -1);
  const long = Array.from({ length: character.length }, (_, n) => {
    const digits = character.charCodeAt(n).toString(16).padStart(4, '0');
    return `\\\\+u${digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`;
  });
  return `(?:${[...new Set([literally(character), literally(short), long.join('')])].join('|')})`;
}

/** What is said about an erasure is signed and kept for ever. @throws UsageError, without the id */
export function refuseNaming(customer: string, said: { readonly by: string; readonly note: string }): void {
  const named = new RegExp(customer.length < TELLING_LENGTH ? patternOf(customer) : rawPatternOf(customer), 'u');
  const option = named.test(said.note) ? '--why' : named.test(said.by) ? '--by' : null;
  if (option !== null)
    throw new UsageError(
      `${option} holds the id of the customer, and would be signed and kept: nothing was erased; say it without, as by the number of the request`,
    );
}

/** What a crash left of an earlier one goes first. */
export async function whileForgetting<T>(
  ch: ClickHouse,
  customer: string,
  erase: (forgetting: Forgetting) => Promise<T>,
): Promise<T> {
  await dropAll(ch);
  const table = `${PREFIX}${randomBytes(4).toString('hex')}`;
  await ch.command(`CREATE TABLE {db}.${table} (id String, pattern String, raw String) ENGINE = Memory`);
  try {
    await ch.insert(table, ['id', 'pattern', 'raw'], [[customer, patternOf(customer), rawPatternOf(customer)]]);
    const one = (column: string): string => `assumeNotNull((SELECT ${column} FROM {db}.${table}))`;
    return await erase({ id: one('id'), pattern: one('pattern'), raw: one('raw') });
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
