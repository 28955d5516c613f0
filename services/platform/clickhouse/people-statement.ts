// Whether a person's statement may go on to the local server, whose engine forbids less than a server of its own would. Refuses functions that lead out of
// the database, settings where the engine does not check them, and whatever it cannot read with certainty. Rights are the engine's business.

import { type Token, tokensOf } from './tokens.js';
import { REFUSED_FUNCTIONS, REFUSED_TABLE_FUNCTIONS } from './way-out.js';

/** An INSERT up to the format of its rows, which are data from there on: no expression in them is run. */
const ROWS_FOLLOW = /^insert into (?:table )?[\w"]+(?: \. [\w"]+)?(?: \( [\w"]+(?: , [\w"]+)* \))? format$/;
const ROW_FORMATS = new Set(['JSONEachRow', 'JSONCompactEachRow']);
const MAX_INSERT_HEAD = 500;
/**
 * Words that begin another SELECT, and a value that is none. The engine holds only the settings of the last SELECT against bounds, only where it stands
 * in no parentheses, and never `DEFAULT`, which lifts a bound.
 */
const NOT_AFTER_SETTINGS = new Set([
  'select',
  'from',
  'with',
  'union',
  'intersect',
  'except',
  'explain',
  'settings',
  'default',
]);

/** Why the statement is refused, with the remedy; null if it may go on. Nothing of the statement but refused names is repeated. */
export function refusalOf(statement: string): string | null {
  const head: string[] = [];
  let depth = 0;
  let settings = false;
  let values = false;
  let reads = false;
  let before: Token | undefined;
  for (const token of tokensOf(statement)) {
    if (token.kind === 'unclear')
      return `${token.reason} cannot be read with certainty here; write it otherwise, text in single quotes`;
    if (token.kind === 'sign') {
      if ('([{'.includes(token.text)) depth++;
      if (')]}'.includes(token.text)) depth--;
      const called = token.text === '(' ? nameIn(before) : null;
      if (called === 'values') values = true;
      else if (called !== null && REFUSED_TABLE_FUNCTIONS.has(called)) return functionRefused(called);
    }
    const name = nameIn(token);
    if (name !== null && REFUSED_FUNCTIONS.has(name)) return functionRefused(name);
    if (token.kind === 'word' && name !== null) {
      if (name === 'identifier' && before?.kind === 'sign' && before.text === ':')
        return 'parameters of type Identifier are refused here; write the name into the statement';
      if (settings && NOT_AFTER_SETTINGS.has(name)) return SETTINGS_REFUSED;
      if (name === 'settings') {
        if (depth !== 0) return SETTINGS_REFUSED;
        settings = true;
      }
      reads ||= name === 'select' || name === 'from';
      if (ROW_FORMATS.has(token.text) && ROWS_FOLLOW.test(head.join(' '))) return null;
    }
    if (head.length < MAX_INSERT_HEAD) head.push(token.kind === 'word' ? (name ?? '') : signOf(token));
    before = token;
  }
  return values && reads ? functionRefused('values') : null;
}

const SETTINGS_REFUSED =
  'SETTINGS may stand once, at the end of the whole statement, in no parentheses, and not as DEFAULT: nothing else is held against your bounds';

function functionRefused(name: string): string {
  return `the name ${name} is refused on the local server, where that function would reach files or run text; use tables, and functions of values`;
}

function nameIn(token: Token | undefined): string | null {
  return token?.kind === 'word' || token?.kind === 'name' ? token.text.toLowerCase() : null;
}

function signOf(token: Token): string {
  return token.kind === 'sign' ? token.text : token.kind === 'name' ? '"' : "'";
}
