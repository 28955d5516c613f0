// Each role logs in and tries what it must not do. What a role may do is tried, too: a lock that opens for nobody proves nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_KINDS, type ReportKind } from '../../../services/core/reporting/report.js';
import { collectQueries, watcherAccesses } from '../../../services/pipeline/watchers.js';
import { connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { splitStatements } from '../../../services/platform/clickhouse/migration-files.js';
import { applyRoles, rolesScript } from '../../../services/platform/clickhouse/roles.js';
import { projectRoot } from '../../../services/platform/root.js';
import { databaseEnv, runCli } from '../support/stack.js';
import { FORBIDDEN, GUESSES, NOSY, UNREVEALED } from './attempts.js';
import { askAs, DATABASE, openRoleWorld, PEOPLE, type RoleWorld, SECRET } from './world.js';

const db = DATABASE;

describe('the roles', () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await openRoleWorld();
  });
  afterAll(() => world.close());

  test.each(FORBIDDEN)('neither analyst nor investigator nor auditor may: %s', async (sql) => {
    for (const role of PEOPLE) {
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
      for (const role of PEOPLE) {
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

  test('an analyst is answered by the commands that docs/roles.md names, and by no other', async () => {
    const env = databaseEnv(world.server.roles.analyst);
    const codeOf = async (args: readonly string[]): Promise<number | null> => (await runCli(args, env)).code;
    const works = [
      ['who-read', '--seller', 's-1'],
      ['anomalies'],
      ['sql', 'SELECT 1'],
      ['exceptions', 'list'],
      ['detections', 'list'],
    ];
    for (const args of works) expect([args, await codeOf(args)]).toEqual([args, 0]);
    const refused = [['trace-leak'], ['verify'], ['hold', 'list']];
    for (const args of refused) expect([args, await codeOf(args)]).not.toEqual([args, 0]);
  });

  test('the command line works for an auditor', async () => {
    const asked = ['sql', 'SELECT count() AS n FROM reveals FORMAT JSONEachRow'];
    const { code, stdout, stderr } = await runCli(asked, databaseEnv(world.server.roles.auditor));
    expect([code, stdout.trim(), stderr]).toEqual([0, '{"n":"0"}', '']);
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

  test.each(UNREVEALED)('an investigator learns no more than what was revealed by: %s', async (sql) => {
    const { text } = await world.ask('investigator', sql);
    expect([sql, text.match(/secret-customer-(?!1\b)\d+|throwIf/g)]).toEqual([sql, null]);
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

  test('a question under an id that was used before is on record too, and nothing that a client calls it', async () => {
    const query_id = 'ticket-of-secret-customer-1';
    const ask = (n: number): string => `SELECT count() + ${n} FROM ${db}_analyst.accesses`;
    for (const n of [1, 2]) expect((await world.ask('analyst', ask(n), { query_id })).status).toBe(200);
    // Without a gate before it, as a server of its own is.
    const reader = { ...world.server.readerSettings, url: world.server.settings.url };
    for (const n of [3, 4]) {
      const { status } = await askAs(reader, `SELECT count() + ${n} FROM ${db}.accesses`, { query_id });
      expect(status).toBe(200);
      await collectQueries(world.writer);
    }
    const rows = await world.writer.query<{ actor_id: string; query_id: string }>(
      `SELECT actor_id, query_id FROM {db}.watcher_queries WHERE question LIKE 'SELECT count() + ? FROM %.accesses' ORDER BY actor_id, query_id`,
    );
    expect(rows.map(({ actor_id }) => actor_id)).toEqual([
      'keyhole_analyst',
      'keyhole_analyst',
      'keyhole_reader',
      'keyhole_reader',
    ]);
    for (const row of rows) expect(row.query_id).toMatch(/^[0-9a-f]{32}$/);
    expect(rows[0]?.query_id).not.toBe(rows[1]?.query_id);
    // Somebody else may choose the same id, too.
    await world.writer.command(
      `INSERT INTO {db}.watcher_queries SELECT * REPLACE ('keyhole_other' AS actor_id) FROM (SELECT * FROM {db}.watcher_queries WHERE actor_id = 'keyhole_reader')`,
    );
    const accesses = await watcherAccesses(world.writer);
    const ids = accesses.map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(accesses.filter(({ actor_id }) => actor_id === 'keyhole_reader')).toHaveLength(2);
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
      const profile = statements.find((one) => one.startsWith(`CREATE ROLE IF NOT EXISTS ${role} `)) ?? '';
      expect(profile).toContain(`'keyhole_${/<profile>(\w+)<\/profile>/.exec(user)?.[1]}'`);
    }
    let held = 0;
    for (const profile of ['bounded', 'writing']) {
      const bounds = users.split(`<${profile}>`)[1]?.split('</constraints>')[0] ?? '';
      const bounded = [...bounds.matchAll(/<(max_\w+)><min>1<\/min><max>/g)].map(([, name]) => name);
      const constant = [...bounds.matchAll(/<(\w+)><readonly\/>/g)].map(([, name]) => name);
      const script = statements.find((one) => one.includes(`PROFILE IF NOT EXISTS keyhole_${profile} `)) ?? '';
      expect([...script.matchAll(/(\w+) = \d+ MIN 1 MAX/g)].map(([, name]) => name)).toEqual(bounded);
      expect([...script.matchAll(/(\w+) = \S+ CONST/g)].map(([, name]) => name)).toEqual(constant);
      held += bounded.length + constant.length;
    }
    expect(held).toBeGreaterThan(20);
  });

  test('views are not made by an account to which the writer’s bounds do not apply', async () => {
    const admin = connectClickHouse(world.server.adminSettings);
    try {
      await expect(applyRoles(admin)).rejects.toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('give the account the role keyhole_writer'),
      });
    } finally {
      await admin.close();
    }
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
