// What is known of one employee or anomaly, asked from the views. In question are the accesses that an anomaly names as evidence, and on
// the same days those of the same actions that no case explains: evidence lists end at a hundred, sellers' gains do not.

import type { AccessFact, AnomalyFact, DayFact } from '../../core/reporting/facts.js';
import type { IncidentFacts, StaffFact } from '../../core/reporting/facts-people.js';
import {
  type Asking,
  ask,
  askAnomalies,
  IN_RANGE,
  type Question,
  rangeOf,
  STANDS,
  timesOf,
  WINDOW_IN_RANGE,
} from './ask.js';
import { askCircle } from './incident-circle.js';
import { askNorms } from './incident-norms.js';

export interface Subject {
  readonly actorId: string;
  readonly anomalyId: string;
}

/** @param subject both empty: the strongest open anomaly about an employee that meets the range */
export async function askIncident(asking: Asking, given: Subject): Promise<IncidentFacts> {
  const chosen = given.actorId === '' && given.anomalyId === '';
  const first = given.actorId !== '' ? null : await leading(asking, given.anomalyId);
  const actorId = given.actorId !== '' ? given.actorId : (first?.actor_id ?? '');
  const anomalies = await anomaliesOf(asking, actorId, first);
  const question = await questionOf(asking, actorId, anomalies);
  const accesses = await askAccesses(asking, question);
  const history = await askHistory(asking, actorId);
  const subject =
    actorId !== '' ? actorId : first === null ? 'nobody' : first.seller_id || first.cluster_id || first.anomaly_id;
  return {
    range: rangeOf(asking),
    actor_id: actorId,
    subject,
    chosen,
    history,
    anomalies,
    accesses,
    days: await askDays(asking, actorId),
    ...(await askNorms(asking, actorId, history.at(-1)?.peer_group ?? '', question)),
    ...(await askCircle(asking, actorId, anomalies, question)),
  };
}

async function leading(asking: Asking, anomalyId: string): Promise<AnomalyFact | null> {
  const where = anomalyId !== '' ? 'anomaly_id = {id:String}' : `actor_id != '' AND ${STANDS} AND ${WINDOW_IN_RANGE}`;
  const rows = await askAnomalies(asking, where, { id: anomalyId });
  return rows.reduce<AnomalyFact | null>((best, row) => (best === null || row.score > best.score ? row : best), null);
}

function anomaliesOf(asking: Asking, actorId: string, first: AnomalyFact | null): Promise<AnomalyFact[]> {
  if (actorId !== '')
    return askAnomalies(asking, `actor_id = {actor:String} AND ${WINDOW_IN_RANGE}`, { actor: actorId });
  return Promise.resolve(first === null ? [] : [first]);
}

async function questionOf(asking: Asking, actorId: string, anomalies: readonly AnomalyFact[]): Promise<Question> {
  const standing = anomalies.filter(
    ({ status, disposition }) => status === 'open' && !['benign', 'duplicate'].includes(disposition),
  );
  const ids = [...new Set(standing.flatMap(({ evidence_event_ids }) => evidence_event_ids))].sort();
  const windows = standing.map(({ window_start, window_end }) => [Date.parse(window_start), Date.parse(window_end)]);
  const mine = actorId === '' ? '' : 'actor_id = {actor:String} AND ';
  const inWindow =
    'arrayExists(w -> toUnixTimestamp64Milli(occurred_at) >= w.1 AND toUnixTimestamp64Milli(occurred_at) < w.2, {windows:Array(Tuple(Int64, Int64))})';
  const named = `event_id IN {ids:Array(String)} AND ${inWindow}`;
  const params = { actor: actorId, ids, windows };
  const [like] = await ask<{ days: string[]; actions: string[] }>(
    asking,
    `SELECT arraySort(groupUniqArray(toString(toDate(occurred_at, 'UTC')))) AS days, arraySort(groupUniqArray(toString(action))) AS actions
    FROM {db}.accesses WHERE ${mine}${IN_RANGE} AND outcome = 'allowed' AND ${named}`,
    params,
  );
  const alike =
    actorId === ''
      ? ''
      : ` OR (explained != 'yes' AND toString(toDate(occurred_at, 'UTC')) IN {days:Array(String)} AND action IN {actions:Array(String)})`;
  return {
    sql: `${mine}${IN_RANGE} AND outcome = 'allowed' AND ((${named})${alike})`,
    params: { ...params, days: like?.days ?? [], actions: like?.actions ?? [] },
  };
}

async function askAccesses(asking: Asking, question: Question): Promise<AccessFact[]> {
  const rows = await ask<AccessFact>(
    asking,
    `SELECT occurred_at, event_id, actor_id, action, outcome, tool, marketplace, ifNull(seller_id, '') AS seller_id, length(customer_ids) AS customers,
      record_count AS records, ifNull(case_id, '') AS case_id, explained, ifNull(approver_id, '') AS approver_id, event_id IN {ids:Array(String)} AS named
    FROM {db}.accesses WHERE ${question.sql} ORDER BY occurred_at, actor_id, event_id`,
    question.params,
  );
  return rows.map((row) => timesOf(row, 'occurred_at'));
}

async function askHistory(asking: Asking, actorId: string): Promise<StaffFact[]> {
  const rows = await ask<StaffFact>(
    asking,
    `SELECT employee_id, ifNull(manager_id, '') AS manager_id, department, role, peer_group, marketplace, status, hired_at,
      if(isNull(left_at), '', toString(left_at)) AS left_at, valid_from
    FROM {db}.staff_history WHERE employee_id = {actor:String} AND valid_from < {to:DateTime64(3)} ORDER BY valid_from`,
    { actor: actorId },
  );
  return rows.map((row) => timesOf(row, 'hired_at', 'left_at', 'valid_from'));
}

/** The range's days and the 28 before it, which are the own norm. */
function askDays(asking: Asking, actorId: string): Promise<DayFact[]> {
  return ask<DayFact>(
    asking,
    `SELECT toString(toDate(occurred_at, 'UTC')) AS day, count() AS accesses, countIf(outcome = 'denied') AS denied,
      countIf(outcome = 'allowed' AND explained != 'yes') AS unexplained,
      uniqExactArrayIf(customer_ids, outcome = 'allowed') AS customers, sumIf(record_count, outcome = 'allowed') AS records
    FROM {db}.accesses
    WHERE actor_id = {actor:String} AND occurred_at >= {from:DateTime64(3)} - INTERVAL 28 DAY AND occurred_at < {to:DateTime64(3)}
    GROUP BY day ORDER BY day`,
    { actor: actorId },
  );
}
