// Who vouches for rows that came after their hour was sealed. A witness is asked before such rows are amended, and when they are found
// unsealed; what nobody vouches for was changed by hand.

import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { HourDifference, Witness } from './differences.js';
import { hourSpan } from './differences.js';
import { spanSql } from './leaves-sql.js';

/**
 * For a database that nobody else may write to while a replay holds it: what differs has to have arrived during the replay, as
 * every row that a replay lands does, and a version never falls.
 */
export function arrivalWitness(ch: ClickHouse, sinceMs: number): Witness {
  return {
    async accepts({ table, hour, changes }) {
      if (!changes.every(isForward)) return false;
      const keys = changes.map(({ key }) => key);
      const [row] = await ch.query<{ n: string }>(
        `SELECT count() AS n FROM ${table.source} WHERE ${spanSql(table, hourSpan(hour))}
        AND ${table.key} IN {keys:Array(UInt64)}
        AND ${table.arrival} >= fromUnixTimestamp64Milli(${sinceMs}, 'UTC') AND ${table.arrival} <= now64(3)`,
        { keys },
      );
      return Number(row?.n ?? 0) === keys.length;
    },
  };
}

/**
 * What the extra text says may only move on: an explanation by its number of inputs, a judgement by configuration and version. Equal
 * contents with a changed extra, or a changed content with an extra that did not fall.
 */
export function isForward({ before, now }: HourDifference['changes'][number]): boolean {
  if (now === null) return false;
  if (before === null) return true;
  const [a, b] = [numbersOf(before.extra), numbersOf(now.extra)];
  if (before.content.equals(now.content)) return compare(a, b) < 0;
  return compare(a, b) < 0 || !/^\d/.test(now.extra);
}

const numbersOf = (extra: string): bigint[] =>
  extra.split('/').flatMap((part) => (/^\d+$/.test(part) ? [BigInt(part)] : []));

function compare(a: readonly bigint[], b: readonly bigint[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [a[at] ?? 0n, b[at] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
