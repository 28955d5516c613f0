import fc from 'fast-check';
import { type Token, tokensOf } from '../../../services/platform/clickhouse/tokens.js';

const shown = (token: Token): string => {
  if (token.kind === 'word' || token.kind === 'sign') return token.text;
  if (token.kind === 'name') return `<${token.text}>`;
  return token.kind === 'unclear' ? `unclear: ${token.reason}` : token.kind;
};
const read = (statement: string): string[] => [...tokensOf(statement)].map(shown);

describe('the words of a statement', () => {
  test.each([
    ['SELECT a_1 FROM t', ['SELECT', 'a_1', 'FROM', 't']],
    ['f(x,[1])', ['f', '(', 'x', ',', '[', 'number', ']', ')']],
    ["'it''s' 'a\\'b' x", ['text', 'text', 'x']],
    ["'file'", ['text']],
    ['`file` "file"', ['<file>', '<file>']],
    ['`a``b` "a""b" `a"b`', ['<a`b>', '<a"b>', '<a"b>']],
    ['a -- file\nb', ['a', 'b']],
    ['a --file', ['a']],
    ['a # file\nb #! c', ['a', 'b']],
    ['a /* file */ b', ['a', 'b']],
    ['a /* /* */ file */ b', ['a', 'b']],
    ['fi/**/le', ['fi', 'le']],
    ["-- ' \nb", ['b']],
    ["'-- ' b", ['text', 'b']],
    ["'/*' b '*/'", ['text', 'b', 'text']],
    ['1 1.5 1e5 1e-5 1.5E+3 0x1F .5', [...Array<string>(6).fill('number'), '.', 'number']],
    ['t.1.2', ['t', '.', 'number']],
    ['{name:String}', ['{', 'name', ':', 'String', '}']],
    ['a\t\n\r\f\vb', ['a', 'b']],
    ['', []],
  ])('%j', (statement, expected) => {
    expect(read(statement)).toEqual(expected);
  });

  test.each([
    ['an escape in a quoted name', '`fi\\x6ce`'],
    ['an escape in a quoted name', '"fi\\le"'],
    ['a quote that does not end', "'file"],
    ['a quote that does not end', "'file\\'"],
    ['a quote that does not end', '`file'],
    ['a comment that does not end', '/* /* */ file'],
    ['the sign $ outside of quotes', '$$file$$'],
    ['the sign U+00A0 outside of quotes', 'file\u00a0('],
    ['the sign U+2018 outside of quotes', '‘ file ’'],
    ['the sign U+FEFF outside of quotes', '\ufefffile'],
    ['the sign U+0000 outside of quotes', '\0file'],
    ['the sign # outside of quotes', '#file'],
    ['the sign // outside of quotes', '// file'],
    ['the sign \\ outside of quotes', '\\file'],
    ['a word before a quote', "x'66' file"],
    // A number that ends in `e-` takes the first sign of what would be a comment.
    ['a number', "1e--' \nfile"],
    ['a number', "1.e--' \nfile"],
    ['a number', '1file'],
    ['a number', '1_000'],
    ['a number', '0x1.8p-'],
  ])('%s is unclear: %j', (reason, statement) => {
    expect(read(statement).at(-1)).toBe(`unclear: ${reason}`);
  });

  test('of quotes of many escapes are read in a time that grows with their length alone', () => {
    expect(read(`'${"\\'''".repeat(300_000)}' b`)).toEqual(['text', 'b']);
    expect(read(`${'/*'.repeat(300_000)}${'*/'.repeat(300_000)} b`)).toEqual(['b']);
  });

  test('no name in the open is missed, whatever text and comments stand around it', () => {
    const text = fc.string().map((inner) => `'${inner.replace(/[\\']/g, '\\$&')}'`);
    const doubled = fc.string().map((inner) => `'${inner.replace(/\\/g, '').replaceAll("'", "''")}'`);
    const comment = fc.string().map((inner) => `/*${inner.replace(/[/*]/g, '')}*/`);
    const line = fc.string().map((inner) => `--${inner.replaceAll('\n', '')}\n`);
    const around = fc.array(fc.oneof(text, doubled, comment, line, fc.constantFrom(' ', '\n', ',', '(')));
    const spelt = fc.constantFrom('file', '`file`', '"file"', '/**/file', 'file--\n');
    fc.assert(
      fc.property(around, spelt, around, (before, name, after) => {
        const tokens = [...tokensOf([...before, name, ...after].join(' '))];
        const found = tokens.filter((one) => (one.kind === 'word' || one.kind === 'name') && one.text === 'file');
        expect([found.length, tokens.some(({ kind }) => kind === 'unclear')]).toEqual([1, false]);
      }),
    );
  });

  test('no text is taken for a name', () => {
    fc.assert(
      fc.property(fc.string(), (inner) => {
        expect(read(`'${inner.replace(/[\\']/g, '\\$&')}'`)).toEqual(['text']);
      }),
    );
  });
});
