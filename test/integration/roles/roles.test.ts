// Each role logs in and tries what it must not do. What a role may do is tried, too: a lock that opens for nobody proves nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_KINDS, type ReportKind } from '../../../services/core/reporting/report.js';
import { splitStatements } from '../../../services/platform/clickhouse/migration-files.js';
import { rolesScript } from '../../../services/platform/clickhouse/roles.js';
import { projectRoot } from '../../../services/platform/root.js';
import { databaseEnv, runCli } from '../support/stack.js';
import { DATABASE, openRoleWorld, type RoleWorld, SECRET } from './world.js';

const db = DATABASE;
const TABLES = [
  'access_events',
  'accesses',
  'support_cases',
  'latest_cases',
  'customer_complaints',
  'complaints',
  'canaries',
  'dead_letters',
  'pseudonym_key',
  'reveals',
  'dispositions',
  'watcher_queries',
  'citations',
  'content_conflicts',
  'customer_secrets',
  'customer_salts',
  'evidence_leaves',
  'findings',
];

/** What no role but the writer may do. */
const FORBIDDEN = [
  ...TABLES.map((table) => `SELECT * FROM ${db}.${table}`),
  ...TABLES.map((table) => `SELECT count() FROM ${db}.${table}`),
  `SELECT * FROM merge('${db}', '.*')`,
  `SELECT * FROM mergeTreeIndex('${db}', 'access_events')`,
  `SELECT * FROM remote('127.0.0.1', '${db}', 'access_events')`,
  `SELECT * FROM cluster('default', '${db}', 'access_events')`,
  "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
  "SELECT * FROM file('*.bin', 'LineAsString', 'a String')",
  "SELECT * FROM executable('cat', 'CSV', 'a String')",
  "INSERT INTO FUNCTION file('out.csv', 'CSV', 'a String') VALUES ('x')",
  `INSERT INTO ${db}.access_events (event_id) VALUES ('x')`,
  `INSERT INTO ${db}.reports_made (kind) VALUES ('x')`,
  `INSERT INTO ${db}.dispositions (anomaly_id) VALUES ('x')`,
  `INSERT INTO ${db}.pseudonym_key (key) VALUES ('x')`,
  `ALTER TABLE ${db}.reveals DELETE WHERE 1`,
  `ALTER TABLE ${db}.reveals UPDATE why = '' WHERE 1`,
  `DELETE FROM ${db}.reveals WHERE 1`,
  `TRUNCATE TABLE ${db}.reveals`,
  `DROP TABLE ${db}.reveals`,
  `DROP VIEW ${db}_analyst.accesses`,
  `CREATE VIEW ${db}_analyst.mine AS SELECT 1`,
  `CREATE OR REPLACE VIEW ${db}_analyst.accesses AS SELECT * FROM ${db}.accesses`,
  `CREATE DATABASE other`,
  `CREATE FUNCTION f AS x -> x`,
  'CREATE USER other',
  `GRANT SELECT ON ${db}.* TO keyhole_analyst`,
  'SYSTEM FLUSH LOGS',
  'SYSTEM SHUTDOWN',
  `SELECT * FROM system.query_log`,
  `SELECT query FROM system.processes`,
  `SELECT * FROM system.users`,
  `SELECT * FROM system.parts`,
  `SELECT * FROM system.errors`,
  `SELECT * FROM system.query_cache`,
  `SELECT * FROM information_schema.tables WHERE table_schema = '${db}' AND throwIf(table_name != '') = 0`,
  'SELECT 1 SETTINGS max_execution_time = 100000',
  'SELECT 1 SETTINGS max_memory_usage = 0',
  'SELECT 1 SETTINGS max_result_rows = 0',
  "SELECT 1 SETTINGS result_overflow_mode = 'break'",
  'SELECT 1 SETTINGS log_queries = 0',
  `SELECT 1 SETTINGS additional_table_filters = {'${db}.access_events': '1'}`,
  "SELECT 1 SETTINGS additional_result_filter = '1'",
  "SELECT 1 SETTINGS parallel_replicas_custom_key = 'cityHash64(customer_ids)'",
  `EXECUTE AS keyhole_admin SELECT * FROM ${db}.access_events`,
  'SET ROLE keyhole_writer',
  'KILL QUERY WHERE 1',
  `DESCRIBE TABLE ${db}.access_events`,
  `SHOW CREATE TABLE ${db}.access_events`,
  `SHOW INDEXES FROM ${db}.access_events`,
  `CHECK TABLE ${db}.access_events`,
  `BACKUP TABLE ${db}.access_events TO File('x')`,
  `CREATE TEMPORARY TABLE t AS SELECT * FROM ${db}.access_events`,
  `SELECT hasColumnInTable('${db}', 'access_events', 'customer_ids')`,
  'SELECT number FROM numbers(2000000)',
];

/** What would show an analyst a customer, were there a hole: all are answered or refused, none with an id. */
const NOSY = [
  `SELECT * FROM ${db}_analyst.accesses`,
  `SELECT * FROM ${db}_analyst.latest_cases`,
  `SELECT * FROM ${db}_analyst.complaints`,
  `SELECT * FROM ${db}_analyst.planted_customers`,
  `SELECT * FROM ${db}_analyst.dispositions`,
  `SELECT * FROM ${db}_analyst.undecoded`,
  `SELECT a.*, c.* FROM ${db}_analyst.accesses AS a INNER JOIN ${db}_analyst.complaints AS c ON has(a.customer_ids, c.customer_id)`,
  `SELECT a.customer_ids FROM ${db}_analyst.accesses AS a WHERE has(a.customer_ids, (SELECT any(customer_id) FROM ${db}_analyst.complaints))`,
  `SELECT toInt64(arrayJoin(customer_ids)) FROM ${db}_analyst.accesses`,
  `SELECT toDate(customer_ids[1]) FROM ${db}_analyst.accesses`,
  `SELECT throwIf(1, toString(customer_ids)) FROM ${db}_analyst.accesses`,
  `SELECT JSONExtractRaw(toJSONString(tuple(*)), 'k') FROM ${db}_analyst.accesses`,
  `SELECT * FROM ${db}_analyst.accesses WHERE match(customer_ids[1], '(')`,
  `SELECT key FROM ${db}_analyst.accesses`,
  `SELECT k.key FROM ${db}_analyst.accesses AS a`,
  `SELECT a.customer_ids, COLUMNS('.*') FROM ${db}_analyst.accesses AS a`,
  `SELECT * FROM ${db}_analyst.accesses FINAL`,
  `SELECT * FROM ${db}_analyst.accesses SAMPLE 0.5`,
  `SELECT _part, _table, * FROM ${db}_analyst.accesses`,
  `SELECT * FROM viewIfPermitted(SELECT customer_ids FROM ${db}.accesses ELSE null('customer_ids Array(String)'))`,
  `SELECT * FROM view(SELECT * FROM ${db}_analyst.accesses)`,
  `EXPLAIN actions = 1, header = 1 SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN PIPELINE SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN AST SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN SYNTAX SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN QUERY TREE run_passes = 1 SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN ESTIMATE SELECT * FROM ${db}_analyst.accesses`,
  `EXPLAIN indexes = 1 SELECT * FROM ${db}_analyst.accesses WHERE customer_ids[1] = 'secret-customer'`.replace(
    'secret-customer',
    'x',
  ),
  `SHOW CREATE TABLE ${db}_analyst.accesses`,
  `SELECT create_table_query, as_select FROM system.tables`,
  `SELECT * FROM system.columns`,
  `SELECT * FROM ${db}_analyst.accesses FORMAT Native`,
  `SELECT * FROM ${db}_analyst.accesses SETTINGS send_logs_level = 'trace'`,
  // A setting that filters tables reaches under the views: by it, an error quoted ids, and the key.
  `SELECT count() FROM ${db}_analyst.planted_customers SETTINGS additional_table_filters = {'${db}.canaries': 'toUInt8(customer_id) = 1'}`,
  `SELECT count() FROM ${db}_analyst.planted_customers SETTINGS additional_table_filters = {'${db}.planted_customers': 'toUInt8(customer_id) = 1'}`,
  `SELECT * FROM ${db}_analyst.planted_customers SETTINGS additional_result_filter = 'toUInt8(customer_id) = 1'`,
  `SELECT count() FROM ${db}_analyst.accesses SETTINGS additional_table_filters = {'${db}.pseudonym_key': 'toUInt8(key) = 1'}`,
  `SELECT * FROM ${db}_analyst.accesses WHERE throwIf(startsWith(customer_ids[1], 'secret'), 'an id')`,
  `SELECT * FROM ${db}_analyst.accesses WHERE customer_ids[1] ILIKE 'secret%'`,
  `SELECT HMAC('sha256', 'x', key) FROM ${db}_analyst.accesses`,
  `SELECT customer_ids, key FROM ${db}_analyst.accesses SETTINGS enable_analyzer = 0`,
  `SELECT * FROM ${db}_analyst.accesses SETTINGS extremes = 1 FORMAT JSON`,
  `SELECT * FROM ${db}_analyst.complaints SETTINGS final = 1`,
  `EXPLAIN PLAN actions = 1, json = 1, header = 1, indexes = 1, projections = 1 SELECT * FROM ${db}_analyst.planted_customers WHERE customer_id > 'p-5'`,
  `EXPLAIN PIPELINE graph = 1, header = 1, compact = 0 SELECT * FROM ${db}_analyst.accesses`,
  `SELECT * FROM ${db}_analyst.reports_recorded`,
  `SELECT * FROM ${db}_analyst.contested`,
  `SELECT * FROM ${db}_analyst.anomalies`,
];

/** Whether a condition on ids would be answered differently for an id that is there and one that is not. */
const GUESSES: readonly (readonly [what: string, ask: (id: string) => string])[] = [
  ['equality', (id) => `SELECT count() FROM ${db}_analyst.accesses WHERE has(customer_ids, '${id}')`],
  ['a complaint', (id) => `SELECT count() FROM ${db}_analyst.complaints WHERE customer_id = '${id}'`],
  [
    'order',
    (id) => `SELECT count() FROM ${db}_analyst.planted_customers WHERE customer_id BETWEEN '${id}' AND '${id}~'`,
  ],
  ['a likeness', (id) => `SELECT countIf(customer_ids[1] ILIKE '${id.slice(0, 6)}%') FROM ${db}_analyst.accesses`],
  ['a hash', (id) => `SELECT count() FROM ${db}_analyst.contested WHERE identity = sipHash64('${id}')`],
  [
    'a filter by setting',
    (id) =>
      `SELECT count() FROM ${db}_analyst.accesses SETTINGS additional_table_filters = {'${db}.access_events': 'has(customer_ids, \\'${id}\\')'}`,
  ],
];

describe('the roles', () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await openRoleWorld();
  });
  afterAll(() => world.close());

  test.each(FORBIDDEN)('neither analyst nor investigator nor auditor may: %s', async (sql) => {
    for (const role of ['analyst', 'investigator', 'auditor'] as const) {
      const { status, text } = await world.ask(role, sql);
      expect(`${role}: ${status} ${text}`).toMatch(new RegExp(`^${role}: [45]\\d\\d `));
      expect(text).not.toMatch(SECRET);
    }
  });

  test.each(NOSY)('an analyst learns no customer by: %s', async (sql) => {
    const { text } = await world.ask('analyst', sql);
    expect(text).not.toMatch(SECRET);
    const [row] = await world.writer.query<{ key: string }>('SELECT key FROM {db}.pseudonym_key');
    expect(row?.key).toMatch(/^.{40,}$/);
    expect(text).not.toContain(row?.key);
  });

  test.each(GUESSES)('an analyst’s guess at an id is neither confirmed nor refuted: by %s', async (_what, ask) => {
    const answer = async (id: string): Promise<string> => {
      const { status, text } = await world.ask('analyst', ask(id));
      return `${status} ${text.replaceAll(id, '')}`;
    };
    expect(await answer('secret-customer-2')).toBe(await answer('zzzzzz-customer-2'));
  });

  test('no table of the server’s own shows a role a customer, whatever the writer leaves in logs, errors and mutations', async () => {
    const id = 'secret-customer-1';
    const { writer } = world;
    await writer.query(
      `SELECT 1 FROM {db}.access_events WHERE has(customer_ids, '${id}') SETTINGS log_comment = '${id}'`,
    );
    await expect(writer.query(`SELECT toInt64('${id}')`)).rejects.toThrow();
    await writer.command(`ALTER TABLE {db}.customer_complaints UPDATE channel = 'mail' WHERE customer_id = '${id}'`);
    await writer.command('SYSTEM FLUSH LOGS');
    const tables = await writer.query<{ name: string; logs: number }>(
      `SELECT name, name LIKE '%log' AS logs FROM system.tables WHERE database = 'system'`,
    );
    expect(tables.length).toBeGreaterThan(100);
    for (const { name } of tables)
      for (const role of ['analyst', 'auditor', 'investigator'] as const) {
        const { text } = await world.ask(role, `SELECT * FROM system.\`${name}\` LIMIT 1000`);
        expect(`${role} ${name}: ${text.match(SECRET)?.[0] ?? ''}`).toBe(`${role} ${name}: `);
      }
  });

  test('an analyst reads pseudonyms, the same everywhere, so that joins work', async () => {
    const { status, text } = await world.ask(
      'analyst',
      `SELECT count() FROM ${db}_analyst.accesses AS a INNER JOIN ${db}_analyst.complaints AS c ON a.customer_ids[1] = c.customer_id`,
    );
    expect([status, text.trim()]).toEqual([200, '2']);
    const shown = await world.ask('analyst', `SELECT DISTINCT arrayJoin(customer_ids) FROM ${db}_analyst.accesses`);
    expect(
      shown.text
        .trim()
        .split('\n')
        .every((one) => /^p-[0-9a-f]{24}$/.test(one)),
    ).toBe(true);
    expect(shown.text.trim().split('\n')).toHaveLength(25);
  });

  test('the command line works for an analyst, with pseudonyms', async () => {
    const env = databaseEnv(world.server.roles.analyst);
    const read = await runCli(['who-read', '--actor', 'e-fr', '--format', 'ndjson'], env);
    expect(read.stderr).toBe('');
    expect(read.stdout.trim().split('\n')).toHaveLength(20);
    expect(read.stdout).toMatch(/p-[0-9a-f]{24}/);
    for (const said of [read.stdout, read.stderr]) expect(said).not.toMatch(SECRET);
  });

  test('an analyst makes every report, with pseudonyms, and it is on record under the analyst’s name', async () => {
    const env = databaseEnv(world.server.roles.analyst);
    const about: Partial<Record<ReportKind, readonly string[]>> = {
      incident: ['--actor', 'e-fr'],
      'affected-customers': ['--actor', 'e-fr'],
      'breach-notification': ['--actor', 'e-fr'],
      'seller-action': ['--seller', 's-1'],
    };
    for (const kind of REPORT_KINDS) {
      const made = await runCli(
        ['report', kind, '--format', 'json', '--by', 'somebody-else', ...(about[kind] ?? [])],
        env,
      );
      expect([kind, made.code, made.stderr]).toEqual([kind, 0, expect.stringContaining('data digest')]);
      for (const said of [made.stdout, made.stderr]) expect(said).not.toMatch(SECRET);
    }
    const rows = await world.writer.query<{ made_by: string }>('SELECT kind, made_by FROM {db}.reports_made');
    expect(rows.map(({ made_by }) => made_by)).toEqual(REPORT_KINDS.map(() => 'keyhole_analyst'));
    expect((await world.ask('analyst', `SELECT * FROM ${db}_analyst.reports_made`)).text).toBe('');
  });

  test('an analyst cannot record a report under another name', async () => {
    const forged = `INSERT INTO ${db}_analyst.reports_made (kind, logged_in) SETTINGS insert_allow_materialized_columns = 1 VALUES ('forged', 'somebody-else')`;
    expect((await world.ask('analyst', forged)).status).toBeGreaterThanOrEqual(400);
    expect(await world.writer.query(`SELECT made_by FROM {db}.reports_made WHERE kind = 'forged'`)).toEqual([]);
  });

  test('an investigator sees who is behind a pseudonym once the reveal is recorded, with a case, and nobody else does', async () => {
    const pseudonym = (await world.ask('investigator', `SELECT customer_id FROM ${db}_analyst.complaints`)).text.trim();
    const revealed = `SELECT customer_id FROM ${db}_investigator.revealed`;
    expect((await world.ask('investigator', revealed)).text).toBe('');
    const insert = (columns: string, values: string): string =>
      `INSERT INTO ${db}.reveals (${columns}) VALUES (${values})`;
    for (const refused of [
      insert('case_id, pseudonym', `'', '${pseudonym}'`),
      insert('pseudonym', `'${pseudonym}'`),
      insert('case_id, pseudonym, by', `'case-1', '${pseudonym}', 'somebody-else'`),
      insert('case_id, pseudonym, at', `'case-1', '${pseudonym}', '2020-01-01 00:00:00'`),
      insert('case_id, pseudonym', `'case-1', 'p-short'`),
    ])
      expect((await world.ask('investigator', refused)).status).toBeGreaterThanOrEqual(400);
    await world.ask('investigator', insert('case_id, pseudonym', `'no-such-case', '${pseudonym}'`));
    expect((await world.ask('investigator', revealed)).text).toBe('');
    expect(
      (await world.ask('investigator', insert('case_id, pseudonym, why', `'case-1', '${pseudonym}', 'complained'`)))
        .status,
    ).toBe(200);
    expect((await world.ask('investigator', revealed)).text.trim()).toBe('secret-customer-1');
    for (const role of ['analyst', 'auditor'] as const)
      expect((await world.ask(role, revealed)).status).toBeGreaterThanOrEqual(400);
    const rows = await world.writer.query('SELECT by, case_id, why FROM {db}.reveals ORDER BY at');
    expect(rows).toEqual([
      { by: 'keyhole_investigator', case_id: 'no-such-case', why: '' },
      { by: 'keyhole_investigator', case_id: 'case-1', why: 'complained' },
    ]);
  });

  test('an auditor sees what investigators did, and nothing of customers', async () => {
    const tables = [
      'investigator_activity',
      'reveals',
      'dispositions',
      'exceptions',
      'restriction_grants',
      'alert_attempts',
      'reports_made',
      'legal_holds',
      'evidence_digests',
    ];
    for (const table of tables) {
      const { status, text } = await world.ask('auditor', `SELECT * FROM ${db}_auditor.${table}`);
      expect([table, status]).toEqual([table, 200]);
      expect(text).not.toMatch(SECRET);
      expect(text).not.toMatch(/p-[0-9a-f]{24}/);
    }
    for (const table of ['accesses', 'complaints', 'latest_cases', 'anomalies'])
      expect((await world.ask('auditor', `SELECT * FROM ${db}_analyst.${table}`)).status).toBeGreaterThanOrEqual(400);
  });

  test.each([
    'CREATE USER other',
    "SELECT * FROM file('*.bin', 'LineAsString', 'a String')",
    'SELECT * FROM system.users',
    'SYSTEM SHUTDOWN',
    `GRANT SELECT ON ${db}.* TO keyhole_auditor`,
    'DROP DATABASE system',
  ])('the writer may not: %s', async (sql) => {
    expect((await world.ask('writer', sql)).status).toBeGreaterThanOrEqual(400);
  });

  test('the writer reads and writes', async () => {
    expect((await world.ask('writer', `SELECT count() FROM ${db}.access_events`)).text.trim()).toBe('40');
    expect((await world.ask('writer', `INSERT INTO ${db}.exceptions (exception_id) VALUES ('x')`)).status).toBe(200);
  });

  test('a role’s password is not another’s', async () => {
    const { url } = world.server.roles.analyst;
    const answer = await fetch(url, {
      method: 'POST',
      body: 'SELECT 1',
      headers: { 'X-ClickHouse-User': 'keyhole_investigator', 'X-ClickHouse-Key': world.server.roles.analyst.password },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  test('the SQL for production grants each role what the local server’s user of its name was given, and binds it as tightly', () => {
    const users = readFileSync(join(projectRoot, 'deploy/local/clickhouse/users.xml'), 'utf8').replaceAll(
      '{{database}}',
      db,
    );
    const statements = splitStatements(rolesScript(db));
    for (const role of ['keyhole_writer', 'keyhole_analyst', 'keyhole_investigator', 'keyhole_auditor']) {
      const user = users.split(`<${role}>`)[1]?.split(`</${role}>`)[0] ?? '';
      const local = [...user.matchAll(/<query>(.*?)<\/query>/g)].map(([, grant]) => grant);
      const granted = statements.flatMap((one) =>
        one.endsWith(` TO ${role}`) ? [one.slice(0, -` TO ${role}`.length)] : [],
      );
      expect([role, granted]).toEqual([role, local]);
      if (role === 'keyhole_writer') continue;
      const profile = statements.find((one) => one.startsWith(`CREATE ROLE IF NOT EXISTS ${role} `)) ?? '';
      expect(profile).toContain(`'keyhole_${/<profile>(\w+)<\/profile>/.exec(user)?.[1]}'`);
    }
    const bounds = users.split('<constraints>')[1]?.split('</constraints>')[0] ?? '';
    const bounded = [...bounds.matchAll(/<(max_\w+)><min>1<\/min><max>/g)].map(([, name]) => name);
    const constant = [...bounds.matchAll(/<(\w+)><readonly\/>/g)].map(([, name]) => name);
    const script = statements.find((one) => one.includes('PROFILE IF NOT EXISTS keyhole_bounded')) ?? '';
    expect([...script.matchAll(/(\w+) = \d+ MIN 1 MAX/g)].map(([, name]) => name)).toEqual(bounded);
    expect([...script.matchAll(/(\w+) = \S+ CONST/g)].map(([, name]) => name)).toEqual(constant);
    expect(bounded.length + constant.length).toBeGreaterThan(8);
  });

  test('the SQL for production is SQL', async () => {
    for (const statement of splitStatements(rolesScript(db))) {
      const [row] = await world.writer.query<{ text: string | null }>(
        'SELECT formatQueryOrNull({statement:String}) AS text',
        { statement },
      );
      expect(`${statement} → ${row?.text === null ? 'no SQL' : 'SQL'}`).toBe(`${statement} → SQL`);
    }
  });
});

describe('a row policy', () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await openRoleWorld(['FR']);
  });
  afterAll(() => world.close());

  test('keeps an analyst to their marketplaces', async () => {
    expect((await world.ask('analyst', `SELECT DISTINCT marketplace FROM ${db}_analyst.accesses`)).text.trim()).toBe(
      'FR',
    );
    expect((await world.ask('analyst', `SELECT count() FROM ${db}_analyst.accesses`)).text.trim()).toBe('20');
    expect(
      (await world.ask('analyst', `SELECT count() FROM ${db}_analyst.accesses WHERE actor_id = 'e-us'`)).text.trim(),
    ).toBe('0');
    expect((await world.ask('analyst', `SELECT employee_id FROM ${db}_analyst.staff`)).text.trim()).toBe('e-fr');
    expect((await world.ask('investigator', `SELECT count() FROM ${db}_analyst.accesses`)).text.trim()).toBe('40');
  });
});
