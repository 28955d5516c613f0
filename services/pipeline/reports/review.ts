// A period as a reviewer asks about it: volumes, what stood out, what people decided, who stood out again. An anomaly belongs to the
// period in which it was detected.

import type { ExceptionFact, ReviewFacts, VolumeFact } from '../../core/reporting/facts-organisation.js';
import { type Asking, ask, askAnomalies, askOne, IN_RANGE, rangeOf, STANDS, timesOf } from './ask.js';
import { askDispositions } from './incident-circle.js';

const DETECTED = 'detected_at >= {from:DateTime64(3)} AND detected_at < {to:DateTime64(3)}';
const ENTITY = `multiIf(actor_id != '', actor_id, seller_id != '', seller_id, cluster_id)`;
const ALERT = `status = 'open' AND severity IN ('high', 'critical') AND ${ENTITY} != '' AND ${DETECTED}`;
const MOST = 25;

export async function askReview(asking: Asking): Promise<ReviewFacts> {
  const team = `multiIf(s.department != '', s.department, a.actor_kind = 'service', 'services', a.actor_kind = 'seller_app', 'seller apps', 'not in the directory')`;
  const anomalies = await askAnomalies(asking, `status = 'open' AND ${DETECTED}`);
  const ids = await ask<{ anomaly_id: string }>(asking, `SELECT anomaly_id FROM {db}.anomalies WHERE ${DETECTED}`);
  const { alerts } = await askOne<{ alerts: number }>(
    asking,
    `SELECT uniqExact((toDate(detected_at, 'UTC'), ${ENTITY})) AS alerts FROM {db}.anomalies WHERE ${ALERT}`,
  );
  return {
    range: rangeOf(asking),
    by_team: await volumes(asking, team),
    by_marketplace: await volumes(asking, 'toString(a.marketplace)'),
    by_action: await volumes(asking, 'toString(a.action)'),
    by_day: await ask(
      asking,
      `SELECT toString(toDate(detected_at, 'UTC')) AS day, uniqExact(${ENTITY}) AS alerts FROM {db}.anomalies WHERE ${ALERT} GROUP BY day ORDER BY day`,
    ),
    severities: await ask(
      asking,
      `SELECT severity, count() AS anomalies, countIf(disposition = 'unreviewed') AS unreviewed, countIf(disposition = 'confirmed') AS confirmed,
        countIf(disposition = 'benign') AS benign, countIf(disposition = 'duplicate') AS duplicate
      FROM {db}.anomalies WHERE status = 'open' AND ${DETECTED} GROUP BY severity ORDER BY indexOf(['critical', 'high', 'medium', 'low'], severity)`,
    ),
    alerts,
    top: [...anomalies].sort((a, b) => b.score - a.score || (a.anomaly_id < b.anomaly_id ? -1 : 1)).slice(0, MOST),
    dispositions: await askDispositions(
      asking,
      ids.map(({ anomaly_id }) => anomaly_id),
    ),
    restrictions: (
      await ask<ReviewFacts['restrictions'][number]>(
        asking,
        `SELECT at, actor_id, step, source, reason, by, expires_at FROM {db}.restriction_grants
        WHERE source IN (SELECT anomaly_id FROM {db}.anomalies WHERE ${DETECTED}) OR (at >= {from:DateTime64(3)} AND at < {to:DateTime64(3)}) ORDER BY at, actor_id, source`,
      )
    ).map((row) => timesOf(row, 'at', 'expires_at')),
    exceptions: await ask<ExceptionFact>(
      asking,
      `SELECT exception_id, arraySort(detections) AS detections, arrayStringConcat(arrayFilter(x -> x != '', [actor_id, seller_id, cluster_id, tool, marketplace]), ' ') AS about,
        toString(from_day) AS from_day, toString(until_day) AS until_day, decided_by, why, covered_anomalies AS covered
      FROM {db}.exceptions_in_force AS e WHERE e.from_day < toDate({to:DateTime64(3)}, 'UTC') AND e.until_day >= toDate({from:DateTime64(3)}, 'UTC') ORDER BY exception_id`,
    ),
    repeat: (
      await ask<ReviewFacts['repeat'][number]>(
        asking,
        `SELECT actor_id, uniqExact(toDate(detected_at, 'UTC')) AS alerts, arraySort(groupUniqArray(toString(detection))) AS detections,
          countIf(disposition = 'confirmed') AS confirmed, min(detected_at) AS first, max(detected_at) AS last, toFloat64(max(score)) AS highest
        FROM {db}.anomalies WHERE ${STANDS} AND severity IN ('high', 'critical') AND actor_id != '' AND ${DETECTED}
        GROUP BY actor_id HAVING alerts > 1 ORDER BY alerts DESC, highest DESC, actor_id`,
      )
    ).map((row) => timesOf(row, 'first', 'last')),
  };
}

const volumes = (asking: Asking, name: string): Promise<VolumeFact[]> =>
  ask<VolumeFact>(
    asking,
    `SELECT ${name} AS name, uniqExact(a.actor_id) AS people, count() AS accesses, countIf(outcome = 'allowed' AND explained != 'yes') AS unexplained,
      countIf(outcome = 'denied') AS denied, uniqExactArrayIf(customer_ids, outcome = 'allowed') AS customers, sumIf(record_count, outcome = 'allowed') AS records
    FROM {db}.accesses AS a LEFT JOIN {db}.staff AS s ON s.employee_id = a.actor_id
    WHERE ${IN_RANGE} GROUP BY name ORDER BY accesses DESC, name`,
  );
