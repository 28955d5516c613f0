// Which accesses of a correlation's rules take part in a span that satisfies it and is reached on a day, as SQL, for each of some days. A
// span is as long as the timespan, both ends included, and slides: it may begin on the day before. Where the count also has an upper
// bound, spans lie on a grid. A day's answer is the same whether it is asked for alone or among others.
//
// How many values a sliding span holds is counted by a sweep: each value enters at its access and leaves when the span has passed it, or
// when it comes again. The sum of entries and leavings, in order of time, is the count at every moment, in one pass however long the span.

import { DAY_MS, type Day, startOf } from '../time.js';
import { isOpen } from './correlation.js';
import { expressionSql } from './expression-sql.js';
import type { GroupName } from './fields.js';
import { type CorrelationPlan, ownerOf } from './sigma-rule.js';

export interface SpanDays {
  readonly from: Day;
  /** exclusive */
  readonly to: Day;
  /** a further condition over accesses, or '' */
  readonly and: string;
}

/** No access comes as late. */
const NEVER = 9_000_000_000_000_000;
const ROWS_BEFORE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';

/** @returns a SELECT of (day, entity, actor_id, at, event_id, reached_at), one row per day, entity, group and access that takes part */
export function spanSql(plan: CorrelationPlan, days: SpanDays): string {
  const steps =
    plan.type === 'temporal_ordered'
      ? orderedSteps(plan, days)
      : isOpen(plan.range)
        ? slidingSteps(plan, days)
        : gridSteps(plan, days);
  return `WITH\n${[pickedStep(plan, days), groupedStep(plan), ...steps, taking(plan, days)].join(',\n')}\nSELECT DISTINCT day, ${entitySql(plan)} AS entity, actor_id, at, event_id, reached_at\nFROM taking`;
}

const groupNames = ({ groups }: CorrelationPlan): string[] => groups.map((_, i) => `g${i + 1}`);
const listed = (names: readonly string[]): string => names.map((name) => `${name}, `).join('');
const partition = (names: readonly string[]): string => (names.length === 0 ? '' : `PARTITION BY ${names.join(', ')} `);

/** Whole days of a span on the grid. */
const gridDays = (spanMs: number): number => Math.max(1, spanMs / DAY_MS);

/** First moment whose accesses may belong to a span that is reached on one of the days. */
const earliest = ({ range, spanMs }: CorrelationPlan, { from }: SpanDays): number =>
  isOpen(range) ? startOf(from) - spanMs : startOf(from - gridDays(spanMs) + 1);

/** The days, of those asked for, that an access of this moment may count on. */
const daysOf = (last: string, { from, to }: SpanDays): string =>
  `arrayJoin(range(toUInt32(greatest(intDiv(at, ${DAY_MS}), ${from})), toUInt32(least(${last}, ${to - 1}) + 1)))`;

export const timeSql = (ms: number): string =>
  `toDateTime64('${new Date(ms).toISOString().replace('T', ' ').slice(0, -1)}', 3, 'UTC')`;

/** The accesses of each rule: one row per access and rule. */
function pickedStep(plan: CorrelationPlan, days: SpanDays): string {
  const conditions = plan.where.map((where) => expressionSql(where));
  const numbers = conditions.map((condition, i) => `if(${condition}, ${i + 1}, 0)`).join(', ');
  return `picked AS
(
  SELECT *, toUnixTimestamp64Milli(occurred_at) AS at, arrayJoin(arrayFilter(n -> n > 0, [${numbers}])) AS rule
  FROM {db}.accesses
  WHERE occurred_at >= ${timeSql(earliest(plan, days))} AND occurred_at < ${timeSql(startOf(days.to))}${days.and}
)`;
}

/** Each access under its groups, with the value that is counted. An access without a value or a group counts nowhere. */
function groupedStep(plan: CorrelationPlan): string {
  const names = groupNames(plan);
  const columns = plan.groups.map(({ fields }, i) => `${byRule(fields)} AS ${names[i]}`);
  const value = countedSql(plan);
  const isGrouped = names.map((name) => `${name} != ''`);
  const isCounted = plan.value === null ? [] : ["v != ''"];
  const where = [...isGrouped, ...isCounted].join(' AND ');
  const clusters = plan.groups.some(({ fields }) => fields.includes('cluster_id'))
    ? `
  INNER JOIN (SELECT seller_id AS linked, cluster_id, min(valid_from) AS since FROM {db}.seller_links FINAL GROUP BY linked, cluster_id) AS links
  ON links.linked = picked.seller_id AND links.since <= picked.occurred_at`
    : '';
  return `grouped AS
(
  SELECT DISTINCT ${listed(columns)}actor_id, at, event_id, ${value} AS v
  FROM picked${clusters}${where === '' ? '' : `\n  WHERE ${where}`}
)`;
}

function byRule(fields: readonly GroupName[]): string {
  const distinct = new Set(fields);
  if (distinct.size === 1) return textSql(fields[0] as GroupName);
  const cases = fields.slice(0, -1).map((field, i) => `rule = ${i + 1}, ${textSql(field)}, `);
  return `multiIf(${cases.join('')}${textSql(fields.at(-1) as GroupName)})`;
}

const textSql = (field: GroupName): string =>
  field === 'customer_ids' ? 'arrayJoin(customer_ids)' : `ifNull(toString(${field}), '')`;

/** Accesses are counted by their identity, kinds of access by their rule. */
const countedSql = ({ type, value }: CorrelationPlan): string => {
  if (value !== null) return textSql(value);
  return type === 'event_count' ? "concat(actor_id, ' ', toString(at), ' ', event_id)" : 'toString(rule)';
};

function slidingSteps(plan: CorrelationPlan, days: SpanDays): string[] {
  const names = groupNames(plan);
  const { spanMs } = plan;
  const keys = [...names, 'v'];
  return [
    `moments AS
(
  SELECT ${listed(keys)}at, leadInFrame(at, 1, toInt64(${NEVER})) OVER (PARTITION BY ${keys.join(', ')} ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next_at
  FROM (SELECT DISTINCT ${listed(keys)}at FROM grouped)
)`,
    `steps AS
(
  SELECT ${listed(names)}step.1 AS moment, step.2 AS turn, step.3 AS change
  FROM moments
  ARRAY JOIN [(at, 1, 1), if(next_at <= at + ${spanMs}, (next_at, 0, -1), (at + ${spanMs}, 2, -1))] AS step
)`,
    `reached AS
(
  SELECT DISTINCT ${listed(names)}moment AS at
  FROM (SELECT ${listed(names)}moment, turn, sum(change) OVER (${partition(names)}ORDER BY moment, turn ${ROWS_BEFORE}) AS held FROM steps)
  WHERE turn = 1 AND held >= ${plan.range.min} AND moment >= ${startOf(days.from)}
)`,
  ];
}

/** For each rule in order, the latest moment at which a chain that has come so far began. Equal times count as in order. */
function orderedSteps(plan: CorrelationPlan, days: SpanDays): string[] {
  const names = groupNames(plan);
  const last = plan.where.length;
  let rows = `SELECT ${listed(names)}at, toUInt32(v) AS rule, if(rule = 1, at, toInt64(-1)) AS s1 FROM grouped`;
  for (let i = 2; i <= last; i++) {
    rows = `SELECT *, if(rule = ${i}, max(s${i - 1}) OVER (${partition(names)}ORDER BY at, rule ${ROWS_BEFORE}), toInt64(-1)) AS s${i} FROM (${rows})`;
  }
  return [
    `reached AS
(
  SELECT DISTINCT ${listed(names)}at FROM (${rows})
  WHERE rule = ${last} AND s${last} >= 0 AND at - s${last} <= ${plan.spanMs} AND at >= ${startOf(days.from)}
)`,
  ];
}

/** Spans side by side; the whole days of a longer one end with the day, and something of it must lie on that day. */
function gridSteps(plan: CorrelationPlan, days: SpanDays): string[] {
  const names = groupNames(plan);
  const { min, max, not } = plan.range;
  const holds = [
    `held >= ${min}`,
    ...(max === null ? [] : [`held <= ${max}`]),
    ...(not === null ? [] : [`held != ${not}`]),
  ];
  const box = plan.spanMs < DAY_MS ? `intDiv(at, ${plan.spanMs})` : '0';
  return [
    `boxed AS
(
  SELECT *, ${daysOf(`intDiv(at, ${DAY_MS}) + ${gridDays(plan.spanMs) - 1}`, days)} AS day, ${box} AS box
  FROM grouped
)`,
    `reached AS
(
  SELECT ${listed(names)}day, box, max(at) AS last_at, uniqExact(${plan.type === 'event_count' ? 'actor_id, at, event_id' : 'v'}) AS held
  FROM boxed
  GROUP BY ${[...names, 'day', 'box'].join(', ')}
  HAVING ${holds.join(' AND ')} AND intDiv(last_at, ${DAY_MS}) = day
)`,
  ];
}

/** The accesses of each span that was reached, with the moment at which the first of theirs on the day was. */
function taking(plan: CorrelationPlan, days: SpanDays): string {
  const names = groupNames(plan);
  if (!isOpen(plan.range)) {
    return `taking AS
(
  SELECT ${listed(names)}day, actor_id, at, event_id, last_at AS reached_at
  FROM boxed
  INNER JOIN reached USING (${[...names, 'day', 'box'].join(', ')})
)`;
  }
  return `taking AS
(
  SELECT ${listed(names)}day, actor_id, at, event_id, reached_at
  FROM
  (
    SELECT *, min(if(is_reached, at, toInt64(${NEVER}))) OVER (${partition([...names, 'day'])}ORDER BY at DESC, is_reached DESC ${ROWS_BEFORE}) AS reached_at
    FROM
    (
      SELECT ${listed(names)}${daysOf(`intDiv(at + ${plan.spanMs}, ${DAY_MS})`, days)} AS day, actor_id, at, event_id, 0 AS is_reached FROM grouped
      UNION ALL
      SELECT ${listed(names)}toUInt32(intDiv(at, ${DAY_MS})), '', at, '', 1 FROM reached
    )
  )
  WHERE is_reached = 0 AND reached_at - at <= ${plan.spanMs}
)`;
}

function entitySql(plan: CorrelationPlan): string {
  const owner = ownerOf(plan);
  return owner === null ? "concat('actor ', actor_id)" : `concat('${owner.owner} ', g${owner.group + 1})`;
}
