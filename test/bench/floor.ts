// Runs the floor's consumer over the backlog into an empty database of its own, and says how fast it was.

import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { beginAt, createDatabase, dropDatabase, type PartitionStart, quiet } from './database.js';
import { cpuSeconds, idleShare, machineTime } from './machine.js';
import type { Rig } from './rig.js';

export interface FloorRun {
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly idle: number;
  /** Processor seconds; the consumer's with its start. */
  readonly cpu: { readonly consumer: number; readonly clickhouse: number; readonly kafka: number };
}

export interface FloorOptions {
  readonly name: string;
  readonly starts: readonly PartitionStart[];
  readonly events: number;
  readonly cases: number;
  readonly historyEndMs: number;
  readonly batchRows: number;
}

export async function runFloor(rig: Rig, options: FloorOptions): Promise<FloorRun> {
  const database = `bench_${options.name}`;
  const groupId = `bench-${options.name}`;
  const ch = await createDatabase(rig, database);
  try {
    await beginAt(rig, ch, groupId, options.starts, options.historyEndMs);
    await quiet(ch);
    const since = machineTime();
    const others = () => ({
      clickhouse: cpuSeconds(rig.pidOf('ClickHouse')),
      kafka: cpuSeconds(rig.pidOf('Kafka')),
    });
    const before = others();
    const log: string[] = [];
    const args = [
      ...[rig.stack.kafkaBrokers.join(','), rig.stack.registryUrl, JSON.stringify(rig.settingsOf(database))],
      ...[groupId, String(options.events + options.cases), String(options.batchRows)],
    ];
    const consumer = rig.start('test/bench/floor-consumer.js', args, {}, (line) => log.push(line));
    if ((await consumer.ended) !== 0) throw new Error(`the floor's consumer failed: ${log.join('; ')}`);
    const idle = idleShare(since);
    const after = others();
    const said: { seconds: number; rows: number; cpu: number } = JSON.parse(await consumer.stdout);
    await mustHold(ch, said.rows, options);
    const cpu = {
      consumer: said.cpu,
      clickhouse: after.clickhouse - before.clickhouse,
      kafka: after.kafka - before.kafka,
    };
    return { eventsPerSecond: options.events / said.seconds, seconds: said.seconds, idle, cpu };
  } finally {
    await dropDatabase(ch);
  }
}

async function mustHold(ch: ClickHouse, inserted: number, { events, cases }: FloorOptions): Promise<void> {
  const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.access_events FINAL');
  if (inserted !== events + cases || Number(row?.n) !== events)
    throw new Error(`the floor stored ${row?.n} of ${events} events: its figure would mean nothing`);
}

/** Of runs over the same backlog. */
export function meanFloor(runs: readonly [FloorRun, ...FloorRun[]]): FloorRun {
  const mean = (of: (run: FloorRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const seconds = mean((run) => run.seconds);
  return {
    eventsPerSecond: (runs[0].eventsPerSecond * runs[0].seconds) / seconds,
    seconds,
    idle: mean((run) => run.idle),
    cpu: {
      consumer: mean((run) => run.cpu.consumer),
      clickhouse: mean((run) => run.cpu.clickhouse),
      kafka: mean((run) => run.cpu.kafka),
    },
  };
}
