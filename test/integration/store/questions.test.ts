import { type ClickHouse, connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { type FreshDatabase, freshDatabase, integrationStack, runCli } from '../support/stack.js';
import { landAccesses, named, start, writeFindings, writeJudgement } from './rows.js';

describe('a reader', () => {
  let database: FreshDatabase;
  let reader: ClickHouse;

  beforeAll(async () => {
    database = await freshDatabase('reader');
    const { clickhouseReader } = await integrationStack();
    reader = connectClickHouse({ ...clickhouseReader, database: database.name });
    await landAccesses(database.clickhouse, [{}]);
  });
  afterAll(() => reader.close());

  const rowsLeft = async () => await database.clickhouse.query('SELECT count() AS n FROM {db}.access_events');

  test.each([
    'INSERT INTO access_events (event_id) VALUES (1)',
    'DROP TABLE access_events',
    'TRUNCATE TABLE access_events',
    'ALTER TABLE access_events DELETE WHERE 1',
    'DELETE FROM access_events WHERE 1',
    'CREATE TABLE x (a Int8) ENGINE = Memory',
    'WITH 1 AS x INSERT INTO access_events (event_id) SELECT toString(x)',
    'SELECT 1; DROP TABLE access_events',
    'SELECT 1 SETTINGS readonly = 0',
    'SYSTEM FLUSH LOGS',
    'KILL QUERY WHERE 1',
    'SET readonly = 0',
  ])('is refused, whoever asks: %s', async (sql) => {
    for (const asked of [reader, database.clickhouse])
      await expect(asked.queryStream(sql, 'TSV')).rejects.toMatchObject({
        code: 'clickhouse_rejected',
        retriable: false,
      });
    expect(await rowsLeft()).toEqual([{ n: '1' }]);
  });

  test('reads every view, under its own bounds', async () => {
    for (const view of [
      'accesses',
      'anomalies',
      'employee_risk',
      'unscored',
      'feed_health',
      'conflicts',
      'dead_letters',
    ]) {
      let answer = '';
      for await (const chunk of await reader.queryStream(`SELECT count() >= 0 FROM ${view}`, 'TSV')) answer += chunk;
      expect([view, answer]).toEqual([view, '1\n']);
    }
  });

  test('is refused files and remote sources', async () => {
    for (const sql of [
      "SELECT * FROM file('/etc/hostname', 'LineAsString')",
      "SELECT * FROM url('http://127.0.0.1:1/', 'TSV', 'a String')",
    ])
      await expect(reader.queryStream(sql, 'TSV')).rejects.toMatchObject({ code: 'clickhouse_rejected' });
  });
});

describe('the command line', () => {
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase('cli');
    const ch = database.clickhouse;
    await landAccesses(ch, [
      {},
      {
        event_id: 'ev-2',
        occurred_at: start + 1_000,
        actor_id: 'emp-2',
        explained: 'yes',
        customer_ids: ['c-1', 'c-2'],
      },
    ]);
    await writeFindings(ch, [
      { anomaly_id: 'a1', content: 'c', score: 80 },
      { anomaly_id: 'a2', content: 'c', score: 95.1234, actor_id: '=cmd' },
      { anomaly_id: 'a3', content: 'c', score: 10 },
    ]);
    await writeJudgement(ch, { findings: ['a1', 'a2', 'a3'].map((id) => named(id, 'c')) });
  });

  const keyhole = (...args: string[]) => runCli(args, database.env);
  const lines = (text: string) => text.trimEnd().split('\n');

  test('anomalies prints NDJSON, highest score first, times in ISO 8601', async () => {
    const { code, stdout } = await keyhole('anomalies');
    const rows: Record<string, unknown>[] = lines(stdout).map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(rows.map((row) => row['score'])).toEqual([95.1234, 80, 10]);
    expect(rows[0]).toMatchObject({
      window_start: '2026-03-01T00:00:00.000Z',
      detected_at: '2026-03-01T01:00:00.000Z',
      evidence_event_ids: ['ev-1'],
      status: 'open',
    });
  });

  test('anomalies filters', async () => {
    const ids = async (...args: string[]) =>
      [...(await keyhole('anomalies', ...args)).stdout.matchAll(/"anomaly_id":"(\w+)"/g)].map((match) => match[1]);
    expect(await ids('--min-score', '80')).toEqual(['a2', 'a1']);
    expect(await ids('--actor', 'emp-1')).toEqual(['a1', 'a3']);
    expect(await ids('--detection', 'nothing')).toEqual([]);
    expect(await ids('--since', '2026-03-01T01:00:00Z', '--until', '2026-03-01T01:00:00.001Z')).toHaveLength(3);
    expect(await ids('--until', '2026-03-01T01:00:00Z')).toEqual([]);
  });

  test('anomalies prints CSV in which no cell is a formula', async () => {
    const { stdout } = await keyhole('anomalies', '--format', 'csv');
    expect(lines(stdout)[0]).toMatch(/^anomaly_id,detection,/);
    expect(lines(stdout)[1]).toContain(",95.1234,'=cmd,");
  });

  test('who-read answers the newest first, and says when it left some out', async () => {
    const { code, stdout, stderr } = await keyhole('who-read', '--customer', 'c-1', '--limit', '1');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      event_id: 'ev-2',
      occurred_at: '2026-03-01T00:00:01.000Z',
      record_count: 1,
      explained: 'yes',
    });
    expect(stderr).toContain('the newest 1 are shown');
    const all = await keyhole('who-read', '--customer', 'c-1', '--format', 'table');
    expect(lines(all.stdout)[1]).toContain('emp-2');
    expect(lines(all.stdout)[2]).toMatch(/emp-1 .*no: no case given$/);
    expect(all.stderr).toBe('');
  });

  test('who-read of nobody answers nothing and succeeds', async () => {
    expect(await keyhole('who-read', '--actor', 'emp-none')).toEqual({ code: 0, stdout: '', stderr: 'no accesses\n' });
  });

  test('sql answers tab-separated unless the question says otherwise', async () => {
    expect((await keyhole('sql', 'SELECT event_id, record_count FROM accesses ORDER BY event_id')).stdout).toBe(
      'event_id\trecord_count\nev-1\t1\nev-2\t1\n',
    );
    const named = await keyhole('sql', `SELECT count() AS n FROM ${database.name}.accesses FORMAT JSONEachRow`);
    expect(JSON.parse(named.stdout)).toEqual({ n: '2' });
  });

  test.each([
    [1, 'refuses to write', ['sql', 'INSERT INTO canaries (customer_id) VALUES (1)'], 'only reading is allowed here'],
    [1, 'names an unknown column', ['sql', 'SELECT nothing FROM accesses'], 'nothing'],
    [2, 'wants a subject', ['who-read'], 'exactly one of --customer, --seller and --actor'],
    [2, 'wants one subject', ['who-read', '--actor', 'a', '--seller', 's'], 'exactly one'],
    [2, 'wants a time', ['who-read', '--actor', 'a', '--from', '2026-02-30'], '--from 2026-02-30 is not a time'],
    [2, 'wants a known format', ['anomalies', '--format', 'xml'], 'table, ndjson, csv'],
    [2, 'wants a score', ['anomalies', '--min-score', 'high'], '--min-score high is not a number'],
  ])('exits with %i where it %s', async (expected, _what, args, words) => {
    const { code, stdout, stderr } = await keyhole(...args);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(words);
  });

  test('migrate says that nothing is left to do, and dry, changes nothing', async () => {
    const { code, stdout } = await keyhole('migrate', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(`database ${database.name}: up to date`);
    expect(stdout).toMatch(/topic access-log: (would create|is there)/);
    expect(stdout).toMatch(/schema access-log-value: (would register|is there, id \d+)/);
  });
});
