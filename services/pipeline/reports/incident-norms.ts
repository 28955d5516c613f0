// An incident's figures: the totals of the employee, and a usual day of their peers.

import type { IncidentFacts, NormFact } from '../../core/reporting/facts-people.js';
import { type Asking, ask, askOne, IN_RANGE, type Question } from './ask.js';

type Norms = Pick<IncidentFacts, 'totals' | 'peers' | 'unscored' | 'exceptions' | 'conflicts'>;

export async function askNorms(asking: Asking, actorId: string, peerGroup: string, question: Question): Promise<Norms> {
  const actor = { actor: actorId };
  const { exceptions, conflicts } = await askOne<{ exceptions: number; conflicts: number }>(
    asking,
    `SELECT (SELECT count() FROM {db}.exceptions_in_force WHERE actor_id = {actor:String} AND actor_id != '') AS exceptions,
      (
        SELECT count() FROM
        (
          SELECT event_id FROM {db}.accesses WHERE event_id IN (SELECT event_id FROM {db}.accesses WHERE actor_id = {actor:String} AND ${IN_RANGE})
          GROUP BY event_id HAVING uniqExact(actor_id, occurred_at) > 1
        )
      ) AS conflicts`,
    actor,
  );
  return {
    totals: await askTotals(asking, actorId, question),
    peers: await askPeers(asking, actorId, peerGroup),
    unscored: await ask(
      asking,
      `SELECT detection, reason, toString(min(since)) AS since FROM {db}.unscored
      WHERE entity IN ({actor:String}, concat('actor ', {actor:String})) GROUP BY detection, reason ORDER BY detection, reason`,
      actor,
    ),
    exceptions,
    conflicts,
  };
}

/** The mean of everybody's days in the range on which they were active at all. */
const askPeers = (asking: Asking, actorId: string, peerGroup: string): Promise<NormFact> =>
  askOne<NormFact>(
    asking,
    `SELECT uniqExact(actor_id) AS people, count() AS days, round(ifNotFinite(avg(accesses), 0), 2) AS accesses,
      round(ifNotFinite(avg(unexplained), 0), 2) AS unexplained, round(ifNotFinite(avg(customers), 0), 2) AS customers, round(ifNotFinite(avg(records), 0), 2) AS records
    FROM
    (
      SELECT actor_id, toDate(occurred_at, 'UTC') AS day, count() AS accesses, countIf(outcome = 'allowed' AND explained != 'yes') AS unexplained,
        uniqExactArrayIf(customer_ids, outcome = 'allowed') AS customers, sumIf(record_count, outcome = 'allowed') AS records
      FROM {db}.accesses
      WHERE ${IN_RANGE} AND actor_id IN (SELECT employee_id FROM {db}.staff WHERE peer_group = {group:String} AND employee_id != {actor:String})
      GROUP BY actor_id, day
    )`,
    { actor: actorId, group: peerGroup },
  );

const askTotals = (asking: Asking, actorId: string, question: Question): Promise<IncidentFacts['totals']> =>
  askOne<IncidentFacts['totals']>(
    asking,
    `WITH read AS (SELECT arrayJoin(customer_ids) AS customer_id, min(occurred_at) AS first_read FROM {db}.accesses WHERE ${question.sql} GROUP BY customer_id),
      before AS (SELECT groupUniqArray(ifNull(source_ip, '')) FROM {db}.accesses WHERE actor_id = {actor:String} AND occurred_at < {to:DateTime64(3)}
        AND toString(toDate(occurred_at, 'UTC')) NOT IN {days:Array(String)})
    SELECT
      (SELECT count() FROM {db}.accesses WHERE actor_id = {actor:String} AND ${IN_RANGE}) AS accesses,
      (SELECT countIf(explained = 'yes') FROM {db}.accesses WHERE actor_id = {actor:String} AND ${IN_RANGE}) AS explained,
      (SELECT countIf(outcome = 'denied') FROM {db}.accesses WHERE actor_id = {actor:String} AND ${IN_RANGE}) AS denied,
      (SELECT count() FROM read) AS question_customers,
      (SELECT count() FROM read WHERE customer_id IN (SELECT customer_id FROM {db}.planted_customers)) AS canary_customers,
      (SELECT sum(greatest(0, toInt64(record_count) - toInt64(length(customer_ids)))) FROM {db}.accesses WHERE ${question.sql}
        AND action IN ('customer_contact.export', 'order_report.export')) AS unlisted_records,
      (SELECT uniqExactIf(source_ip, isNotNull(source_ip)) FROM {db}.accesses WHERE ${question.sql}) AS source_ips,
      (SELECT uniqExactIf(source_ip, isNotNull(source_ip) AND NOT has((SELECT * FROM before), ifNull(source_ip, ''))) FROM {db}.accesses WHERE ${question.sql}) AS new_source_ips,
      (SELECT count() FROM {db}.complaints AS c INNER JOIN read ON read.customer_id = c.customer_id WHERE c.received_at > read.first_read) AS complaints,
      (SELECT uniqExact(c.customer_id) FROM {db}.complaints AS c INNER JOIN read ON read.customer_id = c.customer_id WHERE c.received_at > read.first_read) AS complaining_customers`,
    { ...question.params, actor: actorId },
  );
