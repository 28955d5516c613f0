import { expressionSql, sqlText } from '../../../services/core/sigma/expression-sql.js';
import { parsePattern } from '../../../services/core/sigma/text-pattern.js';
import { onlyRule, ruleText } from './rules.js';

function sqlOf(selection: string, condition = 'selection'): string {
  const { plan } = onlyRule(ruleText(`selection: ${selection}\ncondition: ${condition}`));
  if (plan.kind !== 'rule') throw new Error('a single rule was meant');
  return expressionSql(plan.where);
}

describe('a selection as SQL', () => {
  test.each([
    ['{ action: Review.Delete }', "lowerUTF8(action) = lowerUTF8('Review.Delete')"],
    ['{ action|cased: review.delete }', "action = 'review.delete'"],
    ['{ seller_id: s-1 }', "ifNull(lowerUTF8(seller_id) = lowerUTF8('s-1'), 0)"],
    ['{ action|contains: 50%_ }', "lowerUTF8(action) LIKE lowerUTF8('%50\\\\%\\\\_%')"],
    ['{ action: a*b?c }', "lowerUTF8(action) LIKE lowerUTF8('a%b_c')"],
    ["{ tool: 'a\\\\\\\\b' }", "lowerUTF8(tool) = lowerUTF8('a\\\\\\\\b')"],
    ['{ customer_ids: c-1 }', "arrayExists(one -> lowerUTF8(one) = lowerUTF8('c-1'), customer_ids)"],
    ["{ action|re|i|m: '^a.b$' }", "match(action, '(?im-s)^a.b$')"],
    ["{ action|re|s: 'a.b' }", "match(action, '(?s)a.b')"],
    ['{ record_count|gte: 10 }', 'record_count >= 10'],
    ['{ review_rating|lt: 3 }', 'ifNull(review_rating < 3, 0)'],
    ['{ review_rating|contains: 5 }', "ifNull(lowerUTF8(toString(review_rating)) LIKE lowerUTF8('%5%'), 0)"],
    ['{ occurred_at|hour|lt: 6 }', 'toHour(occurred_at) < 6'],
    ['{ case_id: null }', 'isNull(case_id)'],
    ['{ customer_ids|exists: true }', 'NOT (empty(customer_ids))'],
    ['{ actor_id|fieldref|cased|neq: approver_id }', 'NOT (ifNull(toString(actor_id) = toString(approver_id), 0))'],
    ['{ action: [a, b] }', "lowerUTF8(action) = lowerUTF8('a') OR lowerUTF8(action) = lowerUTF8('b')"],
    [
      '{ action|contains|all: [a, b], tool|cased: [x, y] }',
      "(lowerUTF8(action) LIKE lowerUTF8('%a%') AND lowerUTF8(action) LIKE lowerUTF8('%b%')) AND (tool = 'x' OR tool = 'y')",
    ],
  ])('%s', (selection, expected) => {
    expect(sqlOf(selection)).toBe(expected);
  });

  test('a network guards against what is no address', () => {
    expect(sqlOf('{ source_ip|cidr: 10.0.0.0/8 }')).toBe(
      "ifNull(isIPv4String(source_ip) AND isIPAddressInRange(if(isIPv4String(assumeNotNull(source_ip)), assumeNotNull(source_ip), '0.0.0.0'), '10.0.0.0/8'), 0)",
    );
  });

  test('not, and, or keep their order', () => {
    const { plan } = onlyRule(
      ruleText('a: { tool|cased: a }\nb: { tool|cased: b }\nc: { tool|cased: c }\ncondition: a or not b and (c or a)'),
    );
    expect(plan.kind === 'rule' && expressionSql(plan.where)).toBe(
      "tool = 'a' OR (NOT (tool = 'b') AND (tool = 'c' OR tool = 'a'))",
    );
  });

  test('a text can end no literal and begin no parameter', () => {
    expect(sqlText("a'b\\c{x:String}")).toBe("'a\\'b\\\\c\\x7Bx:String\\x7D'");
  });
});

describe('a text with wildcards', () => {
  const star = { wildcard: 'any' };
  test.each([
    ['plain', [{ text: 'plain' }]],
    ['', []],
    ['*', [star]],
    ['a*b', [{ text: 'a' }, star, { text: 'b' }]],
    ['a\\*b', [{ text: 'a*b' }]],
    ['a\\\\*b', [{ text: 'a\\' }, star, { text: 'b' }]],
    ['a\\\\\\*b', [{ text: 'a\\*b' }]],
    ['a\\b', [{ text: 'a\\b' }]],
    ['a\\\\b', [{ text: 'a\\b' }]],
    ['a\\', [{ text: 'a\\' }]],
    ['?\\?', [{ wildcard: 'one' }, { text: '?' }]],
  ])('%j', (text, pieces) => {
    expect(parsePattern(text)).toEqual(pieces);
  });
});
