// What a rule found on a day, as SQL over keyhole.accesses: how many accesses of each entity take part, and which they are.

import { DAY_MS, type Day, startOf } from '../time.js';
import { expressionSql, sqlText } from './expression-sql.js';
import { isOwnAffair, type SigmaRule } from './sigma-rule.js';
import { spanSql, timeSql } from './span-sql.js';

/** Of these actors alone, where their matches depend on nobody else; null: of all. */
export type Actors = readonly string[] | null;

export interface Days {
  readonly from: Day;
  /** exclusive */
  readonly to: Day;
}

/**
 * @returns a SELECT of (day, entity, matches, reached_at): distinct accesses, and epoch ms of the first moment of the day at which the
 * rule held; ascending by day and entity. Days are whole days since 1970-01-01.
 */
export const matchSql = (rule: SigmaRule, days: Days, actors: Actors = null): string =>
  `SELECT day, entity, toUInt32(uniqExact(actor_id, at, event_id)) AS matches, min(reached_at) AS reached_at
FROM
(
${partsSql(rule, days, actors)}
)
GROUP BY day, entity
ORDER BY day, entity`;

/** @returns a condition over access_events that picks the accesses that one entity, written as `actor e-17`, was found for on a day */
export const evidenceSql = (rule: SigmaRule, day: Day, entity: string): string =>
  `(actor_id, occurred_at, event_id) IN
(
SELECT actor_id, fromUnixTimestamp64Milli(at, 'UTC'), event_id
FROM
(
${partsSql(rule, { from: day, to: day + 1 }, actorOf(rule, entity))}
)
WHERE entity = ${sqlText(entity)}
)`;

const actorOf = (rule: SigmaRule, entity: string): Actors =>
  isOwnAffair(rule) && entity.startsWith('actor ') ? [entity.slice('actor '.length)] : null;

function partsSql(rule: SigmaRule, days: Days, actors: Actors): string {
  const and =
    actors === null || !isOwnAffair(rule) ? '' : ` AND actor_id IN (${actors.map(sqlText).join(', ') || "''"})`;
  if (rule.plan.kind === 'correlation') return spanSql(rule.plan, { ...days, and });
  return `SELECT toUInt32(intDiv(at, ${DAY_MS})) AS day, concat('actor ', actor_id) AS entity, actor_id, toUnixTimestamp64Milli(occurred_at) AS at, event_id, at AS reached_at
FROM {db}.accesses
WHERE occurred_at >= ${timeSql(startOf(days.from))} AND occurred_at < ${timeSql(startOf(days.to))}${and} AND (${expressionSql(rule.plan.where)})`;
}
