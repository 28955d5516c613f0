// The exact SQL of one correlation of each way of counting; what it finds is tested on the database.

import { matchSql } from '../../../services/core/sigma/match-sql.js';
import { dayFromText } from '../../../services/core/time.js';
import { readYaml } from './rules.js';

const BASE = `title: R\nname: r\nlogsource: { product: keyhole }\ndetection: { s: { tool|cased: a }, condition: s }\n---\ntitle: S\nname: s\nlogsource: { product: keyhole }\ndetection: { s: { tool|cased: b }, condition: s }\n---\n`;

function sqlOf(correlation: string, actors: readonly string[] | null = null): string {
  const { rules } = readYaml(`${BASE}title: C\nname: c\ncorrelation: { ${correlation} }`);
  const rule = rules.find(({ detection }) => detection === 'sigma_c');
  if (rule === undefined) throw new Error('no correlation');
  const from = dayFromText('2026-03-02');
  return matchSql(rule, { from, to: from + 1 }, actors);
}

describe('a correlation as SQL', () => {
  test('counts in sliding spans by a sweep', () => {
    expect(
      sqlOf('type: event_count, rules: [r], group-by: [actor_id], timespan: 1h, condition: { gte: 5 }', ['e-1']),
    ).toBe(SLIDING);
  });

  test('follows an order of rules', () => {
    expect(sqlOf('type: temporal_ordered, rules: [r, s], group-by: [seller_id], timespan: 1d')).toBe(ORDERED);
  });

  test('counts side by side where there is an upper bound', () => {
    expect(
      sqlOf(
        'type: value_count, rules: [r], group-by: [actor_id], timespan: 7d, condition: { field: seller_id, lte: 3 }',
      ),
    ).toBe(GRID);
  });

  test('reads the accesses of touched actors alone only where nobody else matters', () => {
    expect(
      sqlOf('type: event_count, rules: [r], group-by: [seller_id], timespan: 1h, condition: { gte: 5 }', ['e-1']),
    ).not.toContain('actor_id IN');
  });
});

const SLIDING = `SELECT day, entity, toUInt32(uniqExact(actor_id, at, event_id)) AS matches, min(reached_at) AS reached_at
FROM
(
WITH
picked AS
(
  SELECT *, toUnixTimestamp64Milli(occurred_at) AS at, arrayJoin(arrayFilter(n -> n > 0, [if(tool = 'a', 1, 0)])) AS rule
  FROM {db}.accesses
  WHERE occurred_at >= toDateTime64('2026-03-01 23:00:00.000', 3, 'UTC') AND occurred_at < toDateTime64('2026-03-03 00:00:00.000', 3, 'UTC') AND actor_id IN ('e-1')
),
grouped AS
(
  SELECT DISTINCT ifNull(toString(actor_id), '') AS g1, actor_id, at, event_id, concat(actor_id, ' ', toString(at), ' ', event_id) AS v
  FROM picked
  WHERE g1 != ''
),
moments AS
(
  SELECT g1, v, at, leadInFrame(at, 1, toInt64(9000000000000000)) OVER (PARTITION BY g1, v ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next_at
  FROM (SELECT DISTINCT g1, v, at FROM grouped)
),
steps AS
(
  SELECT g1, step.1 AS moment, step.2 AS turn, step.3 AS change
  FROM moments
  ARRAY JOIN [(at, 1, 1), if(next_at <= at + 3600000, (next_at, 0, -1), (at + 3600000, 2, -1))] AS step
),
reached AS
(
  SELECT DISTINCT g1, moment AS at
  FROM (SELECT g1, moment, turn, sum(change) OVER (PARTITION BY g1 ORDER BY moment, turn ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS held FROM steps)
  WHERE turn = 1 AND held >= 5 AND moment >= 1772409600000
),
taking AS
(
  SELECT g1, day, actor_id, at, event_id, reached_at
  FROM
  (
    SELECT *, min(if(is_reached, at, toInt64(9000000000000000))) OVER (PARTITION BY g1, day ORDER BY at DESC, is_reached DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached_at
    FROM
    (
      SELECT g1, arrayJoin(range(toUInt32(greatest(intDiv(at, 86400000), 20514)), toUInt32(least(intDiv(at + 3600000, 86400000), 20514) + 1))) AS day, actor_id, at, event_id, 0 AS is_reached FROM grouped
      UNION ALL
      SELECT g1, toUInt32(intDiv(at, 86400000)), '', at, '', 1 FROM reached
    )
  )
  WHERE is_reached = 0 AND reached_at - at <= 3600000
)
SELECT DISTINCT day, concat('actor ', g1) AS entity, actor_id, at, event_id, reached_at
FROM taking
)
GROUP BY day, entity
ORDER BY day, entity`;

const ORDERED = `SELECT day, entity, toUInt32(uniqExact(actor_id, at, event_id)) AS matches, min(reached_at) AS reached_at
FROM
(
WITH
picked AS
(
  SELECT *, toUnixTimestamp64Milli(occurred_at) AS at, arrayJoin(arrayFilter(n -> n > 0, [if(tool = 'a', 1, 0), if(tool = 'b', 2, 0)])) AS rule
  FROM {db}.accesses
  WHERE occurred_at >= toDateTime64('2026-03-01 00:00:00.000', 3, 'UTC') AND occurred_at < toDateTime64('2026-03-03 00:00:00.000', 3, 'UTC')
),
grouped AS
(
  SELECT DISTINCT ifNull(toString(seller_id), '') AS g1, actor_id, at, event_id, toString(rule) AS v
  FROM picked
  WHERE g1 != ''
),
reached AS
(
  SELECT DISTINCT g1, at FROM (SELECT *, if(rule = 2, max(s1) OVER (PARTITION BY g1 ORDER BY at, rule ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), toInt64(-1)) AS s2 FROM (SELECT g1, at, toUInt32(v) AS rule, if(rule = 1, at, toInt64(-1)) AS s1 FROM grouped))
  WHERE rule = 2 AND s2 >= 0 AND at - s2 <= 86400000 AND at >= 1772409600000
),
taking AS
(
  SELECT g1, day, actor_id, at, event_id, reached_at
  FROM
  (
    SELECT *, min(if(is_reached, at, toInt64(9000000000000000))) OVER (PARTITION BY g1, day ORDER BY at DESC, is_reached DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached_at
    FROM
    (
      SELECT g1, arrayJoin(range(toUInt32(greatest(intDiv(at, 86400000), 20514)), toUInt32(least(intDiv(at + 86400000, 86400000), 20514) + 1))) AS day, actor_id, at, event_id, 0 AS is_reached FROM grouped
      UNION ALL
      SELECT g1, toUInt32(intDiv(at, 86400000)), '', at, '', 1 FROM reached
    )
  )
  WHERE is_reached = 0 AND reached_at - at <= 86400000
)
SELECT DISTINCT day, concat('seller ', g1) AS entity, actor_id, at, event_id, reached_at
FROM taking
)
GROUP BY day, entity
ORDER BY day, entity`;

const GRID = `SELECT day, entity, toUInt32(uniqExact(actor_id, at, event_id)) AS matches, min(reached_at) AS reached_at
FROM
(
WITH
picked AS
(
  SELECT *, toUnixTimestamp64Milli(occurred_at) AS at, arrayJoin(arrayFilter(n -> n > 0, [if(tool = 'a', 1, 0)])) AS rule
  FROM {db}.accesses
  WHERE occurred_at >= toDateTime64('2026-02-24 00:00:00.000', 3, 'UTC') AND occurred_at < toDateTime64('2026-03-03 00:00:00.000', 3, 'UTC')
),
grouped AS
(
  SELECT DISTINCT ifNull(toString(actor_id), '') AS g1, actor_id, at, event_id, ifNull(toString(seller_id), '') AS v
  FROM picked
  WHERE g1 != '' AND v != ''
),
boxed AS
(
  SELECT *, arrayJoin(range(toUInt32(greatest(intDiv(at, 86400000), 20514)), toUInt32(least(intDiv(at, 86400000) + 6, 20514) + 1))) AS day, 0 AS box
  FROM grouped
),
reached AS
(
  SELECT g1, day, box, max(at) AS last_at, uniqExact(v) AS held
  FROM boxed
  GROUP BY g1, day, box
  HAVING held >= 1 AND held <= 3 AND intDiv(last_at, 86400000) = day
),
taking AS
(
  SELECT g1, day, actor_id, at, event_id, last_at AS reached_at
  FROM boxed
  INNER JOIN reached USING (g1, day, box)
)
SELECT DISTINCT day, concat('actor ', g1) AS entity, actor_id, at, event_id, reached_at
FROM taking
)
GROUP BY day, entity
ORDER BY day, entity`;
