// The server's log of queries, which holds what people asked for, ids included, for some days. What it knows of people is kept without
// literals first (watchers.ts); then the rows in which the id stands are deleted. So is the id in the last error of a kind that the server keeps.

import { KeyholeError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';
import { collectQueries } from '../watchers.js';
import { deleteRows } from './delete-rows.js';
import type { Forgetting } from './forgetting.js';
import { anyTextSql } from './texts.js';

/** @returns false where there is no such log, or this account may not change it */
export async function forgetQueries(ch: ClickHouse, forgetting: Forgetting, token: string): Promise<boolean> {
  const { id, raw } = forgetting;
  try {
    // With whatever neighbours, as rows are deleted below: a name in a question may be `ticket_` and the customer's.
    await collectQueries(ch, (column) => `replaceRegexpAll(\`${column}\`, ${raw}, ${sqlStrings([token])})`);
    await deleteRows(ch, 'system.query_log', await namedSql(ch, id));
    await forgetErrors(ch, id);
    return true;
  } catch (error) {
    if (error instanceof KeyholeError && error.code === 'clickhouse_rejected') return false;
    throw error;
  }
}

/** The id in any text of a row: clients choose the query's id, its settings, their name, agent, referrer and addresses as well. */
async function namedSql(ch: ClickHouse, id: string): Promise<string> {
  const columns = await ch.query<{ name: string; type: string }>(
    "SELECT name, type FROM system.columns WHERE database = 'system' AND table = 'query_log' AND default_kind = ''",
  );
  const named = columns.map(({ name, type }) =>
    anyTextSql(type, `\`${name}\``, (sql) => `position(ifNull(${sql}, ''), ${id}) > 0`),
  );
  return named.filter((sql) => sql !== null).join(' OR ') || '0';
}

/** The server keeps the words of the last error of each kind until the next of that kind: so there is a next one. */
async function forgetErrors(ch: ClickHouse, id: string): Promise<void> {
  const kinds = await ch.query<{ code: number }>(
    `SELECT DISTINCT code FROM system.errors WHERE position(last_error_message, ${id}) > 0`,
  );
  for (const { code } of kinds)
    await ch
      .query(`SELECT throwIf(1, 'forgotten', toInt32(${code})) SETTINGS allow_custom_error_code_in_throwif = 1`)
      .catch(() => undefined);
}
