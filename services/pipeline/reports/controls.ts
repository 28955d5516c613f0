// What is monitored and what is not, asked from the views on health. What an earlier day looked like is not kept: feeds, debt and
// what could not be judged are as of the newest event.

import type { ControlsFacts } from '../../core/reporting/facts-organisation.js';
import { type Asking, ask, askOne, IN_RANGE, rangeOf, timesOf } from './ask.js';

const GAPS = `arrayMap(g -> concat(toString(g.from), ' to ', toString(g.to)), arrayFilter(g -> g.from < toDate({to:DateTime64(3)}, 'UTC') AND g.to > toDate({from:DateTime64(3)}, 'UTC'), gaps)) AS gaps`;

export async function askControls(asking: Asking): Promise<ControlsFacts> {
  const tools = await ask<ControlsFacts['tools'][number]>(
    asking,
    `SELECT h.tool AS tool, h.marketplace AS marketplace, ifNull(seen.accesses, 0) AS accesses, h.last_event AS last_event, h.usual_per_day AS usual_per_day,
      h.is_silent AS is_silent, ${GAPS.replace(' gaps)', ' h.gaps)')}
    FROM {db}.feed_health AS h
    LEFT JOIN (SELECT toString(tool) AS tool, toString(marketplace) AS marketplace, count() AS accesses FROM {db}.accesses WHERE ${IN_RANGE} GROUP BY tool, marketplace) AS seen
      ON seen.tool = h.tool AND seen.marketplace = h.marketplace
    WHERE h.feed = 'access-log' ORDER BY tool, marketplace`,
  );
  const feeds = await ask<ControlsFacts['feeds'][number]>(
    asking,
    `SELECT feed, sum(usual_per_day) AS records, max(last_event) AS last_event, arraySort(arrayDistinct(arrayFlatten(groupArray(gaps)))) AS gaps
    FROM (SELECT feed, usual_per_day, last_event, ${GAPS} FROM {db}.feed_health WHERE feed != 'access-log') GROUP BY feed ORDER BY feed`,
  );
  return {
    range: rangeOf(asking),
    people: await askPeople(asking),
    unscored: await ask(
      asking,
      'SELECT detection, reason, uniqExact(entity) AS entities FROM {db}.unscored GROUP BY detection, reason ORDER BY entities DESC, detection, reason',
    ),
    tools: tools.map((row) => timesOf(row, 'last_event')),
    feeds: feeds.map((row) => timesOf(row, 'last_event')),
    actions: await ask(
      asking,
      `SELECT toString(action) AS action, count() AS accesses FROM {db}.accesses WHERE ${IN_RANGE} GROUP BY action ORDER BY accesses DESC, action`,
    ),
    dark_marketplaces: await ask(
      asking,
      `SELECT marketplace, count() AS people FROM {db}.staff WHERE status = 'active' AND marketplace NOT IN (SELECT toString(marketplace) FROM {db}.accesses WHERE ${IN_RANGE})
      GROUP BY marketplace ORDER BY marketplace`,
    ),
    debt: await ask(
      asking,
      `SELECT level, count() AS alerts, toString(min(day)) AS oldest FROM {db}.alert_debt GROUP BY level ORDER BY level`,
    ),
    tallies: await ask(
      asking,
      `SELECT detection, countIf(status = 'open') AS anomalies, countIf(status = 'open' AND severity IN ('high', 'critical')) AS alerts,
        countIf(disposition = 'confirmed') AS confirmed, countIf(disposition = 'benign') AS benign, countIf(disposition = 'duplicate') AS duplicate
      FROM {db}.anomalies WHERE detected_at >= {from:DateTime64(3)} AND detected_at < {to:DateTime64(3)} GROUP BY detection ORDER BY detection`,
    ),
    dead_letters: await ask(
      asking,
      'SELECT topic, toString(reason) AS reason, count() AS letters FROM {db}.undecoded GROUP BY topic, reason ORDER BY letters DESC, topic, reason',
    ),
    ...(await askOne<{ conflicts: number; content_conflicts: number; exceptions: number }>(
      asking,
      `SELECT (SELECT count() FROM {db}.conflicts) AS conflicts, (SELECT count() FROM {db}.contested) AS content_conflicts,
        (SELECT count() FROM {db}.exceptions_in_force WHERE until_day >= toDate({from:DateTime64(3)}, 'UTC') AND from_day < toDate({to:DateTime64(3)}, 'UTC')) AS exceptions`,
    )),
  };
}

/** Entities are named `actor x` or `x` by different judges; people of the log and the directory are compared by id. */
const askPeople = (asking: Asking): Promise<ControlsFacts['people']> =>
  askOne<ControlsFacts['people']>(
    asking,
    `WITH seen AS (SELECT actor_id, any(actor_kind) AS kind FROM {db}.accesses WHERE ${IN_RANGE} GROUP BY actor_id)
    SELECT
      (SELECT count() FROM {db}.staff) AS directory,
      (SELECT count() FROM {db}.staff WHERE status != 'left') AS current,
      (SELECT count() FROM seen WHERE actor_id IN (SELECT employee_id FROM {db}.staff)) AS active,
      (SELECT countIf(kind IN ('employee', 'contractor')) FROM seen WHERE actor_id NOT IN (SELECT employee_id FROM {db}.staff)) AS unknown_people,
      (SELECT countIf(kind = 'service') FROM seen) AS services,
      (SELECT countIf(kind = 'seller_app') FROM seen) AS apps,
      (SELECT count() FROM seen) AS entities,
      (SELECT count() FROM seen WHERE actor_id IN (SELECT replaceRegexpOne(entity, '^actor ', '') FROM {db}.unscored)) AS unscored`,
  );
