// One line of a selection, `field|modifier|…: value or values`, as an expression. Values of a list are alternatives unless `all` says
// that each must hold. What a modifier cannot mean here is refused by its name.

import { allOf, anyOf, type Comparison, type Expression, type Test, TIME_PARTS, type TimePart } from './expression.js';
import { FIELDS, type FieldName, fieldOf, typeOf } from './fields.js';
import { checkNetwork, checkRegex } from './literals.js';
import { refuse } from './refusal.js';
import { parsePattern, widened } from './text-pattern.js';

type Shape = 'equal' | 'contains' | 'startswith' | 'endswith' | 're' | 'cidr' | 'exists' | 'fieldref';

interface Modifiers {
  readonly shape: Shape;
  readonly is: Comparison | null;
  readonly part: TimePart | null;
  readonly every: boolean;
  readonly not: boolean;
  readonly cased: boolean;
  /** of a regular expression */
  readonly flags: string;
}

const SHAPES: ReadonlySet<string> = new Set<Shape>([
  'contains',
  'startswith',
  'endswith',
  're',
  'cidr',
  'exists',
  'fieldref',
]);
const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['lt', 'lte', 'gt', 'gte']);
const PARTS: ReadonlySet<string> = new Set(TIME_PARTS);
const FLAGS: Readonly<Record<string, string>> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};

/** Known to Sigma, without a meaning for accesses. */
const REFUSED: Readonly<Record<string, string>> = {
  base64: 'no field of an access holds encoded text: give the value itself',
  base64offset: 'no field of an access holds encoded text: give the value itself',
  utf16: 'all fields are UTF-8: give the value itself',
  utf16le: 'all fields are UTF-8: give the value itself',
  utf16be: 'all fields are UTF-8: give the value itself',
  wide: 'all fields are UTF-8: give the value itself',
  windash: 'no field of an access holds a command line: give the values themselves',
  expand: 'placeholders have nothing here that expands them: write the values out',
};

/** @throws Refused */
export function fieldTest(key: string, value: unknown): Expression {
  const [name = '', ...words] = key.split('|');
  const field = fieldOf(name);
  const modifiers = parseModifiers(key, words);
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  if (values.length === 0) refuse(`${key} has an empty list`, 'give at least one value, or null for an absent field');
  if (modifiers.every && values.length < 2)
    refuse(`${key} has one value for the modifier all`, 'leave the modifier out, or give several values');
  const tests = values.map((one) => valueTest(key, field, modifiers, one));
  const joined = modifiers.every ? allOf(tests) : anyOf(tests);
  return modifiers.not ? { not: joined } : joined;
}

function parseModifiers(key: string, words: readonly string[]): Modifiers {
  let shape: Shape = 'equal';
  let is: Comparison | null = null;
  let part: TimePart | null = null;
  let flags = '';
  const said = new Set<string>();
  for (const word of words) {
    if (said.has(word)) refuse(`${key} says ${word} twice`, 'say it once');
    said.add(word);
    const flag = FLAGS[word];
    if (SHAPES.has(word)) {
      if (shape !== 'equal' || is !== null)
        refuse(`${key} combines ${word} with another comparison`, 'use one of them');
      shape = word as Shape;
    } else if (COMPARISONS.has(word)) {
      if (shape !== 'equal' || is !== null)
        refuse(`${key} combines ${word} with another comparison`, 'use one of them');
      is = word as Comparison;
    } else if (PARTS.has(word)) {
      if (part !== null || shape !== 'equal')
        refuse(`${key} combines ${word} with another comparison`, 'use one of them');
      part = word as TimePart;
    } else if (flag !== undefined) {
      if (shape !== 're') refuse(`${key} has the flag ${word} without re`, 'put re before it');
      flags += flag;
    } else if (word !== 'all' && word !== 'neq' && word !== 'cased') {
      refuse(`${key}: the modifier ${word} is not supported`, REFUSED[word] ?? 'see docs/rules.md for those that are');
    }
  }
  const cased = said.has('cased');
  if (cased && (is !== null || part !== null || shape === 're' || shape === 'cidr' || shape === 'exists'))
    refuse(`${key}: cased has no meaning there`, 'leave it out');
  return {
    shape,
    is,
    part,
    every: said.has('all'),
    not: said.has('neq'),
    cased,
    flags: [...new Set(flags)].sort().join(''),
  };
}

function valueTest(key: string, field: FieldName, modifiers: Modifiers, value: unknown): Expression {
  const { shape, is, part, cased, flags } = modifiers;
  if (part !== null) {
    if (typeOf(field) !== 'time') refuse(`${key}: ${part} needs a time`, 'occurred_at is the one field that has it');
    return { test: 'part', field, part, is: is ?? 'eq', value: numberOf(key, value) };
  }
  if (typeOf(field) === 'time')
    refuse(
      `${key}: a time cannot be compared as a whole`,
      `ask for a part of it: occurred_at|hour, or another of ${TIME_PARTS.join(', ')} (UTC)`,
    );
  if (is !== null) {
    if (typeOf(field) !== 'number') refuse(`${key}: ${is} needs a number`, `use it with ${numberFields()}`);
    return { test: 'number', field, is, value: numberOf(key, value) };
  }
  if (shape === 'exists') {
    if (typeof value !== 'boolean') refuse(`${key} needs true or false`, 'give one of them');
    const absent: Test = { test: 'absent', field };
    return value === true ? { not: absent } : absent;
  }
  if (value === null || value === undefined) {
    if (shape !== 'equal')
      refuse(`${key}: ${shape} has no value`, 'give a text, or leave the modifier out to ask for an absent field');
    return { test: 'absent', field };
  }
  return textTest(key, field, { shape, cased, flags }, value);
}

type TextShape = Pick<Modifiers, 'shape' | 'cased' | 'flags'>;

function textTest(key: string, field: FieldName, { shape, cased, flags }: TextShape, value: unknown): Expression {
  if (typeof value === 'object')
    refuse(`${key} has a value that is neither text nor number`, 'give a text, a number, null or a list of them');
  if (typeOf(field) === 'number' && shape === 'equal' && isNumber(value))
    return { test: 'number', field, is: 'eq', value: numberOf(key, value) };
  const text = String(value);
  switch (shape) {
    case 're':
      return { test: 'regex', field, regex: checkRegex(key, text), flags };
    case 'cidr':
      if (field !== 'source_ip') refuse(`${key}: cidr needs an address`, 'source_ip is the one field that has it');
      return { test: 'network', field, network: checkNetwork(key, text) };
    case 'fieldref':
      return sameAs(key, field, text, cased);
    case 'equal':
      return { test: 'text', field, pattern: parsePattern(text), cased };
    case 'contains':
    case 'startswith':
    case 'endswith':
      return { test: 'text', field, pattern: widened(parsePattern(text), shape), cased };
    default:
      return refuse(`${key}: ${shape} is not supported`, 'see docs/rules.md');
  }
}

function sameAs(key: string, field: FieldName, name: string, cased: boolean): Test {
  const as = fieldOf(name);
  for (const one of [field, as]) {
    if (typeOf(one) === 'texts' || typeOf(one) === 'time')
      refuse(`${key}: ${one} cannot be compared with another field`, 'use fields that hold one text or number');
  }
  return { test: 'same', field, as, cased };
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

function numberOf(key: string, value: unknown): number {
  const number = isNumber(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : refuse(`${key} needs a number`, 'give one, such as 5');
}

const numberFields = (): string =>
  (Object.keys(FIELDS) as FieldName[]).filter((field) => typeOf(field) === 'number').join(' or ');
