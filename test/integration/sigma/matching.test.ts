// What single rules select, on the real database: each row is a selection and the accesses that it must pick.

import { evidenceSql, matchSql } from '../../../services/core/sigma/match-sql.js';
import { dayOf } from '../../../services/core/time.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { onlyRule, ruleText } from '../../core/sigma/rules.js';
import { freshDatabase } from '../support/stack.js';
import { type Access, DAY_START, land, minutes } from './accesses.js';

const DAY = dayOf(DAY_START);
const ONE_DAY = { from: DAY, to: DAY + 1 };

/** Each access is named by what is special about it. */
const ACCESSES: readonly Partial<Access>[] = [
  { event_id: 'plain' },
  { event_id: 'loud', action: 'CUSTOMER_EMAIL.READ' },
  { event_id: 'export', action: 'order_report.export', record_count: 500 },
  { event_id: 'deletion', action: 'review.delete', review_rating: 1, approver_id: 'emp-1' },
  { event_id: 'restored', action: 'review.restore', review_rating: 5, approver_id: 'EMP-1' },
  { event_id: 'no-seller', seller_id: null },
  { event_id: 'wildcard', tool: 'a*b' },
  { event_id: 'not-wildcard', tool: 'aXXb' },
  { event_id: 'percent', tool: '100%_x' },
  { event_id: 'not-percent', tool: '100abc' },
  { event_id: 'backslash', tool: 'a\\b' },
  { event_id: 'quote', tool: "o'brien {db} {x:String}" },
  { event_id: 'umlaut', tool: 'BÜRO' },
  { event_id: 'two-lines', tool: 'first\nsecond' },
  { event_id: 'inside', source_ip: '10.1.2.3' },
  { event_id: 'outside', source_ip: '11.1.2.3' },
  { event_id: 'six', source_ip: '2001:db8::7' },
  { event_id: 'no-address', source_ip: 'gateway' },
  { event_id: 'customers', customer_ids: ['c-1', 'C-2', 'c-30'] },
  { event_id: 'other-customers', customer_ids: ['c-4'] },
  { event_id: 'night', occurred_at: minutes(23 * 60 + 10) },
  { event_id: 'with-case', case_id: 'case-1', explained: 'yes' },
  { event_id: 'empty-case', case_id: '' },
];

const all = ACCESSES.map((access) => access.event_id ?? '');
const allBut = (...left: string[]): string[] => all.filter((id) => !left.includes(id));

describe('a rule on the real database', () => {
  let ch: ClickHouse;
  beforeAll(async () => {
    ch = (await freshDatabase('sigma')).clickhouse;
    await land(ch, ACCESSES);
  });

  async function found(detection: string): Promise<string[]> {
    const rule = onlyRule(ruleText(detection));
    const rows = await ch.query<{ event_id: string }>(
      `SELECT event_id FROM {db}.accesses WHERE ${evidenceSql(rule, DAY, 'actor emp-1')} ORDER BY event_id`,
    );
    return rows.map((row) => row.event_id);
  }

  test.each<readonly [string, string, readonly string[]]>([
    [
      'text is compared without regard to case',
      'action: Customer_Email.READ',
      ['plain', 'loud', ...allBut('plain', 'loud', 'export', 'deletion', 'restored')],
    ],
    ['cased text is compared with it', 'action|cased: CUSTOMER_EMAIL.READ', ['loud']],
    ['case is folded beyond ASCII', 'tool: büro', ['umlaut']],
    ['a list is of alternatives', 'action: [review.delete, review.restore]', ['deletion', 'restored']],
    ['a map asks for all its lines', '{ action: review.delete, review_rating: 1 }', ['deletion']],
    ['a list of maps asks for any', '[{ action: review.delete }, { tool: büro }]', ['deletion', 'umlaut']],
    ['contains', 'action|contains: EVIEW', ['deletion', 'restored']],
    ['startswith', 'action|startswith: order_', ['export']],
    ['endswith', 'action|endswith: .delete', ['deletion']],
    ['contains all', 'action|contains|all: [review, store]', ['restored']],
    ['contains, cased', 'action|contains|cased: EMAIL', ['loud']],
    ['a star is anything', 'tool: a*b', ['wildcard', 'not-wildcard', 'backslash']],
    ['a star with a backslash is a star', "tool: 'a\\*b'", ['wildcard']],
    ['a question mark is one character', "tool: 'a?b'", ['wildcard', 'backslash']],
    ['a backslash before neither is itself', "tool: 'a\\b'", ['backslash']],
    ['two backslashes are one', "tool: 'a\\\\b'", ['backslash']],
    ['a star matches line ends', 'tool: first*', ['two-lines']],
    ['the wildcards of SQL are plain text', "tool: '100%_*'", ['percent']],
    ['quotes and braces are plain text', 'tool: "o\'brien {db} {x:String}"', ['quote']],
    ['a regular expression has regard to case', "action|re: '^review\\.[a-z]+$'", ['deletion', 'restored']],
    ['a regular expression is found anywhere', "action|re: 'port\\.'", ['export']],
    [
      'a regular expression without regard to case',
      "action|re|i: '^customer_email\\.read$'",
      allBut('export', 'deletion', 'restored'),
    ],
    ['its dot matches no line end', "tool|re: 'first.second'", []],
    ['its dot matches line ends with s', "tool|re|s: 'first.second'", ['two-lines']],
    ['its anchors are those of lines with m', "tool|re|m: '^second$'", ['two-lines']],
    ['a network', 'source_ip|cidr: 10.0.0.0/8', ['inside']],
    ['several networks of both families', "source_ip|cidr: ['11.0.0.0/8', '2001:db8::/32']", ['outside', 'six']],
    ['greater', 'record_count|gt: 499', ['export']],
    ['less or equal, where there is a number', 'review_rating|lte: 2', ['deletion']],
    ['a number', 'review_rating: 5', ['restored']],
    ['a number as text', "review_rating: '5'", ['restored']],
    ['null is an absent field', 'seller_id: null', ['no-seller']],
    ['an absent list', '{ customer_ids: null, tool: desk, source_ip: null, seller_id: null }', ['no-seller']],
    ['empty text is no absent field', "case_id: ''", ['empty-case']],
    ['exists', 'source_ip|exists: true', ['inside', 'outside', 'six', 'no-address']],
    ['does not exist', 'seller_id|exists: false', ['no-seller']],
    ['one of several values', 'customer_ids: c-2', ['customers']],
    ['a pattern over several values', 'customer_id|startswith: c-3', ['customers']],
    ['all among several values', 'customer_ids|all: [c-1, c-2]', ['customers']],
    ['a field as another, without regard to case', 'actor_id|fieldref: approver_id', ['deletion', 'restored']],
    ['a field as another, with regard to case', 'actor_id|fieldref|cased: approver_id', ['deletion']],
    ['the hour of the time', 'occurred_at|hour: 23', ['night']],
    ['the hour compared', "'@timestamp|hour|gte': 20", ['night']],
    ['the names of the Elastic Common Schema', '{ user.id: emp-1, event.action: review.delete }', ['deletion']],
    ['neither of several', 'action|neq: [customer_email.read, review.delete]', ['export', 'restored']],
    ['explained by its case', 'explained: yes', ['with-case']],
  ])('%s', async (_what, selection, expected) => {
    const isFlow = /^[[{]/.test(selection);
    const text = isFlow ? `selection: ${selection}` : `selection:\n  ${selection}`;
    expect(await found(`${text}\ncondition: selection`)).toEqual([...expected].sort());
  });

  test.each<readonly [string, string, readonly string[]]>([
    ['not, where the field is absent', 'not a', allBut('deletion')],
    ['and before or', 'b or a and c', ['deletion', 'export', 'restored']],
    ['brackets', '(b or a) and c', ['deletion']],
    ['not before and', 'not a and d', ['restored']],
    ['1 of a pattern', '1 of sel_*', ['inside', 'outside']],
    ['all of a pattern', 'all of eq_*', ['deletion']],
    [
      'them leaves out what begins with an underscore',
      '1 of them and not 1 of eq_* and not b and not a and not 1 of sel_*',
      [],
    ],
    ['underscores on demand', '1 of _hid*', ['six']],
    ['any of them', 'any of eq_* or _hidden', ['deletion', 'restored', 'six']],
    ['a list of conditions', '[a, b]', ['deletion', 'export', 'restored']],
  ])('%s', async (_what, condition, expected) => {
    const detection = `
a: { review_rating: 1 }
b: [{ action: order_report.export }, { action: review.restore }]
c: { approver_id|cased: emp-1 }
d: { action|startswith: review }
sel_in: { source_ip: 10.1.2.3 }
sel_out: { source_ip: 11.1.2.3 }
eq_one: { action|startswith: review }
eq_two: { review_rating|lt: 6, action|contains: [delete, restore], approver_id|cased: emp-1 }
_hidden: { source_ip|contains: ':' }
condition: ${condition}`;
    expect(await found(detection)).toEqual([...expected].sort());
  });

  test('matches are counted by actor, once however often the access was stored', async () => {
    const { clickhouse } = await freshDatabase('sigmacount');
    await land(clickhouse, [
      { event_id: 'a', occurred_at: minutes(5) },
      { event_id: 'b', occurred_at: minutes(3), actor_id: 'emp-2' },
      { event_id: 'c', occurred_at: minutes(9) },
      { event_id: 'before', occurred_at: minutes(-1) },
      { event_id: 'after', occurred_at: minutes(1440) },
    ]);
    await land(clickhouse, [{ event_id: 'a', occurred_at: minutes(5) }]);
    const rule = onlyRule(ruleText('selection: { tool: desk }\ncondition: selection'));
    expect(await clickhouse.query(matchSql(rule, ONE_DAY))).toEqual([
      { day: DAY, entity: 'actor emp-1', matches: 2, reached_at: String(minutes(5)) },
      { day: DAY, entity: 'actor emp-2', matches: 1, reached_at: String(minutes(3)) },
    ]);
    expect(await clickhouse.query(matchSql(rule, ONE_DAY, ['emp-2', 'emp-3']))).toEqual([
      { day: DAY, entity: 'actor emp-2', matches: 1, reached_at: String(minutes(3)) },
    ]);
  });
});
