// What an event costs with little and with much history stored: processor seconds of scorer and database together, over the same new
// days of work. The large history is the small one multiplied inside the database (other events, customers and cases of the same
// people and days), its buckets and judgements made by a scorer like any others.

import type { Day } from '../../services/core/time.js';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { type BacklogRun, runBacklog } from './backlog-run.js';
import { beginAt, copyDatabase, dropDatabase, type PartitionStart, quiet } from './database.js';
import { endsOf, type Producing, produceBacklog } from './produce.js';
import type { Rig } from './rig.js';
import { startScorers } from './scorers.js';

export interface GrowthOptions {
  readonly employees: number;
  readonly firstNewDay: Day;
  readonly historyEndMs: number;
  readonly history: string;
  readonly historyEvents: number;
  readonly largeHistoryEvents: number;
  readonly alertBudget: number;
}

export interface GrowthRun {
  readonly smallEvents: number;
  readonly largeEvents: number;
  /** Processor microseconds of scorer and ClickHouse for each new event. */
  readonly smallUs: number;
  readonly largeUs: number;
  /** Seconds that the new days took, large over small. */
  readonly wallRatio: number;
  readonly largeJudgedSeconds: number;
  readonly peakMb: number;
}

const DAYS = 4;
/** A million wide rows in blocks of the usual size are more than the local server may hold. */
const IN_SMALL_BLOCKS =
  'SETTINGS max_threads = 1, max_block_size = 16384, min_insert_block_size_rows = 65536, min_insert_block_size_bytes = 33554432';
const LARGE = 'bench_large';

export async function runGrowth(
  rig: Rig,
  producing: Producing,
  options: GrowthOptions,
  say: (line: string) => void,
): Promise<GrowthRun> {
  const { employees, firstNewDay: first, historyEndMs, alertBudget } = options;
  // Before the new days are in Kafka: the scorer that judges the large history shall find nothing to read.
  const large = await multiply(rig, options, say);
  try {
    const starts = await endsOf(rig);
    const judging = await judgeAll(rig, large.ch, starts, options);
    say(`growth: the large history is judged, in ${judging.seconds.toFixed(1)} s`);
    const { events } = await produceBacklog(producing, { employees, first, days: DAYS, busy: 1, brokenEvery: 0 });
    const run = async (name: string, history: string, stored: number): Promise<BacklogRun> => {
      const result = await runBacklog(rig, { name, history, starts, events, historyEndMs, scorers: 1, alertBudget });
      say(`growth: ${microseconds(result, events).toFixed(1)} µs an event with ${stored.toLocaleString('en')} stored`);
      return result;
    };
    const small = await run('growth_small', options.history, options.historyEvents);
    const after = await run('growth_large', LARGE, large.events);
    return {
      smallEvents: options.historyEvents,
      largeEvents: large.events,
      smallUs: microseconds(small, events),
      largeUs: microseconds(after, events),
      wallRatio: after.seconds / small.seconds,
      largeJudgedSeconds: judging.seconds,
      peakMb: Math.max(small.peakMb, judging.peakMb, after.peakMb),
    };
  } finally {
    await dropDatabase(large.ch);
  }
}

const microseconds = ({ cpu }: BacklogRun, events: number): number => ((cpu.scorers + cpu.clickhouse) / events) * 1e6;

/** Every case and access of the history again and again, each time as records of their own. */
async function multiply(
  rig: Rig,
  { history, historyEvents, largeHistoryEvents }: GrowthOptions,
  say: (line: string) => void,
): Promise<{ ch: ClickHouse; events: number }> {
  const ch = await copyDatabase(rig, history, LARGE);
  const copies = Math.max(0, Math.round(largeHistoryEvents / historyEvents) - 1);
  for (let copy = 1; copy <= copies; copy++) {
    const own = (column: string): string => `concat(${column}, '-${copy}')`;
    await ch.command(
      `INSERT INTO {db}.support_cases SELECT * REPLACE (${own('case_id')} AS case_id,
        arrayMap(customer -> ${own('customer')}, customer_ids) AS customer_ids) FROM ${history}.support_cases FINAL ${IN_SMALL_BLOCKS}`,
    );
    await ch.command(
      `INSERT INTO {db}.access_events SELECT * REPLACE (${own('event_id')} AS event_id,
        ${own('case_id')} AS case_id, arrayMap(customer -> ${own('customer')}, customer_ids) AS customer_ids,
        occurred_at + INTERVAL ${copy * 7} SECOND AS occurred_at) FROM ${history}.access_events FINAL ${IN_SMALL_BLOCKS}`,
    );
    say(`growth: ${((copy + 1) * historyEvents).toLocaleString('en')} events stored`);
  }
  await ch.command(
    `INSERT INTO {db}.landings (batch_id, touched_days, touched_actors, touched_from, done)
    SELECT concat('bench/', toString(day)), groupArray(day), groupArray(actor_id), NULL, 0
    FROM (SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events) GROUP BY day`,
  );
  await quiet(ch);
  return { ch, events: (copies + 1) * historyEvents };
}

async function judgeAll(
  rig: Rig,
  ch: ClickHouse,
  starts: readonly PartitionStart[],
  { historyEndMs, alertBudget }: GrowthOptions,
): Promise<{ seconds: number; peakMb: number }> {
  const groupId = 'bench-large';
  await beginAt(rig, ch, groupId, starts, historyEndMs);
  const scorers = startScorers(rig, { database: LARGE, groupId, alertBudget, count: 1 });
  try {
    const began = await scorers.joined;
    const { settledAt } = await scorers.settled(ch);
    return { seconds: (settledAt - began) / 1000, peakMb: scorers.peakMb() };
  } finally {
    await scorers.stop();
    await quiet(ch);
  }
}
