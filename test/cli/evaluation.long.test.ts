// What the project promises of its detections, on five organisations of 1,500 people with offenders of every family and one without,
// through the commands that users have. Prints one table.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import type { Evaluation } from '../../services/cli/evaluate.js';
import { median } from '../../services/core/evaluate/assess.js';

const SEEDS = [101, 202, 303, 404, 505];
const SIZE = ['--employees', '1500', '--days', '60'];
/** Campaigns that take days, and those that take weeks; the rest lie between. */
const BURSTS = ['bulk_email', 'sales_export', 'canary', 'leaver', 'borrowed_account'];
const SLOW = ['slow_email', 'slow_sales', 'handover', 'broker'];

const main = join(__dirname, '..', '..', 'services', 'cli', 'main.js');
const run = promisify(execFile);
let base: string;
const evaluations: Evaluation[] = [];

async function keyhole(args: string[], budget: number): Promise<string> {
  const env = { ...process.env, KEYHOLE_ALERT_BUDGET: String(budget) };
  const { stdout } = await run(process.execPath, [main, ...args], { env, maxBuffer: 1 << 26 });
  return stdout;
}

async function evaluated(seed: number, campaigns: string[], budget: number): Promise<Evaluation> {
  const dir = join(base, `case-${seed}-${budget}`);
  const data = join(base, `data-${seed}-${budget}`);
  await keyhole(['simulate', dir, '--seed', String(seed), ...SIZE, ...campaigns], budget);
  await keyhole(['replay', dir, '--data', data], budget);
  const text = await keyhole(['evaluate', dir, '--data', data, '--from-day', '20', '--format', 'json'], budget);
  await Promise.all([dir, data].map((path) => rm(path, { recursive: true, force: true })));
  return JSON.parse(text);
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'keyhole-test-evaluation-'));
  for (const seed of SEEDS) evaluations.push(await evaluated(seed, ['--campaign', 'all', '--offenders', '40'], 2));
  const table = new Table({
    head: ['seed', 'alerts a day', 'recall', 'precision', 'recall at 1', 'better rule at 2', 'not found'],
  });
  for (const [at, one] of evaluations.entries()) {
    const { alerts_per_day, recall, precision, families } = one.keyhole;
    const missed = families.filter((family) => family.found < family.planted);
    table.push([
      SEEDS[at],
      alerts_per_day,
      recall,
      precision,
      recallAt(one, 1),
      betterRule(one, 2),
      missed.map((family) => `${family.campaign} ${family.found}/${family.planted}`).join(', '),
    ]);
  }
  process.stderr.write(`${table.toString()}\n`);
}, 7_200_000);

afterAll(async () => {
  await rm(base, { recursive: true, force: true });
});

const recallAt = ({ keyhole }: Evaluation, perDay: number): number =>
  keyhole.budgets.find((one) => one.alerts_per_day === perDay)?.recall ?? 0;
const betterRule = ({ rules }: Evaluation, perDay: number): number =>
  Math.max(...rules.map((rule) => rule.budgets.find((one) => one.alerts_per_day === perDay)?.recall ?? 0));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const delays = (campaigns: readonly string[]): number | null =>
  median(
    evaluations.flatMap(({ keyhole }) =>
      keyhole.families.flatMap((one) =>
        campaigns.includes(one.campaign) && one.median_days_to_detection !== null ? [one.median_days_to_detection] : [],
      ),
    ),
  );

test('at two alerts a day nine of ten offenders are found, and six of ten alerted are offenders', () => {
  expect(mean(evaluations.map(({ keyhole }) => keyhole.recall ?? 0))).toBeGreaterThanOrEqual(0.9);
  expect(mean(evaluations.map(({ keyhole }) => keyhole.precision ?? 0))).toBeGreaterThanOrEqual(0.6);
});

test('no organisation is far below the others', () => {
  const poor = evaluations.flatMap((one, at) =>
    (one.keyhole.recall ?? 0) < 0.8 || (one.keyhole.precision ?? 0) < 0.5 || recallAt(one, 1) < 0.5 ? [SEEDS[at]] : [],
  );
  expect(poor).toEqual([]);
});

test('at one alert a day six of ten offenders are found', () => {
  expect(mean(evaluations.map((one) => recallAt(one, 1)))).toBeGreaterThanOrEqual(0.6);
});

test('bursts are found within three days, slow campaigns within three weeks', () => {
  expect(delays(BURSTS)).toBeLessThanOrEqual(3);
  expect(delays(SLOW)).toBeLessThanOrEqual(21);
});

test('no family of campaigns goes by unseen', () => {
  const found = new Map<string, number>();
  for (const { keyhole } of evaluations)
    for (const one of keyhole.families) found.set(one.campaign, (found.get(one.campaign) ?? 0) + one.found);
  expect([...found].filter(([, hits]) => hits === 0)).toEqual([]);
});

test('twice the recall of the better simple rule at the same budget', () => {
  const [own, rule] = [
    mean(evaluations.map((one) => recallAt(one, 2))),
    mean(evaluations.map((one) => betterRule(one, 2))),
  ];
  expect(own).toBeGreaterThanOrEqual(2 * rule);
});

test.each([0.5, 2, 10])(
  'without offenders a budget of %p a day comes true within half and half again',
  async (budget) => {
    const { calibration } = await evaluated(606, ['--campaign', 'none'], budget);
    const [high] = calibration?.levels ?? [];
    expect(calibration?.honest_only).toBe(true);
    expect(high?.ratio).toBeGreaterThanOrEqual(0.5);
    expect(high?.ratio).toBeLessThanOrEqual(1.5);
  },
  1_800_000,
);
