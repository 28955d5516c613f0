// One run of one or several scorers over the backlog in Kafka, on a fresh copy of the judged history: events a second from the
// moment that all scorers hold partitions until everything is landed and judged.

import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { beginAt, copyDatabase, dropDatabase, type PartitionStart, quiet } from './database.js';
import type { Rig } from './rig.js';
import { type Cpu, startScorers, watchStretch } from './scorers.js';

export interface BacklogRunOptions {
  readonly name: string;
  /** Database that is copied. */
  readonly history: string;
  readonly starts: readonly PartitionStart[];
  /** Records of access-log from `starts` on. */
  readonly events: number;
  readonly historyEndMs: number;
  readonly scorers: number;
  readonly alertBudget: number;
}

export interface BacklogRun {
  readonly eventsPerSecond: number;
  readonly seconds: number;
  /** Seconds until everything was landed: what is left is judging. */
  readonly landedSeconds: number;
  readonly cpu: Cpu;
  readonly idle: number;
  readonly peakMb: number;
  /** Seconds in each stage, over all scorers. */
  readonly stages: Readonly<Record<string, number>>;
  readonly openAnomalies: number;
}

export async function runBacklog(rig: Rig, options: BacklogRunOptions): Promise<BacklogRun> {
  const database = `bench_${options.name}`;
  const groupId = `bench-${options.name}`;
  const ch = await copyDatabase(rig, options.history, database);
  try {
    await beginAt(rig, ch, groupId, options.starts, options.historyEndMs);
    await quiet(ch);
    const { alertBudget, scorers: count } = options;
    const scorers = startScorers(rig, { database, groupId, alertBudget, count });
    try {
      const began = await scorers.joined;
      const stretch = watchStretch(scorers);
      const before = count === 1 ? 0 : await landedSoFar(ch, options.historyEndMs);
      const { landedAt, settledAt } = await scorers.settled(ch);
      const { cpu, idle } = stretch();
      const seconds = (settledAt - began) / 1000;
      return {
        eventsPerSecond: (options.events - before) / seconds,
        seconds,
        landedSeconds: (landedAt - began) / 1000,
        cpu,
        idle,
        peakMb: scorers.peakMb(),
        stages: stageSeconds(await scorers.metrics()),
        openAnomalies: await countOpen(ch),
      };
    } finally {
      await scorers.stop();
    }
  } finally {
    await dropDatabase(ch);
  }
}

/** The first of several scorers may have begun before the last has joined. */
async function landedSoFar(ch: ClickHouse, sinceMs: number): Promise<number> {
  const [row] = await ch.query<{ n: string }>(
    `SELECT count() AS n FROM {db}.access_events WHERE occurred_at >= fromUnixTimestamp64Milli(${sinceMs})`,
  );
  return Number(row?.n ?? 0);
}

async function countOpen(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ n: string }>("SELECT count() AS n FROM {db}.anomalies WHERE status = 'open'");
  return Number(row?.n ?? 0);
}

/** Of the histogram keyhole_stage_seconds. */
export function stageSeconds(metrics: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const text of metrics) {
    for (const [, stage = '', value] of text.matchAll(/^keyhole_stage_seconds_sum\{stage="([^"]+)"\} (\S+)$/gm))
      sums[stage] = (sums[stage] ?? 0) + Number(value);
  }
  return sums;
}
