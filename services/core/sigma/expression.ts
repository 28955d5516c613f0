// What a rule asks of one access, once names are resolved: tests of fields, joined by and, or and not. Plain data, so that it can be part
// of the configuration whose digest every judgement carries.

import type { FieldName } from './fields.js';
import type { Pattern } from './text-pattern.js';

export type Comparison = 'eq' | 'lt' | 'lte' | 'gt' | 'gte';
export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

export type Test =
  | { readonly test: 'text'; readonly field: FieldName; readonly pattern: Pattern; readonly cased: boolean }
  /** flags: some of i, m, s, or none */
  | { readonly test: 'regex'; readonly field: FieldName; readonly regex: string; readonly flags: string }
  | { readonly test: 'network'; readonly field: FieldName; readonly network: string }
  | { readonly test: 'number'; readonly field: FieldName; readonly is: Comparison; readonly value: number }
  | {
      readonly test: 'part';
      readonly field: FieldName;
      readonly part: TimePart;
      readonly is: Comparison;
      readonly value: number;
    }
  | { readonly test: 'absent'; readonly field: FieldName }
  | { readonly test: 'same'; readonly field: FieldName; readonly as: FieldName; readonly cased: boolean };

export type Expression =
  | Test
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression };

/** One expression needs no bracket of its own. */
export const allOf = (parts: readonly Expression[]): Expression =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { all: parts };
export const anyOf = (parts: readonly Expression[]): Expression =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { any: parts };
