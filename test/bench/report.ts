// The bench's figures as a table for people and as one line of JSON for programs. Decides how they are rounded and named.

import { availableParallelism } from 'node:os';
import { createStyle } from '../../services/platform/terminal/style.js';
import { tableLines } from '../../services/platform/terminal/table.js';
import type { BacklogRun } from './backlog-run.js';
import type { Figures } from './figures.js';
import type { FloorRun } from './floor.js';

interface Row {
  readonly what: string;
  readonly value: string;
  readonly beside: string;
}

const thousands = (n: number): string => Math.round(n).toLocaleString('en');
const ratio = (a: number | undefined, b: number | undefined): number | null =>
  a === undefined || b === undefined || b === 0 ? null : round(a / b, 3);
const round = (n: number, digits: number): number => Number(n.toFixed(digits));

export function table(figures: Figures): string {
  const style = createStyle(process.stdout, process.env);
  const lines = tableLines<Row>(
    [
      { title: 'measured', cell: (row) => row.what },
      { title: 'figure', cell: (row) => row.value, align: 'right' },
      { title: 'beside', cell: (row) => row.beside },
    ],
    rowsOf(figures),
    style,
  );
  return [...lines].join('');
}

function rowsOf({ floor, one, two, poison, live, growth, replay, ...figures }: Figures): Row[] {
  const rows: Row[] = [];
  const add = (what: string, value: string, beside = ''): void => {
    rows.push({ what, value, beside });
  };
  if (figures.historyJudgedSeconds !== null)
    add(
      'history',
      `${thousands(figures.historyEvents)} events`,
      `${thousands(figures.employees)} employees, ${figures.historyDays} days, judged in ${figures.historyJudgedSeconds.toFixed(1)} s`,
    );
  if (floor)
    add('floor: decode and insert', `${thousands(floor.eventsPerSecond)}/s`, besideFloor(floor, figures.events));
  if (one) add('Keyhole, one scorer', `${thousands(one.eventsPerSecond)}/s`, besideRun(one, figures.events));
  if (floor && one) add('  of the floor', String(ratio(one.eventsPerSecond, floor.eventsPerSecond)), 'at least 0.6');
  if (one && two) {
    add('Keyhole, two scorers', `${thousands(two.eventsPerSecond)}/s`, besideRun(two, figures.events));
    add('  of one scorer', String(ratio(two.eventsPerSecond, one.eventsPerSecond)), limitOf(two));
  }
  if (one && poison) {
    add(
      'one in a hundred broken',
      `${thousands(poison.eventsPerSecond)}/s`,
      `${thousands(poison.broken)} dead letters`,
    );
    add('  of the clean backlog', String(round(poison.overClean, 3)), 'at least 0.95');
  }
  if (live) {
    const rests = `${live.found} of ${live.planted} offences found, ${thousands(live.eventsPerSecond)} events/s`;
    add('live, median', `${thousands(live.p50Ms)} ms`, rests);
    add(
      'live, 99th percentile',
      `${thousands(live.p99Ms)} ms`,
      `at most 2,000; the poll takes ${live.pollMs.toFixed(0)} ms`,
    );
  }
  if (growth) {
    add(
      'cost at the small history',
      `${growth.smallUs.toFixed(1)} µs`,
      `${thousands(growth.smallEvents)} events stored`,
    );
    add(
      'cost at the large history',
      `${growth.largeUs.toFixed(1)} µs`,
      `${thousands(growth.largeEvents)} events stored`,
    );
    add(
      '  growth',
      String(round(growth.largeUs / growth.smallUs, 3)),
      `at most 1.25; wall ${round(growth.wallRatio, 3)}`,
    );
  }
  if (figures.peakMb > 0) add('scorer memory, most', `${thousands(figures.peakMb)} MB`, 'at most 512');
  if (replay)
    add('replay of a case folder', `${thousands(replay.eventsPerSecond)}/s`, `${thousands(replay.events)} events`);
  return rows;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const each = (seconds: number, events: number): string => `${((seconds / events) * 1e6).toFixed(1)} µs`;

function besideFloor({ idle, cpu }: FloorRun, events: number): string {
  const us = (seconds: number): string => each(seconds, events);
  return `${percent(idle)} idle; an event costs consumer ${us(cpu.consumer)}, ClickHouse ${us(cpu.clickhouse)}, Kafka ${us(cpu.kafka)}`;
}

function besideRun(run: BacklogRun, events: number): string {
  const us = (seconds: number): string => each(seconds, events);
  const { scorers, clickhouse, kafka } = run.cpu;
  return `${percent(run.idle)} idle; an event costs scorer ${us(scorers)}, ClickHouse ${us(clickhouse)}, Kafka ${us(kafka)}; landed after ${run.landedSeconds.toFixed(1)} of ${run.seconds.toFixed(1)} s`;
}

/** Below a tenth of idle time, more processes cannot be faster on this machine. */
const limitOf = (run: BacklogRun): string =>
  run.idle < 0.1 ? `the machine is the limit: ${percent(run.idle)} idle` : `at least 1.3; ${percent(run.idle)} idle`;

export function jsonLine(figures: Figures, tookMs: number): string {
  const { floor, one, two, poison, live, growth, replay } = figures;
  const rounded = (n: number | undefined): number | null => (n === undefined ? null : Math.round(n));
  return JSON.stringify({
    floor_eps: rounded(floor?.eventsPerSecond),
    keyhole_eps: rounded(one?.eventsPerSecond),
    keyhole_over_floor: ratio(one?.eventsPerSecond, floor?.eventsPerSecond),
    two_over_one: ratio(two?.eventsPerSecond, one?.eventsPerSecond),
    live_p50_ms: rounded(live?.p50Ms),
    live_p99_ms: rounded(live?.p99Ms),
    growth_20m_over_1m: growth ? round(growth.largeUs / growth.smallUs, 3) : null,
    max_scorer_rss_mb: figures.peakMb > 0 ? Math.ceil(figures.peakMb) : null,
    poison_over_clean: poison && round(poison.overClean, 3),
    replay_eps: rounded(replay?.eventsPerSecond),
    cores: availableParallelism(),
    at: new Date().toISOString(),
    took_s: Math.round(tookMs / 1000),
    employees: figures.employees,
    history_events: figures.historyEvents,
    history_judged_s: figures.historyJudgedSeconds === null ? null : round(figures.historyJudgedSeconds, 1),
    backlog_events: figures.events,
    backlog_cases: figures.cases,
    cpu_over_floor: floor && one && round(cpuOf(one) / (floor.cpu.consumer + floor.cpu.clickhouse), 3),
    floor: floor && {
      seconds: round(floor.seconds, 2),
      idle: round(floor.idle, 3),
      cpu_consumer_s: round(floor.cpu.consumer, 2),
      cpu_clickhouse_s: round(floor.cpu.clickhouse, 2),
      cpu_kafka_s: round(floor.cpu.kafka, 2),
    },
    one: one && runLine(one),
    two: two && runLine(two),
    poison: poison && { ...runLine(poison), broken: poison.broken },
    live: live && {
      planted: live.planted,
      found: live.found,
      suspect_before: live.suspectBefore,
      max_ms: Math.round(live.maxMs),
      eps: Math.round(live.eventsPerSecond),
      polls: live.polls,
      poll_ms: round(live.pollMs, 1),
      idle: round(live.idle, 3),
      stages_s: roundAll(live.stages),
    },
    growth: growth && {
      small_events: growth.smallEvents,
      large_events: growth.largeEvents,
      small_us: round(growth.smallUs, 1),
      large_us: round(growth.largeUs, 1),
      wall_ratio: round(growth.wallRatio, 3),
      large_judged_s: round(growth.largeJudgedSeconds, 1),
    },
  });
}

/** Of scorers and database: tells more than the clock where others use the machine too. */
const cpuOf = ({ cpu }: BacklogRun): number => cpu.scorers + cpu.clickhouse;

const runLine = (run: BacklogRun) => ({
  eps: Math.round(run.eventsPerSecond),
  seconds: round(run.seconds, 2),
  landed_s: round(run.landedSeconds, 2),
  idle: round(run.idle, 3),
  cpu_scorers_s: round(run.cpu.scorers, 2),
  cpu_clickhouse_s: round(run.cpu.clickhouse, 2),
  cpu_kafka_s: round(run.cpu.kafka, 2),
  rss_mb: Math.ceil(run.peakMb),
  open_anomalies: run.openAnomalies,
  stages_s: roundAll(run.stages),
});

const roundAll = (stages: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(stages).map(([stage, seconds]) => [stage, round(seconds, 2)]));
