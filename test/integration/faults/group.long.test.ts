// Scorers that stop and wake up, that come and go, and feeds that are read at different paces.

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyKafka, integrationStack, until } from '../support/stack.js';
import { type Bed, makeBed, PARTITIONS, type Run } from './support/bed.js';
import { startProxy } from './support/proxy.js';
import { type FaultRow, faultRows, SETUP_MS } from './support/rows.js';
import { expectNoOffsetAhead, settled } from './support/unharmed.js';

let bed: Bed;

beforeAll(async () => {
  await emptyKafka();
  bed = await makeBed(await integrationStack(), { produce: true });
}, SETUP_MS);
afterAll(() => bed?.close());

const state = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
};

const joins = (log: string): number => log.split('joined the consumer group').length - 1;

/** Stopped at the point until its session is over and another scorer has done everything; then it wakes up and goes on there. */
const zombie = (words: string, point: string, passing: number): FaultRow => ({
  fault: `SIGSTOP of a scorer past its session ${words}, SIGCONT when another has finished`,
  async break(run) {
    const first = run.scorer({ faults: { at: point, passing, signal: 'SIGSTOP' } });
    await until('it has stopped', async () => state(first.pid) === 'T');
    const acknowledged = await expectNoOffsetAhead(run);
    run.scorer();
    await settled(run);
    first.child.kill('SIGCONT');
    await until('the zombie has joined anew', async () => joins(first.log()) > 1);
    first.child.kill('SIGTERM');
    await first.ended();
    expect(first.child.exitCode).toBe(0);
    return `stopped with ${acknowledged} records committed; woke up after the other had settled, joined anew, ended with 0`;
  },
});

describe('zombies', () =>
  faultRows('zombie', () => bed, [
    zombie('before an access insert', 'inserting access_events', 3),
    zombie('before a commit', 'committing', 4),
    zombie('before a judgement row', 'inserting judgements', 1),
    zombie('before publishing', 'publishing anomalies', 1),
  ]));

async function storedAccesses(run: Run): Promise<number> {
  const [row] = await run.clickhouse.query<{ n: string }>('SELECT count() AS n FROM {db}.access_events');
  return Number(row?.n);
}

describe('the group', () =>
  faultRows('group', () => bed, [
    {
      fault: 'scorers join, leave and die while they read',
      async break(run) {
        const proxy = await startProxy(run.settings.url);
        proxy.weather = { delayMs: 60 };
        const slow = {
          faults: { records: 50 },
          env: { KEYHOLE_LAND_MAX_ROWS: '100', KEYHOLE_CLICKHOUSE_URL: proxy.url },
        };
        const story: number[] = [];
        const reached = (n: number): Promise<void> =>
          until(`${n} accesses are stored`, async () => (await storedAccesses(run)) >= n);
        const first = run.scorer(slow);
        await reached(1);
        const second = run.scorer(slow);
        await until('the second has joined', async () => joins(second.log()) > 0);
        const third = run.scorer(slow);
        await until('the third has joined', async () => joins(third.log()) > 0);
        story.push(await storedAccesses(run));
        first.child.kill('SIGTERM');
        await first.ended();
        expect(first.child.exitCode).toBe(0);
        story.push(await storedAccesses(run));
        second.child.kill('SIGKILL');
        await second.ended();
        await expectNoOffsetAhead(run);
        const fourth = run.scorer(slow);
        await until('the fourth has joined', async () => joins(fourth.log()) > 0);
        proxy.weather = {};
        story.push(await storedAccesses(run));
        await settled(run);
        await run.stopScorers();
        await proxy.close();
        return `two joined, one left in order, one was killed, one more joined, at ${story.join(', ')} stored rows`;
      },
    },
  ]));

const DAY_MS = 86_400_000;

const held = (topic: string, partition: number, words: string, behindMs: number): FaultRow => ({
  fault: `${topic}/${partition} is held back by ${words} of event time`,
  async break(run) {
    const report = join(tmpdir(), `hold-${run.groupId}`);
    const scorer = run.scorer({ faults: { report, hold: { topic, partition, behindMs, partitions: PARTITIONS } } });
    await settled(run);
    expect(scorer.hasEnded()).toBe(false);
    const leadMs = Number(readFileSync(report, 'utf8'));
    expect(leadMs).toBeGreaterThan(behindMs);
    return `the others were up to ${(leadMs / DAY_MS).toFixed(1)} days ahead`;
  },
});

describe('alignment', () =>
  faultRows('alignment', () => bed, [
    held('access-log', 2, 'an hour', 3_600_000),
    held('access-log', 2, 'ten days', 10 * DAY_MS),
    held('support-cases', 0, 'an hour', 3_600_000),
    held('support-cases', 0, 'ten days', 10 * DAY_MS),
  ]));
