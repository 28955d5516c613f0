// A Sigma correlation: how many accesses, values or kinds of access fall into one span of time within one group. Says what is wanted;
// which spans there are, span-sql.ts says.

import { type About, aboutOf, type Document, isDocument, textsOf } from './document.js';
import { type FieldName, fieldOf, type GroupName, groupOf, typeOf } from './fields.js';
import { attempt, type OnRefused, refuse } from './refusal.js';

export const CORRELATIONS = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const;
export type CorrelationType = (typeof CORRELATIONS)[number];

/** Both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number | null;
  readonly not: number | null;
}

export interface Group {
  readonly name: string;
  /** the field in the accesses of each rule, in the order of the rules */
  readonly fields: readonly GroupName[];
}

export interface Correlation extends About {
  readonly type: CorrelationType;
  /** names or ids, as written */
  readonly rules: readonly string[];
  readonly groups: readonly Group[];
  readonly spanMs: number;
  readonly range: Range;
  /** what value_count counts */
  readonly value: FieldName | null;
  /** its rules are detections of their own as well */
  readonly generate: boolean;
}

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
const MAX_SPAN_MS = 30 * DAY_MS;

export function readCorrelation(document: Document, onRefused: OnRefused): Correlation | undefined {
  const about = attempt(onRefused, () => aboutOf(document));
  const section = document['correlation'];
  const plan = attempt(onRefused, () =>
    isDocument(section)
      ? planOf(section)
      : refuse('its correlation is no map', 'give it type, rules, group-by, timespan and condition'),
  );
  return about === undefined || plan === undefined ? undefined : { ...about, ...plan };
}

const KNOWN = new Set(['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']);

function planOf(section: Document): Omit<Correlation, keyof About> {
  for (const key of Object.keys(section))
    if (!KNOWN.has(key)) refuse(`the correlation has ${key}`, `Keyhole knows ${[...KNOWN].join(', ')}`);
  const type = typeOfCorrelation(section['type']);
  const rules = textsOf(section['rules']);
  if (rules.length === 0) refuse('the correlation names no rules', 'give their names or ids under rules');
  if (rules.length > 100) refuse('the correlation names more than 100 rules', 'split it');
  if (new Set(rules).size !== rules.length && type !== 'temporal_ordered')
    refuse('the correlation names a rule twice', 'name it once');
  const range = rangeOf(type, section['condition'], rules.length);
  const spanMs = spanOf(section['timespan']);
  checkSpan(range, spanMs);
  return {
    type,
    rules,
    groups: textsOf(section['group-by']).map((name) => groupNamed(name, rules, section['aliases'])),
    spanMs,
    range,
    value: valueField(type, section['condition']),
    generate: section['generate'] === true,
  };
}

function typeOfCorrelation(value: unknown): CorrelationType {
  const type = CORRELATIONS.find((one) => one === value);
  return (
    type ?? refuse(`the correlation type ${String(value)} is not supported`, `use one of ${CORRELATIONS.join(', ')}`)
  );
}

function spanOf(value: unknown): number {
  const match = /^(\d{1,6})([smhdw])$/.exec(String(value ?? ''));
  const span = match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
  if (span === 0)
    return refuse(`the timespan ${String(value)} cannot be read`, 'write a number and s, m, h, d or w, such as 90m');
  return span <= MAX_SPAN_MS ? span : refuse(`the timespan ${String(value)} is longer than 30 days`, 'use at most 30d');
}

/** A count that may also be too large is only known at the end of a span, so its spans lie on a grid. */
function checkSpan(range: Range, spanMs: number): void {
  if (isOpen(range)) return;
  const fits = spanMs < DAY_MS ? DAY_MS % spanMs === 0 : spanMs % DAY_MS === 0;
  if (!fits)
    refuse(
      'the condition has an upper bound and the timespan does not divide a day',
      'use such as 15m, 1h, 6h, 1d or 7d, or a condition with gt or gte alone',
    );
}

/** Whether more always satisfies it as well. */
export const isOpen = ({ max, not }: Range): boolean => max === null && not === null;

function groupNamed(name: string, rules: readonly string[], aliases: unknown): Group {
  const alias = isDocument(aliases) ? aliases[name] : undefined;
  if (alias === undefined) return { name, fields: rules.map(() => groupable(name)) };
  if (!isDocument(alias)) return refuse(`the alias ${name} is no map`, 'give it a field for each rule');
  for (const rule of Object.keys(alias))
    if (!rules.includes(rule))
      refuse(`the alias ${name} names the rule ${rule}, which the correlation does not`, 'use the names under rules');
  return {
    name,
    fields: rules.map((rule) => {
      const field = alias[rule];
      return typeof field === 'string'
        ? groupable(field)
        : refuse(`the alias ${name} has no field for ${rule}`, 'give it one for each rule');
    }),
  };
}

function groupable(name: string): GroupName {
  const group = groupOf(name);
  if (group !== 'cluster_id' && typeOf(group) === 'time')
    refuse(`group-by ${name} is a time`, 'the timespan says how long a group lasts');
  return group;
}

const OPERATORS = new Set(['gt', 'gte', 'lt', 'lte', 'eq', 'neq']);

function rangeOf(type: CorrelationType, condition: unknown, rules: number): Range {
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  if (condition === undefined || condition === null) {
    if (isTemporal) return { min: rules, max: null, not: null };
    return refuse('the correlation has no condition', 'give it one, such as condition: { gte: 5 }');
  }
  if (typeof condition === 'string')
    return refuse(
      'the condition is an expression of rules',
      'leave it out to ask for all of them, or give a count such as { gte: 2 }',
    );
  if (!isDocument(condition)) return refuse('the condition is no map', 'write it like { gte: 5 }');
  const { field: _field, ...operators } = condition;
  const range = combined(operators);
  if (!isTemporal) return range;
  const known = range.min >= 1 && range.min <= rules && isOpen(range);
  if (!known || (type === 'temporal_ordered' && range.min !== rules))
    refuse(
      'the condition of a temporal correlation counts its rules',
      type === 'temporal'
        ? 'use gte with at most their number, or leave it out'
        : 'leave it out: all must occur in order',
    );
  return range;
}

function combined(operators: Document): Range {
  let min = 1;
  let max: number | null = null;
  let not: number | null = null;
  const entries = Object.entries(operators);
  if (entries.length === 0) refuse('the condition has no count', 'give it one, such as { gte: 5 }');
  for (const [operator, value] of entries) {
    if (!OPERATORS.has(operator)) refuse(`the condition has ${operator}`, `use ${[...OPERATORS].join(', ')}`);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      return refuse(`the condition's ${operator} is no whole number`, 'give one, such as 5');
    const lowest = operator === 'gt' ? value + 1 : operator === 'gte' || operator === 'eq' ? value : 1;
    const highest = operator === 'lt' ? value - 1 : operator === 'lte' || operator === 'eq' ? value : null;
    min = Math.max(min, lowest);
    if (highest !== null) max = max === null ? highest : Math.min(max, highest);
    if (operator === 'neq') not = value;
  }
  if (max !== null && max < min)
    refuse('the condition can never hold', 'a group without any access has no row: ask for a count of at least one');
  return { min, max, not };
}

function valueField(type: CorrelationType, condition: unknown): FieldName | null {
  const field = isDocument(condition) ? condition['field'] : undefined;
  if (type !== 'value_count')
    return field === undefined
      ? null
      : refuse(`the condition of ${type} has a field`, 'only value_count counts the values of one');
  const names = textsOf(field);
  if (names.length !== 1)
    return refuse(
      'value_count needs one field in its condition',
      'name one; several cannot be told apart in one count',
    );
  return fieldOf(names[0] ?? '');
}
