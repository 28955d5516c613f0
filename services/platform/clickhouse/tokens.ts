// The words of a ClickHouse statement, read as its lexer reads them: comments skipped, text passed over, quoted names decoded. Says `unclear` and
// stops where it is not certain to read the same (an escape in a quoted name, a dollar sign, an odd number, anything outside quotes that is not ASCII).
// Knows nothing of grammar or of what a word means.

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  /** In backquotes or double quotes, without them. */
  | { readonly kind: 'name'; readonly text: string }
  /** A string literal; what it holds is nobody's business. */
  | { readonly kind: 'text' | 'number' }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'unclear'; readonly reason: string };

const BLANK = /[ \t\n\r\f\v]+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
/** What is a number by any rules, with the character after it; the engine reads others by rules of its own (`1e--`, `1.e-`, `1_`). */
const NUMBER = /(?:0[xX][0-9a-fA-F]+(?!\.)|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_'"`]|\.[A-Za-z_])/y;
const SIGN = /[()[\]{},;:.+\-*/%=<>!|&?@^~]/;

/** Lazily, so that what follows the statement (the rows of an INSERT) need not be readable. `unclear` is the last token. */
export function* tokensOf(statement: string): Generator<Token, void> {
  const unclear = (reason: string): Token => ({ kind: 'unclear', reason });
  const end = statement.length;
  for (let at = 0; at < end; ) {
    const char = statement[at] as string;
    const pair = statement.slice(at, at + 2);
    const blank = matchLength(BLANK, statement, at);
    const word = matchLength(WORD, statement, at);
    const number = matchLength(NUMBER, statement, at);
    if (blank > 0) at += blank;
    else if (number > 0) {
      yield { kind: 'number' };
      at += number;
    } else if (word > 0) {
      if (statement[at + word] === "'") return yield unclear('a word before a quote');
      yield { kind: 'word', text: statement.slice(at, at + word) };
      at += word;
    } else if (pair === '--' || pair === '# ' || pair === '#!') {
      const line = statement.indexOf('\n', at);
      at = line === -1 ? end : line + 1;
    } else if (pair === '/*') {
      at = endOfComment(statement, at);
      if (at === -1) return yield unclear('a comment that does not end');
    } else if (char === "'" || char === '"' || char === '`') {
      const after = endOfQuoted(statement, at);
      if (after === -1) return yield unclear('a quote that does not end');
      if (char === "'") yield { kind: 'text' };
      else {
        const inner = statement.slice(at + 1, after - 1);
        if (inner.includes('\\')) return yield unclear('an escape in a quoted name');
        yield { kind: 'name', text: inner.replaceAll(char + char, char) };
      }
      at = after;
    } else if (pair === '//' || !SIGN.test(char)) {
      return yield unclear(
        /\d/.test(char) ? 'a number' : `the sign ${pair === '//' ? '//' : nameOf(char)} outside of quotes`,
      );
    } else {
      yield { kind: 'sign', text: char };
      at++;
    }
  }
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
}

/** Comments nest. */
function endOfComment(text: string, start: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  let depth = 0;
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  return -1;
}

/** Past the closing quote; a quote is kept by a backslash before it or by being doubled. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start] as string;
  const edges = quote === "'" ? /['\\]/g : quote === '"' ? /["\\]/g : /[`\\]/g;
  edges.lastIndex = start + 1;
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    if (edge[0] === '\\' || text[edge.index + 1] === quote) edges.lastIndex = edge.index + 2;
    else return edge.index + 1;
  }
  return -1;
}

function nameOf(char: string): string {
  return /[!-~]/.test(char) ? char : `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
