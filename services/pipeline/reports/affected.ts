// Which customers were affected, asked from the views: those whose data an allowed access returned that no case explains, within the
// window of an anomaly in scope. An anomaly about nobody in particular counts by the accesses that it names.

import type { AffectedCustomerFact, AffectedFacts, ScopeFact } from '../../core/reporting/facts-people.js';
import { TOKEN_PREFIX } from '../evidence/leaves-sql.js';
import { type Asking, ask, askOne, IN_RANGE, type Question, rangeOf, STANDS, timesOf, WINDOW_IN_RANGE } from './ask.js';

/** What stands in the place of a customer who was erased. */
const ERASED = `startsWith(customer_id, '${TOKEN_PREFIX}')`;

export interface AffectedSubject {
  readonly actorId: string;
  readonly anomalyId: string;
  readonly sellerId: string;
}

type Scope = ScopeFact & { readonly evidence_event_ids: readonly string[] };

interface Scoped {
  readonly sql: string;
  readonly params: Record<string, unknown>;
}

const exposing = ({ sql }: Scoped): string => `${sql} AND outcome = 'allowed' AND explained != 'yes'`;

/** The accesses that expose customers, as a condition on the view. */
export async function exposedBy(asking: Asking, given: AffectedSubject): Promise<Question> {
  const { scoped } = await scopedBy(asking, given);
  return { sql: exposing(scoped), params: scoped.params };
}

async function scopedBy(
  asking: Asking,
  given: AffectedSubject,
): Promise<{ readonly basis: AffectedFacts['basis']; readonly scope: readonly Scope[]; readonly scoped: Scoped }> {
  const { basis, scope } = await askScope(asking, given);
  return { basis, scope, scoped: conditions(scope, await askActions(asking, scope)) };
}

export async function askAffected(asking: Asking, given: AffectedSubject): Promise<AffectedFacts> {
  const { basis, scope, scoped } = await scopedBy(asking, given);
  const exposed = exposing(scoped);
  const real = `customer_id NOT IN (SELECT customer_id FROM {db}.planted_customers) AND NOT ${ERASED}`;
  const reads = `SELECT occurred_at, actor_id, event_id, action, seller_id, marketplace, arrayJoin(customer_ids) AS customer_id FROM {db}.accesses WHERE ${exposed}`;
  return {
    range: rangeOf(asking),
    subject: given.actorId || given.anomalyId || given.sellerId || 'the organisation',
    basis,
    scope,
    customers: await askCustomers(asking, reads, real, scoped.params),
    by_action: await ask(
      asking,
      `SELECT action, uniqExact((occurred_at, actor_id, event_id)) AS accesses, uniqExact(customer_id) AS customers FROM (${reads}) WHERE ${real} GROUP BY action ORDER BY customers DESC, action`,
      scoped.params,
    ),
    by_marketplace: await ask(
      asking,
      `SELECT marketplace, uniqExact(customer_id) AS customers FROM (${reads}) WHERE ${real} GROUP BY marketplace ORDER BY customers DESC, marketplace`,
      scoped.params,
    ),
    by_day: await ask(
      asking,
      `SELECT toString(toDate(occurred_at, 'UTC')) AS day, uniqExact((occurred_at, actor_id, event_id)) AS accesses, uniqExact(customer_id) AS customers
      FROM (${reads}) WHERE ${real} GROUP BY day ORDER BY day`,
      scoped.params,
    ),
    not_read: await askNotRead(asking, scoped, exposed),
  };
}

async function askScope(
  asking: Asking,
  given: AffectedSubject,
): Promise<{ basis: AffectedFacts['basis']; scope: Scope[] }> {
  const rows = await ask<Scope & { severity: string }>(
    asking,
    `SELECT anomaly_id, detection, actor_id, seller_id, window_start, window_end, detected_at, disposition, severity, evidence_event_ids
    FROM {db}.anomalies WHERE ${STANDS} AND customer_count > 0 AND ${WINDOW_IN_RANGE}
      AND (actor_id = {actor:String} OR {actor:String} = '') AND (anomaly_id = {anomaly:String} OR {anomaly:String} = '')
      AND (seller_id = {seller:String} OR {seller:String} = '') ORDER BY detected_at, anomaly_id`,
    { actor: given.actorId, anomaly: given.anomalyId, seller: given.sellerId },
  );
  const all = rows.map((row) => timesOf(row, 'window_start', 'window_end', 'detected_at'));
  if (given.actorId + given.anomalyId + given.sellerId !== '') return { basis: 'given', scope: all };
  const confirmed = all.filter(({ disposition }) => disposition === 'confirmed');
  if (confirmed.length > 0) return { basis: 'confirmed', scope: confirmed };
  return { basis: 'alerts', scope: all.filter(({ severity }) => severity === 'high' || severity === 'critical') };
}

/** What each anomaly is about: the actions of the accesses that it names, so that a forgotten case number elsewhere notifies nobody. */
async function askActions(asking: Asking, scope: readonly Scope[]): Promise<Map<string, string[]>> {
  const ids = [...new Set(scope.flatMap(({ evidence_event_ids }) => evidence_event_ids))];
  const rows = await ask<{ event_id: string; actor_id: string; action: string }>(
    asking,
    `SELECT event_id, actor_id, action FROM {db}.accesses WHERE ${IN_RANGE} AND event_id IN {ids:Array(String)} AND actor_id IN {actors:Array(String)}`,
    { ids, actors: [...new Set(scope.map(({ actor_id }) => actor_id))] },
  );
  const actions = new Map(rows.map(({ event_id, actor_id, action }) => [`${actor_id} ${event_id}`, action]));
  const actionsOf = ({ actor_id, evidence_event_ids }: Scope): string[] => [
    ...new Set(evidence_event_ids.flatMap((id) => actions.get(`${actor_id} ${id}`) ?? [])),
  ];
  return new Map(scope.map((one) => [one.anomaly_id, actionsOf(one).sort()]));
}

function conditions(scope: readonly Scope[], actions: ReadonlyMap<string, readonly string[]>): Scoped {
  const span = ({ window_start, window_end }: ScopeFact): [number, number] => [
    Date.parse(window_start),
    Date.parse(window_end),
  ];
  const people = scope.filter(({ actor_id }) => actor_id !== '');
  const nobody = scope.filter(({ actor_id }) => actor_id === '');
  const at = 'toUnixTimestamp64Milli(occurred_at)';
  const windows = `arrayExists(w -> w.1 = actor_id AND ${at} >= w.2 AND ${at} < w.3 AND has(w.4, toString(action)), {windows:Array(Tuple(String, Int64, Int64, Array(String)))})`;
  return {
    sql: `${IN_RANGE} AND ((actor_id IN {actors:Array(String)} AND ${windows}) OR event_id IN {events:Array(String)})`,
    params: {
      actors: [...new Set(people.map(({ actor_id }) => actor_id))].sort(),
      windows: people.map((one) => [one.actor_id, ...span(one), actions.get(one.anomaly_id) ?? []]),
      events: [...new Set(nobody.flatMap(({ evidence_event_ids }) => evidence_event_ids))].sort(),
    },
  };
}

async function askCustomers(
  asking: Asking,
  reads: string,
  real: string,
  params: Record<string, unknown>,
): Promise<AffectedCustomerFact[]> {
  const rows = await ask<AffectedCustomerFact>(
    asking,
    `SELECT customer_id, min(occurred_at) AS first_read, max(occurred_at) AS last_read, uniqExact((occurred_at, actor_id, event_id)) AS accesses,
      arraySort(groupUniqArray(toString(action))) AS actions, arraySort(groupUniqArray(actor_id)) AS actors,
      arraySort(groupUniqArray(assumeNotNull(seller_id))) AS sellers, arraySort(groupUniqArray(toString(marketplace))) AS marketplaces,
      any(told.complaints) AS complaints
    FROM (${reads}) AS read
    LEFT JOIN (SELECT customer_id, count() AS complaints FROM {db}.complaints GROUP BY customer_id) AS told ON told.customer_id = read.customer_id
    WHERE ${real} GROUP BY customer_id ORDER BY first_read, customer_id`,
    params,
  );
  return rows.map((row) => timesOf(row, 'first_read', 'last_read'));
}

/** What the same accounts did besides, in classes: within a window with a case, refused there, or outside any window. */
async function askNotRead(
  asking: Asking,
  { sql, params }: Scoped,
  exposed: string,
): Promise<AffectedFacts['not_read']> {
  const read = `SELECT DISTINCT arrayJoin(customer_ids) AS customer_id FROM {db}.accesses WHERE ${exposed}`;
  const inScope = sql.slice(IN_RANGE.length + ' AND '.length);
  const classed = `SELECT ${inScope} AS within, multiIf(within AND outcome = 'denied', 'denied', within AND explained = 'yes', 'explained', within, 'exposed', outcome = 'denied', '', 'outside') AS class,
      explained, action, record_count, customer_ids
    FROM {db}.accesses WHERE ${IN_RANGE} AND (actor_id IN {actors:Array(String)} OR event_id IN {events:Array(String)})`;
  const counts = await askOne<
    Omit<AffectedFacts['not_read'], 'explained_customers' | 'denied_customers' | 'outside_customers' | 'planted'>
  >(
    asking,
    `SELECT countIf(class = 'explained') AS explained_accesses, countIf(class = 'denied') AS denied_accesses, countIf(class = 'outside') AS outside_accesses,
      countIf(class = 'outside' AND explained != 'yes') AS outside_unexplained,
      sumIf(greatest(0, toInt64(record_count) - toInt64(length(customer_ids))), class = 'exposed' AND action IN ('customer_contact.export', 'order_report.export')) AS unlisted_records
    FROM (${classed})`,
    params,
  );
  const others = await askOne<
    Pick<AffectedFacts['not_read'], 'explained_customers' | 'denied_customers' | 'outside_customers'>
  >(
    asking,
    `WITH read AS (${read})
    SELECT uniqExactIf(customer_id, class = 'explained') AS explained_customers, uniqExactIf(customer_id, class = 'denied') AS denied_customers,
      uniqExactIf(customer_id, class = 'outside') AS outside_customers
    FROM (SELECT class, arrayJoin(customer_ids) AS customer_id FROM (${classed}) WHERE class NOT IN ('', 'exposed')) WHERE customer_id NOT IN read`,
    params,
  );
  const nobody = await askOne<{ planted: number; erased: number }>(
    asking,
    `SELECT countIf(customer_id IN (SELECT customer_id FROM {db}.planted_customers)) AS planted, countIf(${ERASED}) AS erased FROM (${read})`,
    params,
  );
  return { ...counts, ...others, ...nobody };
}
