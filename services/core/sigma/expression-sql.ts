// An expression as a ClickHouse condition over the columns of keyhole.accesses. Every test answers 0 or 1, never NULL, so that `not`
// means what it says: a field that is absent equals nothing. Texts are compared without regard to case unless the rule says `cased`.

import type { Comparison, Expression, Test, TimePart } from './expression.js';
import { type FieldName, isOptional, typeOf } from './fields.js';
import { isV4 } from './literals.js';
import { isPlain, type Pattern, plainText } from './text-pattern.js';

/** A text literal. Braces are written as bytes: elsewhere they begin a parameter. */
export const sqlText = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replace(/\{/g, '\\x7B').replace(/\}/g, '\\x7D')}'`;

export function expressionSql(expression: Expression): string {
  if ('test' in expression) return testSql(expression);
  if ('not' in expression) return `NOT (${expressionSql(expression.not)})`;
  if ('all' in expression) return joined(expression.all, ' AND ', '1');
  return joined(expression.any, ' OR ', '0');
}

const joined = (parts: readonly Expression[], word: string, none: string): string =>
  parts.length === 0 ? none : parts.map((part) => bracketed(part)).join(word);

const bracketed = (expression: Expression): string =>
  'test' in expression || 'not' in expression ? expressionSql(expression) : `(${expressionSql(expression)})`;

function testSql(test: Test): string {
  switch (test.test) {
    case 'text':
      return overValues(test.field, (value) => patternSql(value, test.pattern, test.cased));
    case 'regex':
      return overValues(test.field, (value) => `match(${value}, ${sqlText(`${flagsOf(test.flags)}${test.regex}`)})`);
    case 'network':
      return definite(test.field, networkSql(test.field, test.network));
    case 'number':
      return definite(test.field, `${test.field} ${SIGNS[test.is]} ${test.value}`);
    case 'part':
      return `${PARTS[test.part]}(${test.field}) ${SIGNS[test.is]} ${test.value}`;
    case 'absent':
      return absentSql(test.field);
    case 'same':
      return sameSql(test.field, test.as, test.cased);
  }
}

const SIGNS: Readonly<Record<Comparison, string>> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Of the UTC time. Weeks are those of ISO 8601. */
const PARTS: Readonly<Record<TimePart, string>> = {
  minute: 'toMinute',
  hour: 'toHour',
  day: 'toDayOfMonth',
  week: 'toISOWeek',
  month: 'toMonth',
  year: 'toYear',
};

/** A field that holds several values passes where one of them does. */
function overValues(field: FieldName, condition: (value: string) => string): string {
  if (typeOf(field) === 'texts') return `arrayExists(one -> ${condition('one')}, ${field})`;
  return definite(field, condition(typeOf(field) === 'number' ? `toString(${field})` : field));
}

const definite = (field: FieldName, condition: string): string =>
  isOptional(field) ? `ifNull(${condition}, 0)` : condition;

function patternSql(value: string, pattern: Pattern, cased: boolean): string {
  const folded = (sql: string): string => (cased ? sql : `lowerUTF8(${sql})`);
  if (isPlain(pattern)) return `${folded(value)} = ${folded(sqlText(plainText(pattern)))}`;
  const like = pattern
    .map((piece) => {
      if ('text' in piece) return piece.text.replace(/[\\%_]/g, '\\$&');
      return piece.wildcard === 'any' ? '%' : '_';
    })
    .join('');
  return `${folded(value)} LIKE ${folded(sqlText(like))}`;
}

/** RE2's dot matches line ends unless it is told otherwise; Sigma's does not. */
const flagsOf = (flags: string): string => `(?${flags.replace('s', '')}${flags.includes('s') ? 's' : '-s'})`;

/** What is no address of the network's family is in no network. */
function networkSql(field: FieldName, network: string): string {
  const [isAddress, other] = isV4(network) ? ['isIPv4String', '0.0.0.0'] : ['isIPv6String', '::'];
  return `${isAddress}(${field}) AND isIPAddressInRange(if(${isAddress}(assumeNotNull(${field})), assumeNotNull(${field}), '${other}'), '${network}')`;
}

function absentSql(field: FieldName): string {
  if (typeOf(field) === 'texts') return `empty(${field})`;
  if (isOptional(field)) return `isNull(${field})`;
  return typeOf(field) === 'text' ? `${field} = ''` : '0';
}

function sameSql(field: FieldName, as: FieldName, cased: boolean): string {
  const folded = (name: FieldName): string => (cased ? `toString(${name})` : `lowerUTF8(toString(${name}))`);
  return `ifNull(${folded(field)} = ${folded(as)}, 0)`;
}
