// Correlations on random logs against the definition, taken literally: for every day and group, try every moment and look at every
// access of the span before it.

import { chance } from '../../../services/core/detections/cases/chance.js';
import { matchSql } from '../../../services/core/sigma/match-sql.js';
import type { CorrelationPlan, SigmaRule } from '../../../services/core/sigma/sigma-rule.js';
import { DAY_MS, type Day, dayOf } from '../../../services/core/time.js';
import { readYaml } from '../../core/sigma/rules.js';
import { freshDatabase } from '../support/stack.js';
import { type Access, DAY_START, land, minutes } from './accesses.js';

const FIRST = dayOf(DAY_START);
const DAYS = 3;
const ACTIONS = ['customer_email.read', 'review.delete', 'account.reinstate'] as const;

const RULES = ACTIONS.map(
  (action, i) =>
    `title: R${i}\nname: r${i}\nlogsource: { product: keyhole }\ndetection: { s: { action: ${action} }, condition: s }\n---\n`,
).join('');

const CORRELATIONS = [
  'type: event_count, rules: [r0], group-by: [actor_id], timespan: 90m, condition: { gte: 4 }',
  'type: event_count, rules: [r0, r1], group-by: [seller_id], timespan: 1d, condition: { gt: 9 }',
  'type: event_count, rules: [r0], group-by: [actor_id, seller_id], timespan: 36h, condition: { gte: 5 }',
  'type: event_count, rules: [r1], group-by: [actor_id], timespan: 6h, condition: { gte: 2, lte: 3 }',
  'type: event_count, rules: [r1], group-by: [actor_id], timespan: 2d, condition: { lt: 4 }',
  'type: value_count, rules: [r0], group-by: [actor_id], timespan: 3h, condition: { field: seller_id, gte: 3 }',
  'type: value_count, rules: [r0, r1, r2], group-by: [seller_id], timespan: 40m, condition: { field: actor_id, gte: 3 }',
  'type: value_count, rules: [r2], group-by: [seller_id], timespan: 1d, condition: { field: actor_id, eq: 2 }',
  'type: temporal, rules: [r0, r1, r2], group-by: [actor_id], timespan: 2h',
  'type: temporal, rules: [r0, r1, r2], group-by: [seller_id], timespan: 30m, condition: { gte: 2 }',
  'type: temporal_ordered, rules: [r0, r1, r2], group-by: [actor_id], timespan: 2h',
  'type: temporal_ordered, rules: [r1, r0, r1], group-by: [seller_id], timespan: 90m',
];

interface Event {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly seller: string;
  readonly action: string;
}

function randomLog(seed: number): Event[] {
  const random = chance(seed);
  return Array.from({ length: 260 }, (_, i) => ({
    id: `e-${i}`,
    // Every ten minutes, so that equal times and exact spans occur.
    at: minutes(10 * (random.below(6 * 24 * (DAYS + 1)) - 6 * 24)),
    actor: `emp-${random.below(4)}`,
    seller: `s-${random.below(4)}`,
    action: ACTIONS[Math.floor(3 * random.uniform() ** 1.5)] ?? ACTIONS[0],
  }));
}

const actionsOf = (plan: CorrelationPlan): string[] =>
  plan.where.map((where) =>
    'test' in where && where.test === 'text' && where.pattern[0] !== undefined && 'text' in where.pattern[0]
      ? where.pattern[0].text
      : '',
  );

/** entity → accesses that take part in a span reached on the day */
function expected(plan: CorrelationPlan, log: readonly Event[], day: Day): Map<string, Set<string>> {
  const actions = actionsOf(plan);
  const fieldOf = (event: Event, field: string): string => (field === 'actor_id' ? event.actor : event.seller);
  const names = plan.groups.map(({ name }) => name);
  const entityName = names.includes('actor_id') ? 'actor_id' : 'seller_id';
  const chosen = log.filter((event) => actions.includes(event.action));
  const found = new Map<string, Set<string>>();
  const groups = new Map<string, Event[]>();
  for (const event of chosen) {
    const key = names.map((name) => fieldOf(event, name)).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  const { min, max, not } = plan.range;
  const holds = (count: number): boolean => count >= min && (max === null || count <= max) && count !== not;
  const count = (events: readonly Event[]): number => {
    if (plan.type === 'event_count') return events.length;
    return new Set(events.map((event) => (plan.value === null ? event.action : fieldOf(event, plan.value)))).size;
  };
  const chains = (events: readonly Event[], end: number): boolean => {
    const from = (step: number, before: number): boolean =>
      step < 0 ||
      events.some((event) => event.action === actions[step] && event.at <= before && from(step - 1, event.at));
    return (
      events.some((event) => event.at === end && event.action === actions.at(-1)) &&
      from(actions.length - 1, end) &&
      from(actions.length - 2, end)
    );
  };
  const take = (events: readonly Event[]): void => {
    for (const event of events) {
      const key = `${entityName === 'actor_id' ? 'actor' : 'seller'} ${fieldOf(event, entityName)}`;
      found.set(key, (found.get(key) ?? new Set()).add(event.id));
    }
  };
  for (const events of groups.values()) {
    if (max === null && not === null) {
      for (const { at: end } of events.filter((event) => dayOf(event.at) === day)) {
        const span = events.filter((event) => event.at <= end && event.at >= end - plan.spanMs);
        if (plan.type === 'temporal_ordered' ? chains(span, end) : holds(count(span))) take(span);
      }
      continue;
    }
    const days = Math.max(1, plan.spanMs / DAY_MS);
    const within = events.filter((event) => dayOf(event.at) <= day && dayOf(event.at) > day - days);
    const boxes = new Map<number, Event[]>();
    for (const event of within) {
      const box = plan.spanMs < DAY_MS ? Math.floor(event.at / plan.spanMs) : 0;
      boxes.set(box, [...(boxes.get(box) ?? []), event]);
    }
    for (const box of boxes.values()) if (holds(count(box)) && box.some((event) => dayOf(event.at) === day)) take(box);
  }
  return found;
}

const ruleOf = (correlation: string): SigmaRule & { readonly plan: CorrelationPlan } => {
  const rule = readYaml(`${RULES}title: C\nname: c\ncorrelation: { ${correlation} }`).rules.find(
    ({ detection }) => detection === 'sigma_c',
  );
  if (rule?.plan.kind !== 'correlation') throw new Error(correlation);
  return { ...rule, plan: rule.plan };
};

test.each([11, 12, 13])(
  'finds what the definition says, on random log %i, whether days are asked for alone or together',
  async (seed) => {
    const { clickhouse } = await freshDatabase('sigmareference');
    const log = randomLog(seed);
    await land(
      clickhouse,
      log.map(
        ({ id, at, actor, seller, action }): Partial<Access> => ({
          event_id: id,
          occurred_at: at,
          actor_id: actor,
          seller_id: seller,
          action,
        }),
      ),
    );
    let compared = 0;
    for (const correlation of CORRELATIONS) {
      const rule = ruleOf(correlation);
      const read = (from: Day, to: Day) =>
        clickhouse.query<{ day: number; entity: string; matches: number; reached_at: string }>(
          matchSql(rule, { from, to }),
        );
      const together = await read(FIRST, FIRST + DAYS);
      for (let day = FIRST; day < FIRST + DAYS; day++) {
        const want = [...expected(rule.plan, log, day)].map(([entity, ids]) => `${entity} ${ids.size}`).sort();
        const rows = together.filter((row) => row.day === day);
        expect([correlation, rows.map((row) => `${row.entity} ${row.matches}`)]).toEqual([correlation, want]);
        if (day === FIRST + 1) expect(await read(day, day + 1)).toEqual(rows);
        compared += want.length;
      }
    }
    expect(compared).toBeGreaterThan(40);
  },
);
