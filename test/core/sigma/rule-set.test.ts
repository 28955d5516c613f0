import { expressionSql } from '../../../services/core/sigma/expression-sql.js';
import { daysBefore, isOwnAffair, ownerOf, windowDays } from '../../../services/core/sigma/sigma-rule.js';
import { readYaml } from './rules.js';

const rule = (name: string, tool: string, more = ''): string =>
  `title: Rule ${name}\nname: ${name}\nid: id-of-${name}\nlogsource: { product: keyhole }\ndetection: { s: { tool|cased: ${tool} }, condition: s }\n${more}\n---\n`;
const filter = (rules: string, tool: string): string =>
  `title: A filter\nlogsource: { product: keyhole }\nfilter: { rules: ${rules}, s: { tool|cased: ${tool} }, condition: not s }\n---\n`;
const correlation = (name: string, text: string): string =>
  `title: Correlation ${name}\nname: ${name}\ncorrelation: { type: event_count, timespan: 1h, condition: { gte: 2 }, ${text} }\n---\n`;

const detections = (text: string): string[] => readYaml(text).rules.map(({ detection }) => detection);

function whereOf(text: string, detection: string): string {
  const plan = readYaml(text).rules.find((one) => one.detection === detection)?.plan;
  if (plan?.kind !== 'rule') throw new Error(`no rule ${detection}`);
  return expressionSql(plan.where);
}

describe('a folder of rules', () => {
  test('makes a detection of each rule, but of those that a correlation takes', () => {
    const text = rule('a', 'x') + rule('b', 'y') + correlation('c', 'rules: [a], group-by: [actor_id]');
    expect(detections(text)).toEqual(['sigma_b', 'sigma_c']);
  });

  test('lets a correlation refer by id, and generate its rules as well', () => {
    const text = rule('a', 'x') + correlation('c', 'rules: [id-of-a], group-by: [actor_id], generate: true');
    expect(detections(text)).toEqual(['sigma_a', 'sigma_c']);
  });

  test('narrows the rules that a filter names, by name, by id, or any', () => {
    const rules = rule('a', 'x') + rule('b', 'y');
    expect(whereOf(rules + filter('[a]', 'z'), 'sigma_a')).toBe("tool = 'x' AND NOT (tool = 'z')");
    expect(whereOf(rules + filter('[id-of-a]', 'z'), 'sigma_b')).toBe("tool = 'y'");
    expect(whereOf(rules + filter('any', 'z') + filter('[b]', 'w'), 'sigma_b')).toBe(
      "tool = 'y' AND NOT (tool = 'z') AND NOT (tool = 'w')",
    );
  });

  test('narrows the rules of a correlation, too', () => {
    const { rules } = readYaml(
      rule('a', 'x') + filter('[a]', 'z') + correlation('c', 'rules: [a], group-by: [actor_id]'),
    );
    expect(rules[0]?.plan.kind === 'correlation' && rules[0].plan.where.map((where) => expressionSql(where))).toEqual([
      "tool = 'x' AND NOT (tool = 'z')",
    ]);
  });

  test('says which rules their authors have given up', () => {
    const { rules, retired, refusals } = readYaml(
      rule('a', 'x', 'status: deprecated') + rule('b', 'y', 'status: stable'),
    );
    expect(rules).toHaveLength(1);
    expect(retired).toEqual([{ file: 'rules.yml', rule: 'a', why: 'its status is deprecated' }]);
    expect(refusals).toEqual([]);
  });

  test('takes what findings need from a rule: title, level, version, false positives', () => {
    const [one] = readYaml(
      rule(
        'a',
        'x',
        'level: HIGH\nmodified: 2026-03-01\ndate: 2025/01/01\nfalsepositives: [a test]\ntags: [attack.t1213]\nauthor: somebody',
      ),
    ).rules;
    expect(one).toMatchObject({
      id: 'id-of-a',
      title: 'Rule a',
      level: 'high',
      version: 20_260_301,
      falsePositives: ['a test'],
    });
  });

  test('is the same whatever the order of its documents', () => {
    const parts = [rule('a', 'x'), rule('b', 'y'), correlation('c', 'rules: [a], group-by: [actor_id]')];
    expect(readYaml([...parts].reverse().join('')).rules).toEqual(readYaml(parts.join('')).rules);
  });
});

describe('a correlation', () => {
  const only = (text: string) => {
    const found = readYaml(rule('a', 'x') + rule('b', 'y') + correlation('c', text)).rules.find(
      ({ detection }) => detection === 'sigma_c',
    );
    if (found?.plan.kind !== 'correlation') throw new Error('no correlation');
    return { rule: found, plan: found.plan };
  };

  test.each([
    ['1h', 1, 1],
    ['1d', 1, 1],
    ['36h', 2, 2],
    ['7d', 7, 7],
    ['2w', 14, 14],
  ])('of %s has a window of %i days and reads %i days before its last', (timespan, window, before) => {
    const [spanned] = readYaml(rule('a', 'x') + correlation('c', 'rules: [a]').replace('1h', timespan)).rules;
    expect(spanned === undefined ? [] : [windowDays(spanned), daysBefore(spanned)]).toEqual([window, before]);
  });

  test.each([
    ['[seller_id, user.id]', { owner: 'actor', group: 1 }, true],
    ['[approver_id]', { owner: 'actor', group: 0 }, false],
    ['[marketplace, seller_id]', { owner: 'seller', group: 1 }, false],
    ['[cluster_id]', { owner: 'cluster', group: 0 }, false],
    ['[source_ip]', null, false],
    ['[]', null, false],
  ])('grouped by %s is a finding of the right entity', (groups, owner, own) => {
    const { rule: found, plan } = only(`rules: [a], group-by: ${groups}`);
    expect(ownerOf(plan)).toEqual(owner);
    expect(isOwnAffair(found)).toBe(own);
  });

  test.each([
    ['{ gt: 5 }', { min: 6, max: null, not: null }],
    ['{ gte: 5 }', { min: 5, max: null, not: null }],
    ['{ lt: 5 }', { min: 1, max: 4, not: null }],
    ['{ lte: 5 }', { min: 1, max: 5, not: null }],
    ['{ eq: 5 }', { min: 5, max: 5, not: null }],
    ['{ neq: 5 }', { min: 1, max: null, not: 5 }],
    ['{ gt: 100, lte: 200 }', { min: 101, max: 200, not: null }],
  ])('with the condition %s has a range', (condition, range) => {
    const text = rule('a', 'x') + correlation('c', 'rules: [a]').replace('{ gte: 2 }', condition);
    const plan = readYaml(text).rules[0]?.plan;
    expect(plan?.kind === 'correlation' ? plan.range : null).toEqual(range);
  });
});
