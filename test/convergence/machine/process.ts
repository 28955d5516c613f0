// A scorer as a process of the model: the scorer's own landing loop, membership and resumption, fed by the model of the log instead
// of Kafka, and its judge, one round after the other. Everything it knows is lost when it is killed.

import { type Alignment, align, type PartitionProgress } from '../../../services/core/align/frontier.js';
import type { Chance } from '../../../services/core/detections/cases/chance.js';
import { KeyholeError } from '../../../services/core/errors.js';
import type { LandInput, LandSummary } from '../../../services/pipeline/lander.js';
import type { ProgressRow } from '../../../services/pipeline/store/fact-store.js';
import type { Position, TopicPartition } from '../../../services/platform/kafka/group.js';
import { silentLogger } from '../../../services/platform/log/logger.js';
import type { Backlog, Part } from '../../../services/scorer/backlog.js';
import { type LandingPorts, landForever } from '../../../services/scorer/landing.js';
import { createMembership } from '../../../services/scorer/membership.js';
import { createResume } from '../../../services/scorer/resuming.js';
import type { Member, ModelLog } from './log.js';
import type { Schedule } from './schedule.js';

export const CLUSTER = 'model';

/** What a process does to the outside, every call of which waits for its turn. */
export interface Engine {
  land(input: LandInput): Promise<LandSummary>;
  recordProgress(rows: readonly ProgressRow[]): Promise<void>;
  progress(): Promise<PartitionProgress[]>;
  /** One round of a judge that was made for this process; true if there was something to do. */
  judge(frontierMs: number): Promise<boolean>;
  /** The next round is that of a new judge, which knows nothing. */
  forgetJudge(): void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly log: ModelLog;
  readonly schedule: Schedule;
  readonly chance: Chance;
  /** records of one partition in a batch, at most */
  readonly maxBatch: number;
  readonly engine: Engine;
  /** What has happened so far: a judge without work waits until this has grown. */
  happenings(): number;
  /** How the landing loop's ports are changed by a test that breaks them. */
  readonly spoil?: (ports: LandingPorts) => LandingPorts;
  /** For good: the run is over. */
  fail(error: unknown): void;
}

export function startProcess(options: ProcessOptions): void {
  const { name, log, schedule, chance, engine } = options;
  const membership = createMembership();
  const positions = new Map<string, number>();
  const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
  let held: readonly TopicPartition[] = [];
  let isFresh = false;

  const member: Member = {
    name,
    assigned(partitions) {
      membership.begin(partitions);
      held = partitions;
      isFresh = true;
      positions.clear();
      for (const one of partitions) positions.set(keyOf(one), log.committedOf(one));
    },
  };
  const persist = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof KeyholeError && error.retriable)) throw error;
      }
    }
  };
  const ask = <T>(label: string, effect: () => T): Promise<T> => schedule.turn(name, label, effect);
  const resume = createResume({
    membership,
    committed: () => ask('committed', () => log.committed()),
    ends: () => ask('ends', () => log.ends()),
    progress: () => engine.progress(),
    seek: (again) => {
      for (const one of again) positions.set(keyOf(one), Number(one.offset));
    },
    persist,
    log: silentLogger,
  });

  const hasMore = (): boolean => held.some((one) => (positions.get(keyOf(one)) ?? 0) < log.lengthOf(one));

  async function take(): Promise<readonly Part[]> {
    for (;;) {
      await schedule.wait(name, 'take', () => !log.isMember(name) || isFresh || hasMore());
      if (!log.isMember(name)) {
        log.join(member);
        continue;
      }
      if (isFresh) {
        isFresh = false;
        await resume(held);
        continue;
      }
      const parts = cut();
      if (parts.length > 0) return parts;
    }
  }

  /** A few stretches of some of the partitions. */
  function cut(): Part[] {
    const parts: Part[] = [];
    for (const one of held) {
      const position = positions.get(keyOf(one)) ?? 0;
      if (position >= log.lengthOf(one) || (parts.length > 0 && chance.below(2) === 0)) continue;
      const stretch = log.read(one, position, 1 + chance.below(options.maxBatch));
      positions.set(keyOf(one), Number(stretch.nextOffset));
      parts.push({ ...stretch, epoch: membership.epoch, bytes: 1 });
    }
    return parts;
  }

  const ports: LandingPorts = {
    cluster: CLUSTER,
    maxRows: 1_000,
    backlog: backlogOf(take),
    membership,
    land: (input) => engine.land(input),
    recordProgress: (rows) => engine.recordProgress(rows),
    publishDeadLetters: (letters) => ask('publish dead letters', () => void letters),
    commit: (ends: readonly Position[]) => {
      const generation = log.generationOf(name);
      return ask('commit', () => log.commit(generation, ends));
    },
    persist,
  };

  async function judgeForever(): Promise<void> {
    let idleSince = -1;
    for (;;) {
      const isDue = (): boolean => membership.holds('access-log', 0) && options.happenings() !== idleSince;
      await schedule.wait(name, 'judge', isDue);
      if (!membership.holds('access-log', 0)) {
        engine.forgetJudge();
        continue;
      }
      const before = options.happenings();
      const ends = await persist(() => ask('judge ends', () => log.ends()));
      const { frontierMs }: Alignment = align(ends, await persist(() => engine.progress()));
      const worked = frontierMs !== Number.NEGATIVE_INFINITY && (await persist(() => engine.judge(frontierMs)));
      idleSince = worked ? -1 : before;
    }
  }

  landForever(options.spoil?.(ports) ?? ports).catch(options.fail);
  judgeForever().catch(options.fail);
}

/** Hands over what is taken at that moment; keeps nothing. */
const backlogOf = (take: () => Promise<readonly Part[]>): Backlog => ({
  bytes: 0,
  room: async () => undefined,
  add: () => undefined,
  take,
  release: () => undefined,
  dropBefore: () => undefined,
  end: () => undefined,
});
