// Everything that a rule may say and Keyhole does not do, by the name under which it is refused.

import { readYaml, refusalsOf, ruleText } from './rules.js';

const selection = (line: string): string => ruleText(`selection:\n  ${line}\ncondition: selection`);
const detection = (text: string): string => ruleText(text);
const BASE = `title: R\nname: r\nlogsource: { product: keyhole }\ndetection: { s: { tool: a }, condition: s }\n---\ntitle: S\nname: s\nlogsource: { product: keyhole }\ndetection: { s: { tool: b }, condition: s }\n---\n`;
const correlation = (text: string): string =>
  `${BASE}title: C\nname: c\ncorrelation: { rules: [r], group-by: [actor_id], timespan: 1h, ${text} }`;
const counting = (text: string): string => correlation(`type: event_count, ${text}`);

describe('refused by name', () => {
  test.each([
    ['an unknown field', selection('CommandLine: x'), 'the field CommandLine is none of an access'],
    [
      'words without a field',
      detection('words: [a, b]\ncondition: words'),
      'the selection words searches words without a field',
    ],
    [
      'words without a field, as a map',
      selection("'|all': [a, b]"),
      'the selection selection searches words without a field',
    ],
    ['encoded text', selection('action|base64: x'), 'action|base64: the modifier base64 is not supported'],
    [
      'encoded text at any offset',
      selection('action|base64offset|contains: x'),
      'the modifier base64offset is not supported',
    ],
    ['UTF-16', selection('action|wide|contains: x'), 'the modifier wide is not supported'],
    ['dashes of command lines', selection('action|windash|contains: -x'), 'the modifier windash is not supported'],
    ['placeholders', selection("action|expand: '%x%'"), 'the modifier expand is not supported'],
    ['an unknown modifier', selection('action|like: x'), 'the modifier like is not supported'],
    ['two comparisons', selection('action|contains|startswith: x'), 'combines startswith with another comparison'],
    [
      'a pattern of a regular expression',
      selection('action|re|contains: x'),
      'combines contains with another comparison',
    ],
    ['flags without a regular expression', selection('action|i: x'), 'has the flag i without re'],
    ['all of one value', selection('action|contains|all: x'), 'has one value for the modifier all'],
    ['less than a text', selection('action|lt: 5'), 'action|lt: lt needs a number'],
    ['less than no number', selection('record_count|lt: many'), 'record_count|lt needs a number'],
    ['a network of no address', selection('actor_id|cidr: 10.0.0.0/8'), 'cidr needs an address'],
    ['a network that is none', selection('source_ip|cidr: 10.0.0.0/33'), '10.0.0.0/33 is no network'],
    ['a time as a whole', selection('occurred_at: 2026-01-01'), 'a time cannot be compared as a whole'],
    ['the hour of a text', selection('action|hour: 5'), 'hour needs a time'],
    ['exists with a text', selection('case_id|exists: maybe'), 'needs true or false'],
    ['null with a pattern', selection('case_id|contains: null'), 'contains has no value'],
    [
      'a list as a field',
      selection('customer_ids|fieldref: actor_id'),
      'customer_ids cannot be compared with another field',
    ],
    ['look-around', selection("action|re: '(?<=a)b'"), 'the regular expression has look-around'],
    ['a back-reference', selection("action|re: '(a)\\1'"), 'the regular expression has a back-reference'],
    ['an unreadable regular expression', selection("action|re: '(a'"), 'the regular expression cannot be read'],
    ['an empty list', selection('action: []'), 'action has an empty list'],
    ['an empty selection', detection('selection: {}\ncondition: selection'), 'the selection selection is empty'],
    ['no condition', detection('selection: { tool: a }'), 'the condition is missing or no text'],
    [
      'an unknown name',
      detection('selection: { tool: a }\ncondition: selections'),
      'the condition names selections, which the rule does not define',
    ],
    ['two of them', detection('a: { tool: a }\nb: { tool: b }\ncondition: 2 of them'), '2 of is not supported'],
    ['a pattern that nothing fits', detection('a: { tool: a }\ncondition: 1 of b*'), 'no selection is named b*'],
    ['an aggregation', detection('a: { tool: a }\ncondition: a | count() by actor_id > 5'), 'the condition has a pipe'],
    ['near', detection('a: { tool: a }\ncondition: a near a'), 'the condition goes on with near'],
    ['an open bracket', detection('a: { tool: a }\ncondition: (a'), 'the condition has an open bracket'],
    ['a condition that ends', detection('a: { tool: a }\ncondition: a and'), 'the condition ends too early'],
    ['a timeframe', detection('a: { tool: a }\ntimeframe: 5m\ncondition: a'), 'it has a timeframe'],
    [
      'another log',
      ruleText('s: { tool: a }\ncondition: s').replace('keyhole', 'windows'),
      'the logsource has product windows',
    ],
    ['no log', 'title: x\nid: y\ndetection: { s: { tool: a }, condition: s }', 'it has no logsource'],
    ['no detection', 'title: x\nid: y\nlogsource: { product: keyhole }', 'it has no detection'],
    [
      'no title',
      'id: y\nlogsource: { product: keyhole }\ndetection: { s: { tool: a }, condition: s }',
      'it has no title',
    ],
    [
      'no name',
      'title: x\nlogsource: { product: keyhole }\ndetection: { s: { tool: a }, condition: s }',
      'it has neither id nor name',
    ],
    ['an unknown level', ruleText('s: { tool: a }\ncondition: s', 'level: grave'), 'the level grave is unknown'],
    ['a collection of version 1', 'title: x\nname: y\naction: global', 'it has an action'],
    ['no map', '- a\n- b', 'it is no map'],
    [
      'an average',
      correlation('type: value_avg, condition: { field: record_count, gt: 5 }'),
      'the correlation type value_avg is not supported',
    ],
    ['a correlation without a condition', counting('generate: false'), 'the correlation has no condition'],
    [
      'an expression of rules',
      correlation('type: temporal, condition: r and s'),
      'the condition is an expression of rules',
    ],
    ['an unknown operator', counting('condition: { more: 5 }'), 'the condition has more'],
    ['a count that is none', counting('condition: { gte: many }'), "the condition's gte is no whole number"],
    ['what can never hold', counting('condition: { lt: 1 }'), 'the condition can never hold'],
    ['an empty range', counting('condition: { gt: 5, lt: 6 }'), 'the condition can never hold'],
    [
      'an upper bound over an odd timespan',
      counting('condition: { lte: 5 }').replace('1h', '7h'),
      'the timespan does not divide a day',
    ],
    ['an unreadable timespan', counting('condition: { gte: 5 }').replace('1h', '1M'), 'the timespan 1M cannot be read'],
    [
      'a long timespan',
      counting('condition: { gte: 5 }').replace('1h', '31d'),
      'the timespan 31d is longer than 30 days',
    ],
    [
      'a chain',
      `${counting('condition: { gte: 5 }')}\n---\ntitle: D\nname: d\ncorrelation: { type: temporal, rules: [c, s], timespan: 1h }`,
      'it refers to the correlation c',
    ],
    [
      'an unknown rule',
      counting('condition: { gte: 5 }').replace('[r]', '[q]'),
      'it names the rule q, which the folder does not have',
    ],
    ['a rule twice', correlation('type: temporal').replace('[r]', '[r, r]'), 'the correlation names a rule twice'],
    [
      'several fields of one count',
      correlation('type: value_count, condition: { field: [tool, action], gte: 5 }'),
      'value_count needs one field',
    ],
    [
      'a field where none is counted',
      counting('condition: { field: tool, gte: 5 }'),
      'the condition of event_count has a field',
    ],
    [
      'a count of rules beyond them',
      correlation('type: temporal, condition: { gte: 2 }'),
      'the condition of a temporal correlation counts its rules',
    ],
    [
      'some of a sequence',
      correlation('type: temporal_ordered, condition: { gte: 1 }').replace('[r]', '[r, s]'),
      'the condition of a temporal correlation counts its rules',
    ],
    [
      'a part that Sigma does not have',
      counting('condition: { gte: 5 }, window: tumbling'),
      'the correlation has window',
    ],
    [
      'an alias without one of the rules',
      counting('condition: { gte: 5 }, aliases: { who: { s: actor_id } }').replace('[actor_id]', '[who]'),
      'the alias who names the rule s',
    ],
    [
      'a group by time',
      counting('condition: { gte: 5 }').replace('[actor_id]', '[occurred_at]'),
      'group-by occurred_at is a time',
    ],
    [
      'a filter of an unknown rule',
      `${BASE}title: F\nlogsource: { product: keyhole }\nfilter: { rules: [q], s: { tool: c }, condition: not s }`,
      'it names the rule q',
    ],
    [
      'a filter of nothing',
      `${BASE}title: F\nlogsource: { product: keyhole }\nfilter: { s: { tool: c }, condition: not s }`,
      'the filter names no rules',
    ],
    [
      'one name twice',
      `${BASE}title: R2\nname: r\nlogsource: { product: keyhole }\ndetection: { s: { tool: a }, condition: s }`,
      'another rule is called r, too',
    ],
  ])('%s', (_what, text, expected) => {
    const refused = refusalsOf(text);
    expect(refused.filter((one) => one.includes(expected))).toHaveLength(1);
    expect(refused[0]).toMatch(/^[^:]+: .+; .+/);
  });

  test('every part of a rule is named at once, with its file', () => {
    const { refusals } = readYaml(
      ruleText('a: { CommandLine: x }\nb: { action|wide: y }\ncondition: a and b', 'level: grave'),
    );
    expect(refusals.map(({ file, what }) => `${file}: ${what}`)).toEqual([
      'rules.yml: the level grave is unknown',
      'rules.yml: the field CommandLine is none of an access',
      'rules.yml: action|wide: the modifier wide is not supported',
    ]);
  });
});
