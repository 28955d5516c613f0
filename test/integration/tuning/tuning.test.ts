// Dispositions, exceptions and the catalogue from the command line, on the real database.

import { dayFromText } from '../../../services/core/time.js';
import { countOpenDuties, readDuties } from '../../../services/pipeline/duties.js';
import { readExceptions } from '../../../services/pipeline/exceptions.js';
import { landAccesses, named, writeFindings, writeJudgement } from '../store/rows.js';
import { type FreshDatabase, freshDatabase, runCli } from '../support/stack.js';

const ID = 'aaaa0000000000000000000000000001';
const OTHER = 'aaaa0000000000000000000000000002';
const BULK = 'bulk_customer_email_read';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase('tuning');
});
beforeEach(async () => {
  for (const table of ['findings', 'judgements', 'dispositions', 'exceptions', 'landings', 'access_events'])
    await database.clickhouse.command(`TRUNCATE TABLE {db}.${table}`);
});
const keyhole = (...args: string[]) => runCli(args, database.env);
const found = async (...ids: string[]): Promise<void> => {
  await writeFindings(
    database.clickhouse,
    ids.map((anomaly_id) => ({ anomaly_id, content: 'c', detection: BULK })),
  );
  await writeJudgement(database.clickhouse, { detection: BULK, findings: ids.map((id) => named(id, 'c')) });
};

describe('keyhole disposition', () => {
  test('records what was found by the first characters of the id, and keeps what was found before', async () => {
    await found(ID, 'bbbb0000000000000000000000000001');
    const note = 'the lead knows of the task';
    expect(await keyhole('disposition', 'aaaa', 'benign', '--by', 'inv-1', '--note', note)).toEqual({
      code: 0,
      stdout: `${ID} (${BULK}) is benign\n`,
      stderr: '',
    });
    const again = await keyhole(
      'disposition',
      ID,
      'confirmed',
      '--by',
      'inv-2',
      '--note',
      'the task was for another seller',
    );
    expect(again.stdout).toBe(`${ID} (${BULK}) is confirmed, before benign\n`);
    expect(await database.clickhouse.query('SELECT disposition, by, note FROM {db}.dispositions ORDER BY at')).toEqual([
      { disposition: 'benign', by: 'inv-1', note },
      { disposition: 'confirmed', by: 'inv-2', note: 'the task was for another seller' },
    ]);
    expect(
      await database.clickhouse.query('SELECT disposition, status FROM {db}.anomalies ORDER BY anomaly_id'),
    ).toEqual([
      { disposition: 'confirmed', status: 'open' },
      { disposition: 'unreviewed', status: 'open' },
    ]);
  });

  test.each([
    ['no anomaly', ['cccc', 'benign'], 'a sentence of reasons', 'no anomaly cccc'],
    ['two anomalies', ['aaaa', 'benign'], 'a sentence of reasons', 'aaaa begins several anomaly ids'],
    ['an unknown word', [ID, 'fine'], 'a sentence of reasons', 'fine is no disposition'],
    ['no reason', [ID, 'benign'], 'ok', 'give a reason that others can follow'],
    ['an address', [ID, 'benign'], 'wrote to someone@example.org', 'looks like an address'],
  ])('refuses %s', async (_what, args, note, words) => {
    await found(ID, OTHER);
    const { code, stderr } = await keyhole('disposition', ...args, '--by', 'inv-1', '--note', note);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(await database.clickhouse.query('SELECT * FROM {db}.dispositions')).toEqual([]);
  });
});

describe('keyhole exceptions', () => {
  const why = 'moves the accounts of a seller that closes';
  const add = (...args: string[]) => keyhole('exceptions', 'add', '--by', 'lead-1', '--why', why, ...args);

  test('adds one from the newest day on record, lists it, ends it, and obliges the judge each time', async () => {
    const ch = database.clickhouse;
    await landAccesses(ch, [{}]);
    const added = await add('--actor', 'emp-1', '--detection', BULK, '--until', '2026-03-31');
    const id = added.stdout.split(' ')[0] ?? '';
    expect(added).toEqual({ code: 0, stdout: `${id} covers 2026-03-01 to 2026-03-31\n`, stderr: '' });
    expect((await readExceptions(ch)).list).toMatchObject([
      {
        exception_id: id,
        revision: 1,
        actor_id: 'emp-1',
        detections: [BULK],
        from: dayFromText('2026-03-01'),
        until: dayFromText('2026-03-31'),
        decided_by: 'lead-1',
        why,
      },
    ]);
    expect(
      (await readDuties(ch, { frontier: Number.POSITIVE_INFINITY, except: [] })).map(({ touchedFrom }) => touchedFrom),
    ).toEqual([dayFromText('2026-03-01')]);
    expect(JSON.parse((await keyhole('exceptions', 'list')).stdout)).toMatchObject({
      exception_id: id,
      until_day: '2026-03-31',
      covered_anomalies: 0,
    });
    const ended = await keyhole(
      'exceptions',
      'end',
      id,
      '--on',
      '2026-03-10',
      '--by',
      'lead-2',
      '--why',
      'the seller has closed by now',
    );
    expect(ended.stdout).toBe(`${id} covers nothing after 2026-03-10\n`);
    expect((await readExceptions(ch)).list).toMatchObject([
      { revision: 2, until: dayFromText('2026-03-10'), decided_by: 'lead-2' },
    ]);
    expect(await countOpenDuties(ch)).toBe(2);
    const all = await keyhole('exceptions', 'list', '--all', '--format', 'csv');
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('counts the open anomalies that each covers', async () => {
    const ch = database.clickhouse;
    await add('--actor', 'emp-1', '--from', '2026-03-01', '--until', '2026-03-31');
    const [exception] = (await readExceptions(ch)).list;
    await found(ID, OTHER);
    const reasoning = JSON.stringify({ excepted: { exceptions: [{ exception_id: exception?.exception_id, why }] } });
    await ch.command('ALTER TABLE {db}.findings UPDATE reasoning = {reasoning:String} WHERE anomaly_id = {id:String}', {
      reasoning,
      id: ID,
    });
    await writeJudgement(ch, { detection: BULK, version: '2', findings: [named(ID, 'c'), named(OTHER, 'c')] });
    expect(await ch.query('SELECT covered_anomalies FROM {db}.exceptions_in_force')).toEqual([
      { covered_anomalies: 1 },
    ]);
  });

  test.each([
    ['everything', ['--from', '2026-03-01', '--until', '2026-03-31'], 'an exception of everything is none'],
    [
      'an unknown detection',
      ['--detection', 'bulk', '--from', '2026-03-01', '--until', '2026-03-31'],
      '--detection bulk is none',
    ],
    [
      'oneself',
      ['--actor', 'lead-1', '--from', '2026-03-01', '--until', '2026-03-31'],
      'nobody decides about their own exception',
    ],
    ['ever', ['--actor', 'emp-1', '--from', '2026-03-01', '--until', '2028-03-31'], '366 days at most'],
    ['an empty record without a first day', ['--actor', 'emp-1', '--until', '2026-03-31'], 'nothing is on record yet'],
  ])('refuses one for %s', async (_what, args, words) => {
    const { code, stderr } = await add(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect((await readExceptions(database.clickhouse)).list).toEqual([]);
  });

  test('refuses to end what is not there', async () => {
    const { code, stderr } = await keyhole(
      'exceptions',
      'end',
      'x',
      '--on',
      '2026-03-10',
      '--by',
      'lead-2',
      '--why',
      'the seller has closed by now',
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining('no exception x')]);
  });
});

test('keyhole detections list shows every detection, what it found and how little is known of its precision', async () => {
  await found(ID, OTHER, 'bbbb');
  for (const [id, disposition] of [
    [ID, 'confirmed'],
    [OTHER, 'benign'],
    ['bbbb', 'duplicate'],
  ] as const)
    await database.clickhouse.insert(
      'dispositions',
      ['anomaly_id', 'disposition', 'by', 'note'],
      [[id, disposition, 'inv-1', 'x']],
    );
  const rows: Record<string, unknown>[] = (await keyhole('detections', 'list')).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.find((row) => row['detection'] === BULK)).toMatchObject({
    open: 3,
    alerts: 3,
    unreviewed_alerts: 0,
    confirmed: 1,
    benign: 1,
    duplicate: 1,
    precision: 0.5,
  });
  expect(rows.find((row) => row['detection'] === 'canary_read')).toMatchObject({
    open: 0,
    precision: null,
    window_days: 1,
  });
  expect((await keyhole('detections', 'list', '--format', 'table')).stdout).toMatch(
    /bulk_customer_email_read +1 d +3 +3 +1 +1 +1 of 2 \(9–91 %\)/,
  );
});
