// Who and what stands around an incident: cases that were claimed, sellers that gained, colleagues who met the same customers, and what
// people decided since. A touch is a fact, not an accusation: the report says so.

import type { AnomalyFact, DispositionFact, RestrictionFact } from '../../core/reporting/facts.js';
import type { ClaimedCaseFact, ColleagueFact, GainFact, IncidentFacts } from '../../core/reporting/facts-people.js';
import { type Asking, ask, IN_RANGE, type Question, STANDS, timesOf } from './ask.js';

type Circle = Pick<
  IncidentFacts,
  'cases' | 'gains' | 'colleagues' | 'enforcements' | 'complaint_days' | 'dispositions' | 'restrictions'
>;

export async function askCircle(
  asking: Asking,
  actorId: string,
  anomalies: readonly AnomalyFact[],
  question: Question,
): Promise<Circle> {
  const gains = await askGains(asking, question);
  const ids = anomalies.map(({ anomaly_id }) => anomaly_id);
  const top = gains.slice(0, 10).map(({ seller_id }) => seller_id);
  return {
    cases: await askCases(asking, question),
    gains,
    colleagues: await askColleagues(asking, actorId, question, gains),
    enforcements: (
      await ask<{ at: string; seller_id: string; kind: string }>(
        asking,
        `SELECT at, seller_id, kind FROM {db}.enforcements WHERE seller_id IN {sellers:Array(String)} AND at < {to:DateTime64(3)} ORDER BY at, enforcement_id`,
        { sellers: top },
      )
    ).map((row) => timesOf(row, 'at')),
    complaint_days: (
      await ask<{ at: string; complaints: number }>(
        asking,
        `WITH read AS (SELECT arrayJoin(customer_ids) AS customer_id, min(occurred_at) AS first_read FROM {db}.accesses WHERE ${question.sql} GROUP BY customer_id)
      SELECT min(c.received_at) AS at, count() AS complaints FROM {db}.complaints AS c INNER JOIN read ON read.customer_id = c.customer_id
      WHERE c.received_at > read.first_read GROUP BY toDate(c.received_at, 'UTC') ORDER BY at`,
        question.params,
      )
    ).map((row) => timesOf(row, 'at')),
    dispositions: await askDispositions(asking, ids),
    restrictions: await askRestrictions(asking, [actorId]),
  };
}

export async function askDispositions(asking: Asking, anomalyIds: readonly string[]): Promise<DispositionFact[]> {
  const rows = await ask<DispositionFact>(
    asking,
    'SELECT at, anomaly_id, disposition, by, note FROM {db}.dispositions WHERE anomaly_id IN {ids:Array(String)} ORDER BY at, anomaly_id, disposition',
    { ids: anomalyIds },
  );
  return rows.map((row) => timesOf(row, 'at'));
}

export async function askRestrictions(asking: Asking, actorIds: readonly string[]): Promise<RestrictionFact[]> {
  const rows = await ask<RestrictionFact>(
    asking,
    `SELECT at, actor_id, step, source, reason, by, expires_at FROM {db}.restriction_grants WHERE actor_id IN {actors:Array(String)} ORDER BY at, actor_id, source`,
    { actors: actorIds },
  );
  return rows.map((row) => timesOf(row, 'at', 'expires_at'));
}

async function askCases(asking: Asking, question: Question): Promise<ClaimedCaseFact[]> {
  const rows = await ask<ClaimedCaseFact>(
    asking,
    `SELECT claimed.claimed_id AS case_id, accesses, yes, late, self, no, toString(c.kind) AS kind, if(c.case_id = '', '', toString(c.opened_at)) AS opened_at,
      c.opened_by AS opened_by, ifNull(c.assignee_id, '') AS assignee_id, ifNull(c.approved_by, '') AS approved_by, ifNull(c.seller_id, '') AS seller_id
    FROM
    (
      SELECT assumeNotNull(case_id) AS claimed_id, count() AS accesses, countIf(explained = 'yes') AS yes, countIf(explained = 'late') AS late,
        countIf(explained = 'self') AS self, countIf(explained = 'no') AS no
      FROM {db}.accesses WHERE ${question.sql} AND isNotNull(case_id) GROUP BY claimed_id
    ) AS claimed
    LEFT JOIN {db}.latest_cases AS c ON c.case_id = claimed.claimed_id
    ORDER BY accesses DESC, claimed_id`,
    question.params,
  );
  return rows.map((row) => timesOf(row, 'opened_at'));
}

const askGains = (asking: Asking, question: Question): Promise<GainFact[]> =>
  ask<GainFact>(
    asking,
    `SELECT assumeNotNull(a.seller_id) AS seller_id, any(links.clusters) AS clusters, count() AS accesses, countIf(explained != 'yes') AS unexplained,
      uniqExactArray(customer_ids) AS customers, sum(record_count) AS records, arraySort(groupUniqArray(toString(action))) AS actions, any(banned.last) AS last_enforcement
    FROM {db}.accesses AS a
    LEFT JOIN (SELECT seller_id, arraySort(groupUniqArray(cluster_id)) AS clusters FROM {db}.clusters GROUP BY seller_id) AS links ON links.seller_id = a.seller_id
    LEFT JOIN (SELECT seller_id, concat(argMax(toString(kind), (at, enforcement_id)), ' ', toString(toDate(max(at), 'UTC'))) AS last FROM {db}.enforcements
      WHERE at < {to:DateTime64(3)} GROUP BY seller_id) AS banned ON banned.seller_id = a.seller_id
    WHERE ${question.sql} AND isNotNull(a.seller_id)
    GROUP BY seller_id ORDER BY accesses DESC, customers DESC, seller_id`,
    question.params,
  );

/** Whoever met the customers in question, approved an access, opened a claimed case, or stands out about the same leading sellers. */
const askColleagues = (
  asking: Asking,
  actorId: string,
  question: Question,
  gains: readonly GainFact[],
): Promise<ColleagueFact[]> =>
  ask<ColleagueFact>(
    asking,
    `WITH read AS (SELECT arrayJoin(customer_ids) FROM {db}.accesses WHERE ${question.sql})
    SELECT actor_id, sum(shared_customers) AS shared_customers, sum(unexplained) AS unexplained, sum(approvals) AS approvals,
      sum(cases_opened) AS cases_opened, sum(anomalies) AS anomalies
    FROM
    (
      SELECT actor_id, uniqExactIf(customer_id, customer_id IN read) AS shared_customers, countIf(explained != 'yes') AS unexplained,
        0 AS approvals, 0 AS cases_opened, 0 AS anomalies
      FROM (SELECT actor_id, explained, arrayJoin(customer_ids) AS customer_id FROM {db}.accesses
        WHERE ${IN_RANGE} AND actor_kind IN ('employee', 'contractor') AND outcome = 'allowed' AND actor_id != {actor:String} AND hasAny(customer_ids, (SELECT groupUniqArray(*) FROM read)))
      WHERE customer_id IN read GROUP BY actor_id
      UNION ALL
      SELECT assumeNotNull(approver_id), 0, 0, count(), 0, 0 FROM {db}.accesses WHERE ${question.sql} AND isNotNull(approver_id) GROUP BY approver_id
      UNION ALL
      SELECT opened_by, 0, 0, 0, count(), 0 FROM {db}.latest_cases WHERE case_id IN (SELECT case_id FROM {db}.accesses WHERE ${question.sql}) GROUP BY opened_by
      UNION ALL
      SELECT actor_id, 0, 0, 0, 0, count() FROM {db}.anomalies
      WHERE actor_id != '' AND ${STANDS} AND severity IN ('high', 'critical') AND window_start < {to:DateTime64(3)} AND window_end > {from:DateTime64(3)}
        AND (seller_id IN {sellers:Array(String)} OR (cluster_id != '' AND cluster_id IN {clusters:Array(String)}))
      GROUP BY actor_id
    )
    WHERE actor_id NOT IN ('', {actor:String})
    GROUP BY actor_id ORDER BY anomalies DESC, approvals DESC, cases_opened DESC, shared_customers DESC, actor_id`,
    {
      ...question.params,
      actor: actorId,
      sellers: gains.slice(0, 5).map(({ seller_id }) => seller_id),
      clusters: [...new Set(gains.slice(0, 5).flatMap(({ clusters }) => clusters))],
    },
  );
