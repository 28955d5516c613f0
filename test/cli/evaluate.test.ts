// `keyhole evaluate` against a real database: what it fetches, both simple rules in SQL, and what it prints where.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { SIMPLE_RULES, type SimpleRule, simpleFindings } from '../../services/cli/evaluate/simple-rules.js';
import { renderEvaluation } from '../../services/cli/evaluate/table.js';
import { type Evaluation, evaluate, registerEvaluate } from '../../services/cli/evaluate.js';
import { toDateTime64 } from '../../services/platform/clickhouse/time.js';
import { type OpenDatabase, openDatabase } from '../../services/platform/stack/database.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);
const DAYS = 20;
const at = (day: number, hour: number): number => START_MS + day * DAY_MS + hour * HOUR_MS;

const truth = [
  {
    actor_id: 'e-quiet',
    campaign: 'bulk_email',
    from: new Date(at(15, 9)),
    to: new Date(at(15, 12)),
    seller_ids: ['s-1'],
    customer_ids: [],
  },
  {
    actor_id: 'e-hidden',
    campaign: 'rival_suspension',
    from: new Date(at(12, 0)),
    to: new Date(at(18, 0)),
    seller_ids: ['s-8', 's-9'],
    customer_ids: [],
  },
]
  .map((row) => JSON.stringify(row))
  .join('\n');

let base: string;
let database: OpenDatabase;
const env = { KEYHOLE_CLICKHOUSE_DATABASE: 'test_evaluate' };

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'keyhole-test-evaluate-'));
  database = await openDatabase({ data: join(base, 'data'), env });
});

afterAll(async () => {
  await database?.close();
  await rm(base, { recursive: true, force: true });
});

/** The busy one always reads 40 a day, the quiet one 3, but 30 on day 15. */
function accessRows(): unknown[][] {
  const rows: unknown[][] = [];
  for (let day = 0; day < DAYS; day++) {
    const add = (actor: string, count: number): void => {
      for (let number = 0; number < count; number++) {
        const hour = 10 + number / 60;
        rows.push([
          `${number}`,
          toDateTime64(Math.round(at(day, hour))),
          actor,
          'employee',
          'customer_email.read',
          'allowed',
          'helpdesk',
          'US',
          ['c-1'],
          1,
          'no',
          1,
        ]);
      }
    };
    add('e-busy', 40);
    add('e-quiet', day === 15 ? 30 : 2 + (day % 3));
    rows.push([
      'nightly',
      toDateTime64(at(day, 2)),
      'svc-1',
      'service',
      'customer_email.read',
      'allowed',
      'jobs',
      'US',
      [],
      90_000,
      'no',
      1,
    ]);
  }
  return rows;
}

interface Row {
  readonly id: string;
  readonly severity: string;
  readonly score: number;
  readonly entity: readonly [actor: string, seller: string, cluster: string];
  readonly detectedMs: number;
  /** whether it goes on with an episode */
  readonly goesOn?: boolean;
}

const findings: readonly Row[] = [
  { id: 'a1', severity: 'high', score: 91, entity: ['e-quiet', '', ''], detectedMs: at(15, 11) },
  { id: 'a2', severity: 'high', score: 88, entity: ['e-busy', '', ''], detectedMs: at(11, 11) },
  { id: 'a3', severity: 'medium', score: 60, entity: ['', '', 'k-1'], detectedMs: at(14, 0) },
  { id: 'a4', severity: 'medium', score: 95, entity: ['e-busy', '', ''], detectedMs: at(12, 11), goesOn: true },
];

async function fill(): Promise<void> {
  const ch = database.clickhouse;
  const accessColumns = [
    'event_id',
    'occurred_at',
    'actor_id',
    'actor_kind',
    'action',
    'outcome',
    'tool',
    'marketplace',
    'customer_ids',
    'record_count',
    'explained',
    'version',
  ];
  await ch.insert('access_events', accessColumns, accessRows());
  await ch.insert(
    'configurations',
    ['digest', 'seq', 'body'],
    [
      ['old', 1, JSON.stringify({ alert_budget: 7 })],
      ['new', 2, JSON.stringify({ alert_budget: 0.5 })],
    ],
  );
  const links = ['s-8', 's-9'].map((seller) => [seller, 'k-1', 'broker', toDateTime64(START_MS), 1]);
  await ch.insert('seller_links', ['seller_id', 'cluster_id', 'basis', 'valid_from', 'version'], links);
  const columns = [
    'anomaly_id',
    'content',
    'detection',
    'detection_version',
    'severity',
    'score',
    'actor_id',
    'seller_id',
    'cluster_id',
    'window_start',
    'window_end',
    'detected_at',
    'reasoning',
  ];
  const window = [toDateTime64(at(10, 0)), toDateTime64(at(11, 0))];
  await ch.insert(
    'findings',
    columns,
    findings.map((one) => [
      one.id,
      'x',
      'd',
      1,
      one.severity,
      one.score,
      ...one.entity,
      ...window,
      toDateTime64(one.detectedMs),
      JSON.stringify({ goes_on_with_an_episode: one.goesOn === true }),
    ]),
  );
  await ch.insert(
    'judgements',
    ['detection', 'window_days', 'window_start', 'findings'],
    [['d', 1, '2026-01-15', findings.map((one) => ({ anomaly_id: one.id, content: 'x' }))]],
  );
}

test('a database without accesses is wrong usage', async () => {
  await expect(evaluate(database.reader, truth, 0)).rejects.toThrow(/holds no accesses.*replay/);
});

describe('with accesses and anomalies', () => {
  let evaluation: Evaluation;
  beforeAll(async () => {
    await fill();
    evaluation = await evaluate(database.reader, truth, 0);
  });

  test('the period is the whole days that the accesses cover', () => {
    expect(evaluation.period).toEqual({
      from: '2026-01-05T00:00:00.000Z',
      to: '2026-01-25T00:00:00.000Z',
      days_judged: DAYS,
    });
  });

  test('alerts are the severe rows only', () => {
    expect(evaluation.keyhole).toMatchObject({
      alerts: 2,
      alerts_per_day: 0.1,
      false_alerts: 1,
      honest_people_alerted: 1,
      offenders: 2,
      found: 1,
      recall: 0.5,
      precision: 0.5,
    });
    expect(evaluation.keyhole.families).toEqual([
      { campaign: 'bulk_email', planted: 1, found: 1, median_days_to_detection: 0.083 },
      { campaign: 'rival_suspension', planted: 1, found: 0, median_days_to_detection: null },
    ]);
  });

  test('budgets rank all open rows but those that go on with an episode, and a cluster of the campaign is credited', () => {
    expect(evaluation.keyhole.budgets[0]).toMatchObject({ alerts_per_day: 0.5, alerts: 3, found: 2, recall: 1 });
  });

  test('the static threshold ranks the busiest first, the z-score whoever changed', () => {
    const [fixed, zScore] = evaluation.rules;
    expect([fixed?.rule, zScore?.rule]).toEqual(['static threshold', 'personal z-score']);
    expect(fixed?.budgets[0]).toMatchObject({ alerts: 10, found: 0, honest_people_alerted: 1 });
    expect(zScore?.budgets[0]?.found).toBe(1);
  });

  test('each budget tells which campaigns it found', () => {
    expect(evaluation.keyhole.budgets[0]?.families.map((one) => [one.campaign, one.found])).toEqual([
      ['bulk_email', 1],
      ['rival_suspension', 1],
    ]);
  });

  test('the z-score judges a day by the days before it alone', async () => {
    const zScore = evaluation.rules[1]?.budgets[0];
    expect(zScore?.median_days_to_detection).not.toBeNull();
    const [rule] = SIMPLE_RULES.filter((one) => one.name === 'personal z-score');
    const [top] = await simpleFindings(database.reader, rule as SimpleRule, { judgedFromMs: START_MS, days: 20 });
    expect(top).toMatchObject({ entity: { kind: 'actor', id: 'e-quiet' }, score: 27 });
  });

  test('the calibration knows the budget that judged', () => {
    expect(evaluation.calibration).toMatchObject({ honest_only: false, budget_per_day: 0.5 });
    expect(
      evaluation.calibration?.levels.map((one) => [one.level, one.expected_per_day, one.observed_per_day]),
    ).toEqual([
      ['high', 0.5, 0.1],
      ['medium', 1.5, 0.2],
      ['low', 5, 0.2],
    ]);
  });

  test('an empty truth makes the calibration the answer', async () => {
    const honest = await evaluate(database.reader, '', 0);
    expect(honest.keyhole).toMatchObject({ offenders: 0, recall: null });
    const text = renderEvaluation(honest);
    expect(text).toMatch(/no offenders in the truth[\s\S]*high +│ 0\.5 +│ 0\.1 +│ 0\.20/);
    expect(text).not.toMatch(/campaign/);
  });

  test('services are no suspects of the simple rules', () => {
    const generous = evaluation.rules[0]?.budgets.at(-1);
    expect(generous).toMatchObject({ honest_people_alerted: 1, found: 1 });
  });

  test('alerts before the day judged from do not count', async () => {
    const later = await evaluate(database.reader, truth, 13);
    expect(later.period.days_judged).toBe(7);
    expect(later.keyhole).toMatchObject({ alerts: 1, false_alerts: 0 });
    await expect(evaluate(database.reader, truth, 40)).rejects.toThrow(/--from-day 40.*20 days/);
  });
});

describe('the command', () => {
  async function run(...args: string[]): Promise<string> {
    const printed: string[] = [];
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const program = new Command().exitOverride();
    registerEvaluate(program);
    for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
    try {
      await program.parseAsync(['node', 'keyhole', 'evaluate', ...args]);
    } finally {
      stdout.mockRestore();
    }
    return printed.join('');
  }

  test('refuses a folder without truth, an unknown format, and a data folder that is none', async () => {
    await expect(run(join(base, 'nowhere'))).rejects.toThrow(/truth.ndjson does not exist/);
    await writeFile(join(base, 'truth.ndjson'), truth);
    await expect(run(base, '--format', 'xml')).rejects.toThrow(/Allowed choices are table, json/);
    await expect(run(base, '--data', join(base, 'no-data'))).rejects.toThrow(/no database/);
  });

  test('prints a table or JSON on stdout', async () => {
    await writeFile(join(base, 'truth.ndjson'), truth);
    const before = process.env['KEYHOLE_CLICKHOUSE_DATABASE'];
    process.env['KEYHOLE_CLICKHOUSE_DATABASE'] = env.KEYHOLE_CLICKHOUSE_DATABASE;
    try {
      await database.close();
      const json: Evaluation = JSON.parse(await run(base, '--data', join(base, 'data'), '--format', 'json'));
      expect(json.keyhole).toMatchObject({ alerts: 2, found: 1 });
      const table = await run(base, '--data', join(base, 'data'));
      const path = join(base, 'page.html');
      const beside = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
      const withPage = await run(base, '--data', join(base, 'data'), '--format', 'json', '--page', path);
      beside.mockRestore();
      expect(withPage).toBe(`${JSON.stringify(json, null, 2)}\n`);
      const page = await readFile(path, 'utf8');
      expect(page).toMatch(/<svg[\s\S]*bulk_email[\s\S]*1 of 1, 0\.1 days/);
      expect(page).not.toMatch(/https?:|<script|<link|url\(/);
      await expect(run(base, '--data', join(base, 'data'), '--page', join(base, 'none', 'x'))).rejects.toThrow(
        /--page .*cannot be written/,
      );
      expect(table).toMatch(/2026-01-05 to 2026-01-25, 20 days judged/);
      expect(table).toMatch(/bulk_email +│ 1 +│ 1 +│ 0\.1/);
    } finally {
      if (before === undefined) delete process.env['KEYHOLE_CLICKHOUSE_DATABASE'];
      else process.env['KEYHOLE_CLICKHOUSE_DATABASE'] = before;
      database = await openDatabase({ data: join(base, 'data'), env });
    }
  });
});
