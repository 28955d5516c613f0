// What a rule found on a day, as SQL over keyhole.accesses: how many accesses of each entity take part, and which they are.

import { DAY_MS, type Day, startOf } from '../time.js';
import { expressionSql, sqlText } from './expression-sql.js';
import { isOwnAffair, type SigmaRule } from './sigma-rule.js';
import { spanSql, timeSql } from './span-sql.js';

/** Of these actors alone, where their matches depend on nobody else; null: of all. */
export type Actors = readonly string[] | null;

/** @returns a SELECT of (entity, matches, reached_at): distinct accesses, and epoch ms of the first moment at which the rule held; ascending by entity */
export const matchSql = (rule: SigmaRule, day: Day, actors: Actors = null): string =>
  `SELECT entity, toUInt32(uniqExact(actor_id, at, event_id)) AS matches, min(reached_at) AS reached_at
FROM
(
${partsSql(rule, day, actors)}
)
GROUP BY entity
ORDER BY entity`;

/** @returns a condition over access_events that picks the accesses of one entity, written as `actor e-17` */
export const evidenceSql = (rule: SigmaRule, day: Day, entity: string): string =>
  `(actor_id, occurred_at, event_id) IN
(
SELECT actor_id, fromUnixTimestamp64Milli(at, 'UTC'), event_id
FROM
(
${partsSql(rule, day, actorOf(rule, entity))}
)
WHERE entity = ${sqlText(entity)}
)`;

const actorOf = (rule: SigmaRule, entity: string): Actors =>
  isOwnAffair(rule) && entity.startsWith('actor ') ? [entity.slice('actor '.length)] : null;

function partsSql(rule: SigmaRule, day: Day, actors: Actors): string {
  const fromMs = startOf(day);
  const toMs = fromMs + DAY_MS;
  const and =
    actors === null || !isOwnAffair(rule) ? '' : ` AND actor_id IN (${actors.map(sqlText).join(', ') || "''"})`;
  if (rule.plan.kind === 'correlation') return spanSql(rule.plan, { fromMs, toMs, and });
  return `SELECT concat('actor ', actor_id) AS entity, actor_id, toUnixTimestamp64Milli(occurred_at) AS at, event_id, at AS reached_at
FROM {db}.accesses
WHERE occurred_at >= ${timeSql(fromMs)} AND occurred_at < ${timeSql(toMs)}${and} AND (${expressionSql(rule.plan.where)})`;
}
