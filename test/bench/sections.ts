// Which sections are measured, in which order, and what each starts from. The order matters: Kafka's topics only ever grow, so what
// reads the clean backlog comes before the broken one, and the live traffic last.

import { dayFromText, startOf } from '../../services/core/time.js';
import { readSettings } from '../../services/platform/config/settings.js';
import { type BacklogRun, runBacklog } from './backlog-run.js';
import { dropDatabase, type PartitionStart, quiet } from './database.js';
import type { Figures, PoisonRun } from './figures.js';
import { type FloorRun, meanFloor, runFloor } from './floor.js';
import { runGrowth } from './growth.js';
import { type History, landHistory } from './history.js';
import { runLive } from './live.js';
import type { BenchOptions } from './options.js';
import { endsOf, openProducing, type ProducedBacklog, type Producing, produceBacklog } from './produce.js';
import { queryCosts } from './query-costs.js';
import { runReplay } from './replay.js';
import type { Rig } from './rig.js';
import { startScorers, watchStretch } from './scorers.js';

type Say = (line: string) => void;

/** A Monday; everything is stored in the past of any clock. */
const FIRST_DAY = dayFromText('2025-03-03');
/** As a scorer's. */
const BATCH_ROWS = readSettings({}).landMaxRows;
const BROKEN_EVERY = 100;

interface Bench {
  readonly rig: Rig;
  readonly options: BenchOptions;
  readonly producing: Producing;
  readonly say: Say;
  readonly firstNewDay: number;
  readonly historyEndMs: number;
}

export async function measure(rig: Rig, options: BenchOptions, say: Say): Promise<Figures> {
  const producing = await openProducing(rig);
  const firstNewDay = FIRST_DAY + options.historyDays;
  const bench: Bench = { rig, options, producing, say, firstNewDay, historyEndMs: startOf(firstNewDay) };
  try {
    return await measureAll(bench);
  } finally {
    await producing.close();
  }
}

async function measureAll(bench: Bench): Promise<Figures> {
  const { rig, options, say } = bench;
  const wants = (...names: readonly ('a' | 'b' | 'b2' | 'c' | 'd' | 'f' | 'g')[]): boolean =>
    names.some((name) => options.sections.has(name));
  const { historyDays, employees } = options;

  const replay = wants('g') ? await runReplay(rig, { ...options, first: bench.firstNewDay }, say) : null;
  const history = wants('b', 'b2', 'c', 'd', 'f') ? await prepareHistory(bench) : null;
  const start = await endsOf(rig);
  const backlog = wants('a', 'b', 'b2', 'f') ? await produce(bench, 0) : NOTHING;
  const floorBefore = wants('a') ? await floorRun(bench, 'floor', start, backlog) : null;
  const run: Run = async (name, starts, events, scorers) => {
    const { historyEndMs } = bench;
    const { alertBudget } = options;
    const result = await runBacklog(rig, {
      name,
      history: HISTORY,
      starts,
      events,
      historyEndMs,
      scorers,
      alertBudget,
    });
    say(`${name}: ${perSecond(result.eventsPerSecond)}, ${Math.round(result.idle * 100)} % of the machine idle`);
    if (options.explain) for (const line of await queryCosts(rig, `bench_${name}`)) say(line);
    return result;
  };
  const two = wants('b2') ? await run('two_scorers', start, backlog.events, 2) : null;
  const one = wants('b', 'b2', 'f') ? await run('one_scorer', start, backlog.events, 1) : null;
  // On both sides of Keyhole, so that a machine that changes its pace does not make the ratio.
  const floorAfter = floorBefore && one ? await floorRun(bench, 'floor_again', start, backlog) : null;
  const floor = floorBefore && (floorAfter ? meanFloor([floorBefore, floorAfter]) : floorBefore);
  const poison = wants('f') && one !== null ? await runPoison(bench, one, run) : null;
  const { alertBudget, live: liveSizes, largeHistoryEvents } = options;
  const { historyEndMs, firstNewDay } = bench;
  const onHistory = { employees, history: HISTORY, historyEndMs, alertBudget };
  const live = wants('c')
    ? await runLive(rig, bench.producing, { ...liveSizes, ...onHistory, first: firstNewDay }, say)
    : null;
  if (live && options.explain) for (const line of await queryCosts(rig, 'bench_live')) say(line);
  const growthSizes = { ...onHistory, firstNewDay, historyEvents: history?.events ?? 0, largeHistoryEvents };
  const growth = wants('d') ? await runGrowth(rig, bench.producing, growthSizes, say) : null;
  if (history) await dropDatabase(history.ch);
  const peaks = [history?.peakMb, one?.peakMb, two?.peakMb, poison?.peakMb, live?.peakMb, growth?.peakMb];
  return {
    events: backlog.events,
    cases: backlog.cases,
    employees,
    historyEvents: history?.events ?? 0,
    historyDays,
    historyJudgedSeconds: history?.judgedSeconds ?? null,
    floor,
    one,
    two,
    poison,
    live,
    growth,
    replay,
    peakMb: Math.max(0, ...peaks.filter((mb) => mb !== undefined)),
  };
}

async function floorRun(
  { rig, say, historyEndMs }: Bench,
  name: string,
  starts: readonly PartitionStart[],
  { events, cases }: ProducedBacklog,
): Promise<FloorRun> {
  const floor = await runFloor(rig, { name, starts, events, cases, historyEndMs, batchRows: BATCH_ROWS });
  say(`${name}: ${perSecond(floor.eventsPerSecond)}`);
  return floor;
}

type Run = (name: string, starts: readonly PartitionStart[], events: number, scorers: number) => Promise<BacklogRun>;

/**
 * Between two runs over the clean backlog, so that a machine that slows down meanwhile is not taken for the price of broken records; a
 * quick bench has time for the first of them.
 */
async function runPoison(bench: Bench, before: BacklogRun, run: Run): Promise<PoisonRun> {
  const starts = await endsOf(bench.rig);
  const { events, broken } = await produce(bench, BROKEN_EVERY);
  const poisoned = await run('poison', starts, events, 1);
  if (bench.options.quick) return { ...poisoned, broken, overClean: before.seconds / poisoned.seconds };
  const startsAgain = await endsOf(bench.rig);
  const clean = await produce(bench, 0);
  const after = await run('one_scorer_again', startsAgain, clean.events, 1);
  return { ...poisoned, broken, overClean: (before.seconds + after.seconds) / 2 / poisoned.seconds };
}

const HISTORY = 'bench_history';
const NOTHING: ProducedBacklog = { events: 0, broken: 0, cases: 0 };

async function produce({ producing, options, say, firstNewDay }: Bench, brokenEvery: number): Promise<ProducedBacklog> {
  const { employees, backlogDays: days, backlogBusy: busy } = options;
  const produced = await produceBacklog(producing, { employees, first: firstNewDay, days, busy, brokenEvery });
  say(
    `backlog: ${produced.events.toLocaleString('en')} accesses and ${produced.cases.toLocaleString('en')} cases are in Kafka`,
  );
  return produced;
}

async function prepareHistory(bench: Bench): Promise<History & { peakMb: number; judgedSeconds: number }> {
  const { rig, options, say } = bench;
  const { employees, historyDays: days, alertBudget } = options;
  const history = await landHistory(rig, HISTORY, { employees, first: FIRST_DAY, days }, say);
  const groupId = 'bench-history';
  const scorers = startScorers(rig, { database: HISTORY, groupId, alertBudget, count: 1 });
  try {
    const began = await scorers.joined;
    const stretch = watchStretch(scorers);
    const { settledAt } = await scorers.settled(history.ch);
    const { cpu } = stretch();
    const judgedSeconds = (settledAt - began) / 1000;
    say(
      `history: judged in ${judgedSeconds.toFixed(1)} s; processor: scorer ${cpu.scorers.toFixed(1)} s, ` +
        `ClickHouse ${cpu.clickhouse.toFixed(1)} s`,
    );
    return { ...history, peakMb: scorers.peakMb(), judgedSeconds };
  } finally {
    await scorers.stop();
    await quiet(history.ch);
  }
}

const perSecond = (eps: number): string => `${Math.round(eps).toLocaleString('en')} events/s`;
