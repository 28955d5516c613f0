// One run: records are produced a few at a time while processes come, go, crash and sleep, until nothing is left to do. What is
// stored behind it, a model or a real database, is the backend's business.

import { type Chance, chance } from '../../../services/core/detections/cases/chance.js';
import { KeyholeError } from '../../../services/core/errors.js';
import { contentRank } from '../../../services/core/feeds/canonical.js';
import { messageKey } from '../../../services/core/feeds/identity.js';
import { ensure } from '../../../services/core/maps.js';
import type { LandingPorts } from '../../../services/scorer/landing.js';
import type { Delivery } from '../world/arrival.js';
import type { MachineSpec } from '../world/spec.js';
import { type Entry, ModelLog } from './log.js';
import { type Engine, startProcess } from './process.js';
import { type Fault, LAST, OUTSIDE, Schedule } from './schedule.js';
import type { GiveTurn } from './turns.js';

export interface Backend {
  /** What one process works with; every call that leaves it waits for `turn`, the judge's under a label that begins with JUDGE. */
  engine(turn: GiveTurn): Engine;
  /** After each turn: what must hold at every moment. @throws where it does not */
  check?(log: ModelLog): void;
}

export const JUDGE = 'judge';

export interface RunSummary {
  readonly log: ModelLog;
  readonly turns: number;
  readonly faults: Readonly<Record<Fault, number>>;
  readonly processes: number;
}

export interface RunOptions {
  readonly spoil?: (ports: LandingPorts) => LandingPorts;
  readonly maxTurns?: number;
}

export async function runMachine(
  spec: MachineSpec,
  deliveries: readonly Delivery[],
  backend: Backend,
  options: RunOptions = {},
): Promise<RunSummary> {
  const random = chance(spec.seed);
  const log = new ModelLog(spec.partitions);
  const schedule = new Schedule(random, spec.faults, refusal);
  const failures: unknown[] = [];
  let happenings = 0;
  let processes = 0;

  const start = (): void => {
    const name = `process-${processes++}`;
    const engine = backend.engine((label, effect) => schedule.turn(name, label, effect));
    const fail = (error: unknown): void => void failures.push(error);
    const { maxBatch } = spec;
    startProcess({
      ...{ name, log, schedule, chance: random, maxBatch, engine, fail },
      happenings: () => happenings,
      ...(options.spoil ? { spoil: options.spoil } : {}),
    });
  };
  const startLater = (): void => void schedule.turn(OUTSIDE, 'start', start);
  const produce = async (): Promise<void> => {
    for (let from = 0; from < deliveries.length; ) {
      const most = 1 + random.below(spec.produced);
      const some = deliveries.slice(from, from + most);
      from += some.length;
      await schedule.turn(OUTSIDE, spec.isPatient ? LAST : 'produce', () => {
        for (const one of some) log.append(entryOf(one, spec, random));
      });
    }
  };

  for (let i = 0; i < spec.processes; i++) start();
  for (let i = 0; i < spec.joining; i++) startLater();
  produce().catch((error: unknown) => failures.push(error));
  await schedule.run(
    {
      killed(process) {
        log.leave(process);
        startLater();
      },
      frozen: (process) => void log.leave(process),
      moved(_process, label) {
        if (!label.startsWith(JUDGE)) happenings++;
        const [failure] = failures;
        if (failure !== undefined) throw failure;
        backend.check?.(log);
      },
    },
    options.maxTurns ?? 20_000,
  );
  if (failures.length > 0) throw failures[0];
  for (const one of log.partitions) {
    if (log.committedOf(one) !== log.lengthOf(one))
      throw new Error(`${one.topic}/${one.partition} was not read to its end`);
  }
  return { log, turns: schedule.turns, faults: schedule.seen, processes };
}

const refusal = (): Error => new KeyholeError('clickhouse_unavailable', 'away', { retriable: true });

function entryOf(delivery: Delivery, { partitions }: MachineSpec, random: Chance): Entry {
  if (delivery === null) return { feed: 'access-log', partition: random.below(partitions), value: null };
  const { feed, record } = delivery;
  const partition = feed === 'access-log' ? partitionOf(messageKey(feed, record), partitions) : 0;
  return { feed, partition, value: { record, rank: rankOf(delivery) } };
}

const ranks = new WeakMap<NonNullable<Delivery>, number>();
const rankOf = (delivery: NonNullable<Delivery>): number =>
  ensure(ranks, delivery, () => contentRank(delivery.feed, delivery.record));

function partitionOf(key: string, partitions: number): number {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + character.charCodeAt(0)) % 65_521;
  return sum % partitions;
}
