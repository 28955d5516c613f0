import fc from 'fast-check';
import { refusalOf } from '../../../services/platform/clickhouse/people-statement.js';
import { REFUSED_FUNCTIONS } from '../../../services/platform/clickhouse/way-out.js';

const COLUMNS = 'INSERT INTO a.reports_made (kind, subject) FORMAT JSONCompactEachRow';

describe('what people may ask of the local server', () => {
  test.each([
    'SELECT * FROM accesses',
    "SELECT 'file', profile, my_file, file1 FROM files",
    "SELECT * FROM accesses WHERE tool = 'file(''/etc/passwd'')' -- file('x')",
    'SELECT count() FROM numbers(3) FORMAT JSON SETTINGS max_threads = 1',
    'SELECT 1 SETTINGS max_threads = 1 FORMAT JSON',
    "INSERT INTO a.reveals (case_id, pseudonym) VALUES ('case-1', 'p-1'), (concat('a', 'b'), NULL)",
    'INSERT INTO a.reveals (case_id) SELECT case_id FROM cases',
    `${COLUMNS}\n["it's \\"file\\"", "$ 1.e \u2018"]`,
    'INSERT INTO TABLE `a`.`b` FORMAT JSONEachRow {"x": "\'"}',
    'SELECT * FROM view(SELECT 1)',
    'EXPLAIN PLAN actions = 1 SELECT if(a IS NULL, 1, 2), {p:String}, {q: Array(String)} FROM t',
    "SELECT arrayMap(x -> x + 1, [1]), COLUMNS('a') APPLY(toString), t.1.2 FROM t",
    'WITH x AS (SELECT 1) SELECT * FROM x UNION ALL SELECT 2 SETTINGS max_threads = 1',
    '',
  ])('passes: %s', (statement) => {
    expect(refusalOf(statement)).toBeNull();
  });

  test.each([
    "SELECT file('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT FiLe('/etc/passwd')",
    "SELECT file /* ' */ ('/etc/passwd')",
    "SELECT file--'\n('/etc/passwd')",
    "SELECT arrayMap(file, ['/etc/passwd'])",
    'SELECT * APPLY file FROM t',
    "SELECT COLUMNS('x') APPLY(file) FROM t",
    "SELECT '\\'', file('/etc/passwd'), '\\''",
    "SELECT '''', file('/etc/passwd'), ''''",
    'WITH file AS f SELECT f(x)',
    "INSERT INTO a.reveals (case_id) VALUES (file('/etc/passwd'))",
    "INSERT INTO a.reveals (case_id) SELECT file('/etc/passwd') FORMAT JSONEachRow",
    "INSERT INTO FUNCTION file('x') FORMAT JSONEachRow",
    "INSERT INTO a.reveals (case_id) FORMAT Values (file('/etc/passwd'))",
    "SELECT formatRow('Template', 1)",
    "SELECT * FROM file('x')",
  ])('refuses by name: %s', (statement) => {
    expect(refusalOf(statement)).toMatch(/^the name (file|formatrow) is refused on the local server/);
  });

  test.each([
    "SELECT x FROM values('a String, x String ALIAS file(a)', '/etc/passwd')",
    "SELECT x FROM VALUES ('x String ALIAS file(a)', '/etc/passwd')",
    "SELECT x FROM `values` ('x String', '')",
    "INSERT INTO a.b SELECT x FROM values('x String ALIAS file(a)', '')",
    "INSERT INTO a.b VALUES ((SELECT x FROM values('x String ALIAS file(a)', '')))",
    "SELECT x FROM generateRandom('x String ALIAS file(a)')",
    "SELECT x FROM null('x String ALIAS file(a)')",
    "INSERT INTO a.b SELECT x FROM input('x String DEFAULT file(a)') FORMAT JSONEachRow {}",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM format(CSV, 'x')",
    "SELECT * FROM url('http://127.0.0.1')",
    "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1', 'x')",
  ])('refuses a table function that runs text or reaches out: %s', (statement) => {
    expect(refusalOf(statement)).toMatch(/^the name \w+ is refused on the local server/);
  });

  test.each([
    'SELECT * FROM (SELECT 1 SETTINGS max_result_rows = 0)',
    'SELECT 1 SETTINGS max_result_rows = 0 UNION ALL SELECT 1',
    'SELECT 1 SETTINGS max_result_rows = 0 UNION ALL SELECT 1 SETTINGS max_threads = 1',
    'SELECT 1 SETTINGS max_result_rows = 0 INTERSECT (SELECT 1)',
    'SELECT 1 settings max_result_rows = 0 EXCEPT SELECT 1',
    'WITH a AS (SELECT 1 SETTINGS max_result_rows = 0) SELECT * FROM a',
    'SELECT 1 SETTINGS a = 1 SETTINGS b = 2',
    'INSERT INTO a.b SETTINGS a = 1 SELECT 1',
    'SELECT [1 SETTINGS a = 1',
    'SELECT 1 SETTINGS max_result_rows = DEFAULT',
  ])('refuses settings that the server does not check: %s', (statement) => {
    expect(refusalOf(statement)).toMatch(/^SETTINGS may stand once/);
  });

  test.each(['SELECT arrayMap({f:Identifier}, x)', 'SELECT {f : /* */ IDENTIFIER}'])(
    'refuses names that come as parameters: %s',
    (statement) => {
      expect(refusalOf(statement)).toMatch(/^parameters of type Identifier/);
    },
  );

  test.each(['SELECT $$file$$', 'SELECT `fi\\x6ce`(1)', "SELECT '", '/* /* */', `${COLUMNS}X $`])(
    'refuses what it cannot read: %s',
    (statement) => {
      expect(refusalOf(statement)).toMatch(/cannot be read with certainty here/);
    },
  );

  test('the rows of an INSERT are not read, and nothing before them is passed over', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...REFUSED_FUNCTIONS), (rows, name) => {
        expect(refusalOf(`${COLUMNS} ${rows}`)).toBeNull();
        expect(refusalOf(COLUMNS.replace('kind', name))).toContain(name);
        expect(refusalOf(`SELECT 1 ${COLUMNS.slice(COLUMNS.indexOf('FORMAT'))} ${name}`)).toContain(name);
      }),
    );
  });

  test('a refusal repeats nothing of the statement but the refused name', () => {
    const secret = 'p-0123456789';
    for (const asked of [`SELECT file('${secret}')`, `SELECT '${secret}`, `SELECT (1 SETTINGS a = '${secret}')`])
      expect(refusalOf(asked)).not.toContain(secret);
  });
});
