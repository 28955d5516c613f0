// Which spans correlations find, on the real database: rules as text, accesses by minute, and who is found with how many accesses.

import { evidenceSql, matchSql } from '../../../services/core/sigma/match-sql.js';
import { dayOf } from '../../../services/core/time.js';
import { readYaml } from '../../core/sigma/rules.js';
import { type FreshDatabase, freshDatabase } from '../support/stack.js';
import { type Access, DAY_START, land, minutes } from './accesses.js';

const DAY = dayOf(DAY_START);
const HOUR = 60;

const RULES = `
title: A read
name: read
logsource: { product: keyhole }
detection: { selection: { action: customer_email.read }, condition: selection }
---
title: A deletion
name: deletion
logsource: { product: keyhole }
detection: { selection: { action: review.delete }, condition: selection }
---
title: A reinstatement
name: reinstatement
logsource: { product: keyhole }
detection: { selection: { action: account.reinstate }, condition: selection }
---
`;

type Line = readonly [minute: number, what: string, more?: Partial<Access>];

/** Accesses by emp-1 unless said otherwise, named a, b, c … in this order. */
const log = (...lines: Line[]): Partial<Access>[] =>
  lines.map(([minute, action, more], i) => ({
    event_id: String.fromCharCode(97 + i),
    occurred_at: minutes(minute),
    action:
      { read: 'customer_email.read', deletion: 'review.delete', reinstatement: 'account.reinstate' }[action] ?? action,
    ...more,
  }));

const of = (actor_id: string): Partial<Access> => ({ actor_id });
const seller = (seller_id: string | null): Partial<Access> => ({ seller_id });

/** [what, correlation, accesses, found as 'entity: accesses @ minute reached'] */
const CASES: readonly (readonly [string, string, Partial<Access>[], readonly string[]])[] = [
  [
    'event_count finds a span across two full hours',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { gte: 3 }',
    log([40, 'read'], [70, 'read'], [95, 'read'], [180, 'read'], [70, 'read', of('emp-2')], [95, 'read', of('emp-2')]),
    ['actor emp-1: abc @ 95'],
  ],
  [
    'a span is as long as the timespan, both ends included',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { gt: 1 }',
    log([0, 'read'], [60, 'read'], [200, 'read', of('emp-2')], [260.01, 'read', of('emp-2')]),
    ['actor emp-1: ab @ 60'],
  ],
  [
    'a span may begin on the day before, and belongs to the day on which it is reached',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { gte: 2 }',
    log(
      [-20, 'read'],
      [10, 'read'],
      [-90, 'read', of('emp-2')],
      [-80, 'read', of('emp-2')],
      [24 * HOUR - 5, 'read', of('emp-3')],
      [24 * HOUR + 5, 'read', of('emp-3')],
    ),
    ['actor emp-1: ab @ 10'],
  ],
  [
    'accesses outside every span that was reached take no part',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 10m, condition: { gte: 2 }',
    log([0, 'read'], [30, 'read'], [35, 'read'], [60, 'read'], [90, 'read'], [99, 'read']),
    ['actor emp-1: bcef @ 35'],
  ],
  [
    'an access that fits two of its rules counts once',
    'type: event_count, rules: [read, deletion], group-by: [actor_id], timespan: 1h, condition: { gte: 3 }',
    log([0, 'read'], [1, 'deletion'], [2, 'read', of('emp-2')], [3, 'read', of('emp-2')]),
    [],
  ],
  [
    'groups by several fields are apart, and the actor is found',
    'type: event_count, rules: [deletion], group-by: [seller_id, actor_id], timespan: 7d, condition: { gte: 2 }',
    log(
      [0, 'deletion'],
      [5, 'deletion', seller('s-2')],
      [9, 'deletion', seller('s-3')],
      [-3 * 24 * HOUR, 'deletion', seller('s-3')],
    ),
    ['actor emp-1: cd @ 9'],
  ],
  [
    'a group by seller finds the seller, whoever it was',
    'type: event_count, rules: [read], group-by: [seller_id], timespan: 1h, condition: { gte: 3 }',
    log(
      [0, 'read'],
      [5, 'read', of('emp-2')],
      [9, 'read', of('emp-3')],
      [9, 'read', seller('s-2')],
      [9, 'read', seller(null)],
    ),
    ['seller s-1: abc @ 9'],
  ],
  [
    'a group that names nobody finds everybody in the span',
    'type: value_count, rules: [read], group-by: [source_ip], timespan: 1h, condition: { field: actor_id, gte: 2 }',
    log(
      [0, 'read', { source_ip: '10.0.0.1' }],
      [5, 'read', { source_ip: '10.0.0.1', actor_id: 'emp-2' }],
      [6, 'read'],
      [6, 'read', of('emp-3')],
    ),
    ['actor emp-1: a @ 5', 'actor emp-2: b @ 5'],
  ],
  [
    'without group-by all accesses are one group',
    'type: event_count, rules: [deletion], timespan: 1h, condition: { gte: 2 }',
    log([0, 'deletion'], [59, 'deletion', of('emp-2')]),
    ['actor emp-1: a @ 59', 'actor emp-2: b @ 59'],
  ],
  [
    'value_count counts distinct values, again after a span has passed',
    'type: value_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { field: seller_id, gte: 3 }',
    log(
      [0, 'read', seller('s-1')],
      [10, 'read', seller('s-2')],
      [20, 'read', seller('s-1')],
      [65, 'read', seller('s-3')],
      [100, 'read', seller('s-9')],
      [100, 'read', seller(null)],
    ),
    ['actor emp-1: bcd @ 65'],
  ],
  [
    'value_count sees each of several customers',
    'type: value_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { field: customer_ids, gt: 3 }',
    log(
      [0, 'read', { customer_ids: ['c-1', 'c-2', 'c-3'] }],
      [5, 'read', { customer_ids: ['c-3', 'c-4'] }],
      [5, 'read', { actor_id: 'emp-2', customer_ids: ['c-1', 'c-1'] }],
    ),
    ['actor emp-1: ab @ 5'],
  ],
  [
    'a customer can be a group: who was read by three people',
    'type: value_count, rules: [read], group-by: [customer_id], timespan: 1d, condition: { field: actor_id, gte: 3 }',
    log(
      [0, 'read', { customer_ids: ['c-1', 'c-2'] }],
      [5, 'read', { actor_id: 'emp-2', customer_ids: ['c-1'] }],
      [9, 'read', { actor_id: 'emp-3', customer_ids: ['c-1'] }],
    ),
    ['actor emp-1: a @ 9', 'actor emp-2: b @ 9', 'actor emp-3: c @ 9'],
  ],
  [
    'temporal asks for all rules in any order',
    'type: temporal, rules: [read, deletion], group-by: [actor_id], timespan: 30m',
    log(
      [10, 'deletion'],
      [20, 'read'],
      [0, 'read', of('emp-2')],
      [31, 'deletion', of('emp-2')],
      [5, 'read', of('emp-3')],
    ),
    ['actor emp-1: ab @ 20'],
  ],
  [
    'temporal with a count asks for so many of its rules',
    'type: temporal, rules: [read, deletion, reinstatement], group-by: [actor_id], timespan: 30m, condition: { gte: 2 }',
    log([10, 'deletion'], [20, 'reinstatement'], [0, 'read', of('emp-2')], [1, 'read', of('emp-2')]),
    ['actor emp-1: ab @ 20'],
  ],
  [
    'temporal_ordered asks for their order',
    'type: temporal_ordered, rules: [read, deletion, reinstatement], group-by: [actor_id], timespan: 30m',
    log(
      [0, 'read'],
      [5, 'deletion'],
      [6, 'read'],
      [20, 'deletion'],
      [33, 'reinstatement'],
      [0, 'deletion', of('emp-2')],
      [5, 'read', of('emp-2')],
      [6, 'reinstatement', of('emp-2')],
      [0, 'read', of('emp-3')],
      [5, 'deletion', of('emp-3')],
      [31, 'reinstatement', of('emp-3')],
    ),
    ['actor emp-1: bcde @ 33'],
  ],
  [
    'equal times count as in order',
    'type: temporal_ordered, rules: [read, deletion], group-by: [actor_id], timespan: 30m',
    log([7, 'deletion'], [7, 'read']),
    ['actor emp-1: ab @ 7'],
  ],
  [
    'a count with an upper bound is taken over spans side by side',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 1h, condition: { gte: 2, lte: 3 }',
    log(
      [0, 'read'],
      [59, 'read'],
      [60, 'read'],
      [0, 'read', of('emp-2')],
      [1, 'read', of('emp-2')],
      [2, 'read', of('emp-2')],
      [3, 'read', of('emp-2')],
      [-5, 'read', of('emp-3')],
      [-6, 'read', of('emp-3')],
    ),
    ['actor emp-1: ab @ 59'],
  ],
  [
    'whole days with an upper bound end with this day',
    'type: value_count, rules: [deletion], group-by: [actor_id], timespan: 2d, condition: { field: seller_id, eq: 2 }',
    log(
      [-20 * HOUR, 'deletion'],
      [5, 'deletion', seller('s-2')],
      [9, 'deletion', seller('s-2')],
      [-20 * HOUR, 'deletion', of('emp-2')],
      [-19 * HOUR, 'deletion', { actor_id: 'emp-2', seller_id: 's-2' }],
    ),
    ['actor emp-1: abc @ 9'],
  ],
  [
    'neq leaves one count out',
    'type: event_count, rules: [read], group-by: [actor_id], timespan: 1d, condition: { neq: 1 }',
    log([0, 'read'], [9, 'read', of('emp-2')], [9, 'read', of('emp-2')]),
    ['actor emp-2: bc @ 9'],
  ],
  [
    'aliases join fields of different names: who approved what the other did',
    'type: temporal, rules: [read, deletion], group-by: [who], aliases: { who: { read: actor_id, deletion: approver_id } }, timespan: 1h',
    log(
      [0, 'read'],
      [5, 'deletion', { actor_id: 'emp-2', approver_id: 'emp-1' }],
      [5, 'deletion', { actor_id: 'emp-3', approver_id: 'emp-9' }],
    ),
    ['actor emp-1: ab @ 5'],
  ],
];

describe('a correlation on the real database', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase('sigmaspan');
  });

  async function found(correlation: string): Promise<string[]> {
    const { rules, refusals } = readYaml(`${RULES}title: Together\nname: together\ncorrelation: { ${correlation} }`);
    const rule = rules.find(({ detection }) => detection === 'sigma_together');
    if (rule === undefined) throw new Error(JSON.stringify(refusals));
    const ch = database.clickhouse;
    const rows = await ch.query<{ entity: string; matches: number; reached_at: string }>(
      matchSql(rule, { from: DAY, to: DAY + 1 }),
    );
    const answers: string[] = [];
    for (const { entity, matches, reached_at } of rows) {
      const events = await ch.query<{ event_id: string }>(
        `SELECT event_id FROM {db}.accesses WHERE ${evidenceSql(rule, DAY, entity)} ORDER BY event_id`,
      );
      expect(events).toHaveLength(matches);
      answers.push(
        `${entity}: ${events.map((event) => event.event_id).join('')} @ ${(Number(reached_at) - DAY_START) / 60_000}`,
      );
    }
    return answers;
  }

  test.each(CASES)('%s', async (_what, correlation, accesses, expected) => {
    await database.clickhouse.command('TRUNCATE TABLE {db}.access_events');
    await land(database.clickhouse, accesses);
    expect(await found(correlation)).toEqual(expected);
  });

  test('cluster_id groups sellers by their links as of the access', async () => {
    const { clickhouse: ch } = database;
    await ch.command('TRUNCATE TABLE {db}.access_events');
    await land(
      ch,
      log(
        [0, 'reinstatement'],
        [5, 'reinstatement', { actor_id: 'emp-2', seller_id: 's-2' }],
        [9, 'reinstatement', seller('s-3')],
        [9, 'reinstatement', seller('s-4')],
      ),
    );
    const links = [
      ['s-1', 'k-1', -60],
      ['s-2', 'k-1', -60],
      ['s-3', 'k-1', 60],
      ['s-4', 'k-2', -60],
    ] as const;
    await ch.insert(
      'seller_links',
      ['seller_id', 'cluster_id', 'basis', 'valid_from', 'version'],
      links.flatMap(([id, cluster, since]) =>
        ['bank', 'device'].map((basis) => [id, cluster, basis, minutes(since), 1]),
      ),
    );
    expect(
      await found(
        'type: event_count, rules: [reinstatement], group-by: [cluster_id], timespan: 30d, condition: { gte: 2 }',
      ),
    ).toEqual(['cluster k-1: ab @ 5']);
  });
});
