// A selection of a rule's detection section: a map asks for all its lines, a list of maps for any of them. Searches for words without a
// field are refused: an access has no free text.

import { allOf, anyOf, type Expression } from './expression.js';
import { fieldTest } from './field-test.js';
import { refuse } from './refusal.js';

/** @throws Refused */
export function selectionOf(name: string, value: unknown): Expression {
  if (Array.isArray(value)) {
    if (value.length === 0) refuse(`the selection ${name} is an empty list`, 'give it maps of fields and values');
    return anyOf(value.map((item: unknown) => mapOf(name, item)));
  }
  return mapOf(name, value);
}

function mapOf(name: string, value: unknown): Expression {
  if (typeof value !== 'object' || value === null)
    return refuse(
      `the selection ${name} searches words without a field`,
      'an access has no free text: name the field, such as action|contains',
    );
  if (Array.isArray(value)) return selectionOf(name, value);
  const lines = Object.entries(value as Record<string, unknown>);
  if (lines.length === 0) refuse(`the selection ${name} is empty`, 'give it fields and values');
  return allOf(
    lines.map(([key, one]) =>
      key === '' || key.startsWith('|')
        ? refuse(
            `the selection ${name} searches words without a field`,
            'an access has no free text: name the field, such as action|contains',
          )
        : fieldTest(key, one),
    ),
  );
}
