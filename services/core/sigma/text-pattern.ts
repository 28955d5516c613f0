// A Sigma string: plain text with the wildcards * (anything) and ? (one character). A backslash takes the meaning from a wildcard or
// from another backslash; before anything else it is itself.

export type Piece = { readonly text: string } | { readonly wildcard: 'any' | 'one' };
export type Pattern = readonly Piece[];

const ANY: Piece = { wildcard: 'any' };

export function parsePattern(value: string): Pattern {
  const pieces: Piece[] = [];
  let text = '';
  const push = (piece: Piece): void => {
    if (text !== '') pieces.push({ text });
    text = '';
    pieces.push(piece);
  };
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at);
    const next = value.charAt(at + 1);
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      at++;
    } else if (char === '*') push(ANY);
    else if (char === '?') push({ wildcard: 'one' });
    else text += char;
  }
  if (text !== '') pieces.push({ text });
  return pieces;
}

/** Anything before, after or around the pattern, unless it says so itself. */
export function widened(pattern: Pattern, where: 'contains' | 'startswith' | 'endswith'): Pattern {
  const isAny = (piece: Piece | undefined): boolean =>
    piece !== undefined && 'wildcard' in piece && piece.wildcard === 'any';
  const before = where !== 'startswith' && !isAny(pattern[0]) ? [ANY] : [];
  const after = where !== 'endswith' && !isAny(pattern.at(-1)) ? [ANY] : [];
  return [...before, ...pattern, ...after];
}

export const isPlain = (pattern: Pattern): boolean => pattern.every((piece) => 'text' in piece);

export const plainText = (pattern: Pattern): string =>
  pattern.map((piece) => ('text' in piece ? piece.text : piece.wildcard === 'any' ? '*' : '?')).join('');
