// The condition of a rule: names of selections joined by and, or, not and brackets, with `1 of`, `any of`, `all of`. Precedence is not,
// and, or. Names that begin with an underscore are left out of `them` and of patterns, as Sigma has it, unless the pattern begins so too.

import { allOf, anyOf, type Expression } from './expression.js';
import { refuse } from './refusal.js';

export type Selections = ReadonlyMap<string, Expression>;

/** @param condition one text, or a list of which any may hold; @throws Refused */
export function conditionOf(condition: unknown, selections: Selections): Expression {
  const texts = Array.isArray(condition) ? (condition as unknown[]) : [condition];
  if (texts.length === 0) refuse('the condition is an empty list', 'name the selections that shall hold');
  return anyOf(
    texts.map((text) =>
      typeof text === 'string'
        ? new Parser(tokensOf(text), selections).parse()
        : refuse(
            'the condition is missing or no text',
            'name the selections that shall hold, such as selection and not filter',
          ),
    ),
  );
}

function tokensOf(text: string): string[] {
  if (text.includes('|'))
    refuse(
      `the condition has a pipe: ${text}`,
      'aggregations in conditions left Sigma in version 2: write a correlation',
    );
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length === 0) refuse('the condition is empty', 'name the selections that shall hold');
  for (const token of tokens)
    if (!/^(?:[()]|[\w*-]+)$/.test(token))
      refuse(`the condition has ${token}`, 'use names, and, or, not, 1 of, all of and brackets');
  return tokens;
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly selections: Selections,
  ) {}

  parse(): Expression {
    const whole = this.or();
    const rest = this.tokens[this.at];
    return rest === undefined
      ? whole
      : refuse(`the condition goes on with ${rest}`, 'join its parts with and or or, and close brackets once');
  }

  private or(): Expression {
    const parts = [this.and()];
    while (this.take('or')) parts.push(this.and());
    return anyOf(parts);
  }

  private and(): Expression {
    const parts = [this.not()];
    while (this.take('and')) parts.push(this.not());
    return allOf(parts);
  }

  private not(): Expression {
    return this.take('not') ? { not: this.not() } : this.operand();
  }

  private operand(): Expression {
    const token = this.tokens[this.at++];
    if (token === undefined) return refuse('the condition ends too early', 'finish it with the name of a selection');
    if (token === '(') {
      const inner = this.or();
      if (!this.take(')')) refuse('the condition has an open bracket', 'close it');
      return inner;
    }
    if (this.take('of')) return this.several(token);
    return (
      this.selections.get(token) ??
      refuse(`the condition names ${token}, which the rule does not define`, 'define the selection, or mend the name')
    );
  }

  private several(quantifier: string): Expression {
    const pattern = this.tokens[this.at++];
    if (pattern === undefined || pattern === '(' || pattern === ')')
      return refuse(`the condition ends after ${quantifier} of`, 'say of what: them, or a pattern such as selection_*');
    const chosen = [...this.selections].filter(([name]) => isChosen(name, pattern)).map(([, expression]) => expression);
    if (chosen.length === 0) refuse(`no selection is named ${pattern}`, 'define one, or mend the pattern');
    const word = quantifier.toLowerCase();
    if (word === 'all') return allOf(chosen);
    if (word === '1' || word === 'any') return anyOf(chosen);
    return refuse(
      `${quantifier} of is not supported`,
      'Sigma has 1 of, any of and all of: write other numbers out with and and or',
    );
  }

  /** Operators are lower case in Sigma; upper case is understood. */
  private take(word: string): boolean {
    const token = this.tokens[this.at];
    if (token === undefined || (token !== word && token !== word.toUpperCase())) return false;
    this.at++;
    return true;
  }
}

function isChosen(name: string, pattern: string): boolean {
  if (pattern === 'them') return !name.startsWith('_');
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  const parts = pattern.split('*').map((part) => part.replace(/[-]/g, '\\-'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
