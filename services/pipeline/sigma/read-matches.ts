// Rules asked of ClickHouse.

import { matchSql } from '../../core/sigma/match-sql.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { MatchQuery, RuleMatchRow } from './rule-matches.js';

export async function readMatches(ch: ClickHouse, { rule, from, to, actors }: MatchQuery): Promise<RuleMatchRow[]> {
  const rows = await ch.query<{ day: number; entity: string; matches: number; reached_at: string }>(
    matchSql(rule, { from, to }, actors),
  );
  return rows.map(({ reached_at, ...row }) => ({ ...row, reachedMs: Number(reached_at) }));
}
