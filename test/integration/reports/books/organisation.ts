// What an access review and the report on controls have to say of a range, in SQL over the views.

import { precisionOf, precisionText } from '../../../../services/core/detections/precision.js';
import type { Catalogues } from '../../../../services/core/reporting/facts-organisation.js';
import { count, percent, short } from '../../../../services/core/reporting/words.js';
import { type Book, dayHint, type Row } from '../ledger.js';

export interface Period {
  /** 'YYYY-MM-DD HH:MM:SS', the second not included */
  readonly from: string;
  readonly to: string;
}

const ENTITY = `if(actor_id != '', actor_id, if(seller_id != '', seller_id, cluster_id))`;
const HIGH = `severity IN ('high', 'critical')`;
const sharedOf = ({ from, to }: Period) => ({
  accesses: `{db}.accesses WHERE occurred_at >= '${from}' AND occurred_at < '${to}'`,
  detected: `(SELECT * FROM {db}.anomalies WHERE detected_at >= '${from}' AND detected_at < '${to}')`,
  open: `(SELECT * FROM {db}.anomalies WHERE detected_at >= '${from}' AND detected_at < '${to}' AND status = 'open')`,
  exceptions: `{db}.exceptions_in_force WHERE from_day < toDate('${to}') AND until_day >= toDate('${from}')`,
});
const n = (what: string, source: string): string => `SELECT ${what} AS n FROM ${source}`;
const number = (row: Row | undefined, name: string): number => Number(row?.[name]);

const UNEXPLAINED = `countIf(outcome = 'allowed' AND explained != 'yes')`;
const VOLUMES = `uniqExact(actor_id) AS people, count() AS accesses, ${UNEXPLAINED} AS unexplained, countIf(outcome != 'allowed') AS denied,
  length(arrayDistinct(arrayFlatten(groupArrayIf(customer_ids, outcome = 'allowed')))) AS customers, sum(if(outcome = 'allowed', record_count, 0)) AS records`;
const DEPARTMENTS = '(SELECT mapFromArrays(groupArray(employee_id), groupArray(department)) FROM {db}.staff)';
const TEAM = `if(${DEPARTMENTS}[actor_id] != '', ${DEPARTMENTS}[actor_id], if(actor_kind = 'service', 'services', if(actor_kind = 'seller_app', 'seller apps', 'not in the directory')))`;

export function reviewBook(period: Period): Book {
  const { accesses, detected, open, exceptions } = sharedOf(period);
  const alerted = `${open} WHERE ${HIGH} AND ${ENTITY} != ''`;
  const alerts = n(`uniqExact(toDate(detected_at), ${ENTITY})`, alerted);
  const again = `(SELECT actor_id FROM ${open} WHERE ${HIGH} AND actor_id != '' AND disposition NOT IN ('benign', 'duplicate') GROUP BY actor_id HAVING uniqExact(toDate(detected_at)) > 1)`;
  const volumes = (name: string) => ({
    sql: `SELECT ${name} AS name, ${VOLUMES} FROM ${accesses} GROUP BY name`,
    as: { share: (row: Row) => percent(number(row, 'unexplained'), number(row, 'accesses')) },
  });
  const loudest = (name: string) => ({
    sql: `SELECT ${name} AS name, count() AS accesses FROM ${accesses} GROUP BY name ORDER BY accesses DESC, name LIMIT 10`,
    hints: (row: Row) => [`${short(String(row['name']), 28)}: ${count(number(row, 'accesses'))}`],
  });
  const share = (condition: string) => ({
    sql: `SELECT countIf(${condition}) AS part, count() AS whole FROM ${accesses}`,
    say: ([row]: readonly Row[]) => percent(number(row, 'part'), number(row, 'whole')),
  });
  return {
    figures: {
      accesses: n('count()', accesses),
      unexplained: n(UNEXPLAINED, accesses),
      denied: n(`countIf(outcome = 'denied')`, accesses),
      marketplaces: n('uniqExact(marketplace)', accesses),
      alerts,
      open_anomalies: n('count()', open),
    },
    tables: {
      by_team: volumes(TEAM),
      by_marketplace: volumes('toString(marketplace)'),
      by_action: volumes('toString(action)'),
      severities: `SELECT severity, count() AS anomalies, sum(disposition = 'unreviewed') AS unreviewed, sum(disposition = 'confirmed') AS confirmed, sum(disposition = 'benign') AS benign,
        sum(disposition = 'duplicate') AS duplicate FROM ${open} GROUP BY severity`,
      anomalies: `SELECT detected_at, detection, ${ENTITY} AS entity, severity, score, disposition AS state, summary, anomaly_id FROM ${open} ORDER BY score DESC, anomaly_id LIMIT 25`,
      dispositions: `SELECT at, anomaly_id, disposition, by, note FROM {db}.dispositions WHERE anomaly_id IN (SELECT anomaly_id FROM ${detected})`,
      restrictions: `SELECT at, actor_id, if(step = '', 'lifted', toString(step)) AS step, by, expires_at, reason FROM {db}.restriction_grants
        WHERE source IN (SELECT anomaly_id FROM ${detected}) OR (at >= '${period.from}' AND at < '${period.to}')`,
      repeat_offenders: `SELECT actor_id, uniqExact(toDate(detected_at)) AS alerts, sum(disposition = 'confirmed') AS confirmed, max(score) AS highest, min(detected_at) AS first,
          max(detected_at) AS last, arrayStringConcat(arraySort(groupUniqArray(toString(detection))), ', ') AS detections
        FROM ${open} WHERE ${HIGH} AND disposition NOT IN ('benign', 'duplicate') AND actor_id IN ${again} GROUP BY actor_id`,
      exceptions: `SELECT exception_id, arrayStringConcat(arraySort(detections), ', ') AS detections, trim(concat(actor_id, ' ', seller_id)) AS about, from_day, until_day, decided_by,
        covered_anomalies AS covered, why FROM ${exceptions}`,
    },
    charts: {
      'Accesses by team': loudest(TEAM),
      'Accesses by marketplace': loudest('toString(marketplace)'),
      'Alerts by the day': {
        sql: `SELECT toString(toDate(detected_at)) AS day, uniqExact(${ENTITY}) AS upper FROM ${alerted} GROUP BY day`,
        hints: dayHint('alerts', ''),
      },
    },
    sentences: [
      [
        /^(\S+) access(?:es)?; (.+) were allowed without a case that explains them, (.+) were refused\.$/,
        n('count()', accesses),
        share(`outcome = 'allowed' AND explained != 'yes'`),
        share(`outcome = 'denied'`),
      ],
      [
        /^(\S+) anomal(?:y is|ies are) open from this period; (\S+) alerts? \(an employee, seller or cluster on a day\) of high or critical severity\.$/,
        n('count()', open),
        alerts,
      ],
      [
        /^(\S+) anomal(?:y|ies) of high or critical severity (?:has|have) no finding yet\.$/,
        n('count()', `${open} WHERE ${HIGH} AND disposition = 'unreviewed'`),
      ],
      [
        /^(\S+) accounts? stood out on more than one day; (\S+) exceptions? (?:was|were) in force\.$/,
        n('count()', again),
        n('count()', exceptions),
      ],
    ],
  };
}

export function controlsBook(period: Period, { detections, actions }: Catalogues): Book {
  const { accesses, detected, exceptions } = sharedOf(period);
  const seen = `(SELECT actor_id, any(actor_kind) AS kind FROM ${accesses} GROUP BY actor_id)`;
  const missed = `(SELECT if(startsWith(entity, 'actor '), substring(entity, 7), entity) FROM {db}.unscored)`;
  const named = [...new Set(detections.flatMap((one) => one.actions ?? []))].map((one) => `'${one}'`).join(', ');
  const health = `{db}.feed_health WHERE feed = 'access-log'`;
  const gaps = `arrayMap(g -> concat(toString(g.from), ' to ', toString(g.to)), arrayFilter(g -> g.from < toDate('${period.to}') AND g.to > toDate('${period.from}'), gaps))`;
  const alerts = n('count()', '{db}.alert_debt');
  const unscored = n('count()', `${seen} WHERE actor_id IN ${missed}`);
  const unknown = n(
    'count()',
    `${seen} WHERE kind IN ('employee', 'contractor') AND actor_id NOT IN (SELECT employee_id FROM {db}.staff_history)`,
  );
  const unscoredShare = {
    sql: `SELECT countIf(actor_id IN ${missed}) AS part, count() AS whole FROM ${seen}`,
    say: ([row]: readonly Row[]) => percent(number(row, 'part'), number(row, 'whole')),
  };
  const values = (rows: readonly string[]): string => rows.map((one) => `('${one}')`).join(', ');
  const everywhere = (ids: readonly string[], also: string): string =>
    `(SELECT c1 AS id FROM VALUES(${values(ids)}) UNION DISTINCT ${also})`;
  const plainSum = (condition: string): string => n(`countIf(${condition})`, detected);
  return {
    figures: {
      directory: n('uniqExact(employee_id)', '{db}.staff_history'),
      current: n('count()', `{db}.staff WHERE status IN ('active', 'leave', 'notice')`),
      active: n('count()', `${seen} WHERE actor_id IN (SELECT employee_id FROM {db}.staff_history)`),
      unknown_people: unknown,
      services: n(`countIf(kind = 'service')`, seen),
      apps: n(`countIf(kind = 'seller_app')`, seen),
      unscored_entities: unscored,
      unscored_share: unscoredShare,
      alert_debt: alerts,
      exceptions: n('count()', exceptions),
    },
    tables: {
      unscored: `SELECT detection, replaceAll(toString(reason), '_', ' ') AS reason, length(groupUniqArray(entity)) AS entities FROM {db}.unscored GROUP BY detection, reason`,
      dark_marketplaces: `SELECT marketplace, count() AS people FROM {db}.staff WHERE status = 'active' AND marketplace NOT IN (SELECT marketplace FROM ${accesses}) GROUP BY marketplace`,
      actions: {
        sql: `SELECT k.id AS action, countIf(a.event_id != '') AS accesses FROM ${everywhere(
          actions.map(({ action }) => action),
          `SELECT toString(action) FROM ${accesses}`,
        )} AS k LEFT JOIN (SELECT toString(action) AS action, event_id FROM ${accesses}) AS a ON a.action = k.id GROUP BY k.id`,
        as: {
          detections: ({ action }) =>
            detections
              .filter((one) => one.actions?.includes(String(action)))
              .map(({ id }) => id)
              .join(', ') || 'none',
        },
      },
      tools: `SELECT h.tool AS tool, h.marketplace AS marketplace, (SELECT groupArray((toString(tool), toString(marketplace))) FROM ${accesses}) AS all,
        arrayCount(x -> x = (h.tool, h.marketplace), all) AS accesses, usual_per_day, last_event, if(is_silent, 'silent', 'heard') AS state, arrayStringConcat(${gaps}, ', ') AS gaps
        FROM {db}.feed_health AS h WHERE feed = 'access-log'`,
      feeds: `SELECT feed, sum(usual_per_day) AS usual_per_day, max(last_event) AS last_event, arrayStringConcat(arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(${gaps})))), 1, 5), ', ') AS gaps
        FROM {db}.feed_health WHERE feed != 'access-log' GROUP BY feed`,
      dead_letters: 'SELECT topic, reason, count() AS letters FROM {db}.undecoded GROUP BY topic, reason',
      debt: `SELECT level, count() AS alerts, toString(min(day)) AS oldest, greatest(0, dateDiff('day', min(day), toDate('${period.to}'))) AS age_days FROM {db}.alert_debt GROUP BY level`,
      detections: {
        sql: `SELECT k.id AS detection, countIf(d.status = 'open') AS anomalies, countIf(d.status = 'open' AND ${HIGH}) AS alerts, countIf(disposition = 'confirmed') AS confirmed,
            countIf(disposition = 'benign') AS benign, countIf(disposition = 'duplicate') AS duplicate
          FROM ${everywhere(
            detections.map(({ id }) => id),
            `SELECT toString(detection) FROM ${detected}`,
          )} AS k LEFT JOIN ${detected} AS d ON toString(d.detection) = k.id GROUP BY k.id`,
        as: {
          title: ({ detection }) => detections.find(({ id }) => id === detection)?.title ?? 'no longer judged',
          precision: (row) => precisionText(precisionOf(number(row, 'confirmed'), number(row, 'benign'))),
        },
      },
    },
    charts: {
      'Open anomalies of high or critical severity': {
        sql: `SELECT detection, count() AS alerts FROM ${detected} WHERE status = 'open' AND ${HIGH} GROUP BY detection ORDER BY alerts DESC, detection LIMIT 12`,
        hints: (row) => [`${short(String(row['detection']), 28)}: ${count(number(row, 'alerts'))}`],
      },
    },
    sentences: [
      [
        /^(\S+) (?:person|people) of (\S+) ever in the directory used a monitored tool in the range; (\S+) accounts? of employees in the log (?:is|are) not in the directory\.$/,
        n('count()', `${seen} WHERE actor_id IN (SELECT employee_id FROM {db}.staff_history)`),
        n('uniqExact(employee_id)', '{db}.staff_history'),
        unknown,
      ],
      [
        /^(\S+) detections? watch(?:es)? (\S+) actions? on (\S+) tools?; (\S+) actions? of the log (?:is|are) counted by none\.$/,
        `SELECT ${detections.length} AS n`,
        n('uniqExact(action)', accesses),
        n('uniqExact(tool)', health),
        n(`uniqExactIf(action, action NOT IN (${named}))`, accesses),
      ],
      [
        /^(\S+) accounts? of (\S+) could not be judged by at least one detection; (\S+) feeds? (?:is|are) silent\.$/,
        unscored,
        n('count()', seen),
        n('countIf(is_silent)', health),
      ],
      [
        /^(\S+) alerts? waits? for a finding; (\S+) records? could not be read\.$/,
        alerts,
        n('count()', '{db}.undecoded'),
      ],
      [
        /^(\S+) detections? looks? at accesses whatever the action; .+$/,
        `SELECT ${detections.filter((one) => one.actions === null).length} AS n`,
      ],
      [
        /^(\S+) event ids? seen under several identities; (\S+) records? with several contents, .+$/,
        n('count()', '{db}.conflicts'),
        n('count()', '{db}.contested'),
      ],
      [/^(\S+) access(?:es)? in the range, each with who, what, when and from where$/, n('count()', accesses)],
      [
        /^(\S+) anomal(?:y|ies) of high or critical severity raised, (\S+) findings? of people recorded$/,
        plainSum(`status = 'open' AND ${HIGH}`),
        plainSum(`disposition IN ('confirmed', 'benign', 'duplicate')`),
      ],
      [
        /^(\S+) alerts? without a finding; (\S+) exceptions? in force, each with who decided and why$/,
        alerts,
        n('count()', exceptions),
      ],
      [
        /^(\S+) tools? silent of (\S+); (\S+) context feeds? watched$/,
        n('countIf(is_silent)', health),
        n('count()', health),
        n('uniqExact(feed)', `{db}.feed_health WHERE feed != 'access-log'`),
      ],
      [
        /^(\S+) tools? on (\S+) marketplaces? recorded$/,
        n('uniqExact(tool)', health),
        n('uniqExact(marketplace)', health),
      ],
      [/^(\S+) accounts? monitored; (.+) not judged by some detection$/, n('count()', seen), unscoredShare],
      [/^(\S+) detections? raised something in the range; .+$/, n('uniqExact(detection)', detected)],
      [/^(?:PCI DSS|ISO 27001|SOX|NIST 800-53) [A-Z\d.-]+$/],
    ],
  };
}
