// CONTRACT §3.1 on real parts: one case folder gives the same rows through Kafka, through replay, twice, shuffled and repeated.

import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { emptyKafka, type FreshDatabase, freshDatabase, runCli, startCli } from './support/stack.js';

const DAYS = 26;
let root = '';
let folder = '';
let replayed: FreshDatabase;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'keyhole-same-'));
  folder = join(root, 'case');
  const size = ['--seed', '5', '--employees', '90', '--days', String(DAYS)];
  expect(await runCli(['simulate', folder, ...size])).toMatchObject({ code: 0 });
  replayed = await freshDatabase('replayed');
  expect(await runCli(['replay', folder], replayed.env)).toMatchObject({ code: 0 });
});

afterAll(() => rm(root, { recursive: true, force: true }));

const anomalies = (ch: ClickHouse): Promise<unknown[]> =>
  ch.query(
    `SELECT * EXCEPT (first_written_at, updated_at, revision, disposition) FROM {db}.anomalies WHERE status = 'open' ORDER BY anomaly_id`,
  );

/** One digest of all accesses, and how many there are: the rows themselves are too many to hold side by side. */
const accesses = (ch: ClickHouse): Promise<unknown[]> =>
  ch.query(
    `SELECT count() AS n, groupBitXor(cityHash64(toString(tuple(*)))) AS digest FROM (SELECT * EXCEPT (ingested_at) FROM {db}.accesses)`,
  );

test('a replay finds something to compare', async () => {
  expect((await anomalies(replayed.clickhouse)).length).toBeGreaterThan(3);
  const [row] = await replayed.clickhouse.query<{ n: string }>(`SELECT uniqExact(explained) AS n FROM {db}.accesses`);
  expect(row?.n).toBe('4');
});

test('a second replay changes nothing', async () => {
  const before = [await anomalies(replayed.clickhouse), await accesses(replayed.clickhouse)];
  expect(await runCli(['replay', folder], replayed.env)).toMatchObject({ code: 0 });
  expect([await anomalies(replayed.clickhouse), await accesses(replayed.clickhouse)]).toEqual(before);
});

test('shuffled and repeated lines change nothing', async () => {
  const shuffled = join(root, 'shuffled');
  await shuffle(folder, shuffled);
  const { env, clickhouse } = await freshDatabase('shuffled');
  expect(await runCli(['replay', shuffled], env)).toMatchObject({ code: 0 });
  expect(await accesses(clickhouse)).toEqual(await accesses(replayed.clickhouse));
  expect(await anomalies(clickhouse)).toEqual(await anomalies(replayed.clickhouse));
});

test('an embedded database gives the same as a server', async () => {
  const data = join(root, 'data');
  expect(await runCli(['replay', folder, '--data', data])).toMatchObject({ code: 0 });
  const { stdout } = await runCli([
    'sql',
    '--data',
    data,
    'SELECT anomaly_id FROM anomalies ORDER BY anomaly_id FORMAT TSV',
  ]);
  const ids = (await anomalies(replayed.clickhouse)).map((row) => (row as { anomaly_id: string }).anomaly_id);
  expect(stdout.trim().split('\n')).toEqual(ids);
});

test('Kafka gives the same as a replay', async () => {
  await emptyKafka();
  const { env, clickhouse } = await freshDatabase('streamed');
  const scorer = startCli(['score'], env);
  const ended = new Promise((resolve) => scorer.once('exit', resolve));
  expect(await runCli(['produce', folder], env)).toMatchObject({ code: 0 });
  expect(await runCli(['status', '--settled', '--timeout', '120'], env)).toMatchObject({ code: 0 });
  scorer.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await accesses(clickhouse)).toEqual(await accesses(replayed.clickhouse));
  expect(await anomalies(clickhouse)).toEqual(await anomalies(replayed.clickhouse));
}, 240_000);

test('rescore --check finds no difference', async () => {
  const { code, stdout } = await runCli(
    ['rescore', '--check', '--from', '2026-01-01', '--to', '2026-03-01'],
    replayed.env,
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

test('rescore --check names a judgement that was tampered with', async () => {
  const { clickhouse, env } = replayed;
  await clickhouse.command(
    `INSERT INTO {db}.judgements (detection, window_days, window_start, config_seq, version, entities, sample_version, sample, findings, unscored)
    SELECT detection, window_days, window_start, config_seq, version + 1, entities, sample_version, sample, [], unscored
    FROM {db}.judgements FINAL WHERE notEmpty(findings) ORDER BY window_start LIMIT 1`,
  );
  const { code, stdout } = await runCli(['rescore', '--check', '--from', '2026-01-01', '--to', '2026-03-01'], env);
  expect(code).toBe(1);
  expect(stdout).toContain('not stored');
});

/** Every line at least once, a tenth twice, in an order drawn from a fixed sequence. */
async function shuffle(from: string, to: string): Promise<void> {
  await mkdir(to);
  let state = 42;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (const name of await readdir(from)) {
    if (!name.endsWith('.ndjson')) {
      await copyFile(join(from, name), join(to, name));
      continue;
    }
    const lines: string[] = [];
    for await (const line of createInterface({ input: createReadStream(join(from, name)) })) {
      lines.push(line);
      if (draw() < 0.1) lines.push(line);
    }
    for (let i = lines.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
    }
    await writeFile(join(to, name), `${lines.join('\n')}\n`);
    expect((await readFile(join(to, name), 'utf8')).length).toBeGreaterThan(0);
  }
}
