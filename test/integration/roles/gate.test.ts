// People reach nothing of the machine through the gate, and the gate reads statements as the engine does. What the engine itself lets through is tried
// too: the tests would fail without the gate.

import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Token, tokensOf } from '../../../services/platform/clickhouse/tokens.js';
import { ALLOWED_TABLE_FUNCTIONS, REFUSED_TABLE_FUNCTIONS } from '../../../services/platform/clickhouse/way-out.js';
import { ROLES } from '../../../services/platform/stack/engine.js';
import { FILTERED_TABLE, UNCHECKED_SETTINGS } from './attempts.js';
import { FILE_READS } from './file-reads.js';
import { askAs, openRoleWorld, type RoleWorld, SECRET } from './world.js';

/** Of the functions that `way-out.ts` was reviewed against. */
const REVIEWED = { count: 1825, sha256: 'c2cfc928f3621cd2b36b846bcc0aa5a2931b04cb86ef9a1af7169eb50a8bec0c' };
const SHOWN = /secret-customer|passwords/;

let world: RoleWorld;
let files: readonly string[];
beforeAll(async () => {
  world = await openRoleWorld();
  const exported = join(world.dataPath, 'export.ndjson');
  writeFileSync(exported, '{"customer_id":"secret-customer-1"}\n');
  files = [exported, join(world.dataPath, 'run', 'addresses.json')];
});
afterAll(() => world.close());

describe('through the gate', () => {
  test.each(FILE_READS.map((read) => [JSON.stringify(read('…')), read] as const))(
    'no role reads a file by: %s',
    async (_title, read) => {
      for (const path of files) {
        expect((await world.askEngine(...read(path))).text).toMatch(SHOWN);
        for (const role of ROLES) {
          const { status, text } = await world.ask(role, ...read(path));
          expect(`${role}: ${status} ${text}`).toMatch(new RegExp(`^${role}: [45]\\d\\d `));
          expect(text).not.toMatch(SHOWN);
        }
      }
    },
  );

  test('no role writes a file', async () => {
    const path = join(world.dataPath, 'written');
    const set = `SETTINGS output_format_schema = '${path}'`;
    for (const sql of [
      `SELECT 1 AS a FORMAT Protobuf ${set}`,
      `SELECT formatRow('Protobuf', a) FROM (SELECT 1 AS a) ${set}`,
      `SELECT * FROM (SELECT formatRow('Protobuf', a) FROM (SELECT 1 AS a) ${set})`,
    ])
      for (const role of ROLES) expect((await world.ask(role, sql)).status).toBeGreaterThanOrEqual(400);
    expect(existsSync(path)).toBe(false);
    await world.askEngine(`SELECT 1 AS a FORMAT Protobuf ${set}`);
    expect(existsSync(path)).toBe(true);
  });

  test('no role sets what the engine does not check; and where it is set, the definer of a view has none of it', async () => {
    expect((await world.askEngine(FILTERED_TABLE)).text).toMatch(SECRET);
    for (const sql of UNCHECKED_SETTINGS) {
      for (const role of ROLES) expect([sql, (await world.ask(role, sql)).status]).toEqual([sql, 403]);
      expect(`${sql}: ${(await world.askEngine(sql)).text}`).not.toMatch(SECRET);
    }
  });

  test('the passwords that roles have are not the engine’s', async () => {
    for (const role of ROLES) {
      const login = world.server.roles[role];
      expect((await askAs(login, 'SELECT 1')).status).toBe(200);
      const atEngine = await askAs({ ...login, url: world.server.settings.url }, 'SELECT 1');
      expect([atEngine.status, atEngine.text]).toEqual([403, expect.stringContaining('AUTHENTICATION_FAILED')]);
    }
  });
});

describe('the gate’s rule', () => {
  const PIECES = `file SETTINGS a _ 1 1e 1.e 2_ 0x 0x1p .1 . .. ( ) [ ] { } , ; : :: - -- --- + / // * /* */ # #! ## ' '' " "" \` \`\` \\ $ $$ $a$ @ @@ ? ^ ~ | || -> < > = ! % & x' b' E' ‘ ’ “ ” − é`;
  const piece = fc.constantFrom(
    ...PIECES.split(' '),
    ' ',
    '# ',
    '\n',
    '\r',
    '\t',
    '\f',
    '\v',
    '\u00a0',
    '\ufeff',
    '\u2028',
  );

  test('sees every name that the engine’s lexer sees', async () => {
    const statements = fc.sample(
      fc.array(piece, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
      20_000,
    );
    const readable = statements.filter((one) => [...tokensOf(one)].every(({ kind }) => kind !== 'unclear'));
    expect(readable.length).toBeGreaterThan(2_000);
    const rows = await world.writer.query<{ statement: string; tokens: readonly EngineToken[] }>(
      'SELECT statement, tokenizeQuery(statement) AS tokens FROM (SELECT arrayJoin({readable:Array(String)}) AS statement)',
      { readable },
    );
    expect(rows).toHaveLength(readable.length);
    for (const { statement, tokens } of rows) {
      const ours = [...tokensOf(statement)].map(written).filter((one) => one !== '');
      const theirs = beforeFault(tokens)
        .map((one) => writtenByEngine(statement, one))
        .filter((one) => one !== '');
      expect([statement, ours.slice(0, theirs.length)]).toEqual([statement, theirs]);
    }
  });

  test('knows every function and table function of the engine', async () => {
    const names = await world.writer.query<{ name: string }>(
      'SELECT DISTINCT name FROM system.functions ORDER BY name',
    );
    const sha256 = createHash('sha256')
      .update(names.map(({ name }) => name).join('\n'))
      .digest('hex');
    // Another engine: look at what is new (`system.functions` has `introduced_in`), add ways out to way-out.ts, then take these figures over.
    expect({ count: names.length, sha256 }).toEqual(REVIEWED);
    const tables = await world.writer.query<{ name: string }>(
      'SELECT DISTINCT lower(name) AS name FROM system.table_functions ORDER BY name',
    );
    expect(tables.map(({ name }) => name)).toEqual([...ALLOWED_TABLE_FUNCTIONS, ...REFUSED_TABLE_FUNCTIONS].sort());
  });
});

interface EngineToken {
  readonly begin: string;
  readonly end: string;
  readonly type: string;
}

function written(token: Token): string {
  if (token.kind === 'word') return token.text;
  return token.kind === 'name' || token.kind === 'text' ? token.kind : '';
}

function writtenByEngine(statement: string, { begin, end, type }: EngineToken): string {
  // A name that begins with a digit is no function's; here it is a number.
  if (type === 'BareWord')
    return Buffer.from(statement).subarray(Number(begin), Number(end)).toString().replace(/^\d.*/, '');
  if (type === 'HereDoc') return type;
  return type === 'QuotedIdentifier' ? 'name' : type === 'StringLiteral' ? 'text' : '';
}

/** The engine refuses a statement with a faulty token. */
function beforeFault(tokens: readonly EngineToken[]): readonly EngineToken[] {
  const fault = tokens.findIndex(({ type }) => type.startsWith('Error'));
  return fault === -1 ? tokens : tokens.slice(0, fault);
}
