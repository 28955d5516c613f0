// The scorer's story: join the group, decode what comes, land it, publish dead letters, commit; and where this member holds
// partition 0 of access-log, judge. Decides how the parts are put together and in which order they stop.

import { align } from '../core/align/frontier.js';
import { FEEDS } from '../core/feeds/records.js';
import { createJudge } from '../pipeline/judge.js';
import type { JudgingConfig } from '../pipeline/judging-config.js';
import { createLander } from '../pipeline/lander.js';
import { readProgress } from '../pipeline/progress.js';
import { createClickHouseFactStore } from '../pipeline/store/fact-store-clickhouse.js';
import { clickHouseJudgeStore } from '../pipeline/store/judge-store-clickhouse.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { KafkaSettings, RegistrySettings } from '../platform/config/settings.js';
import { startHealthServer } from '../platform/http/health-server.js';
import { publishDeadLetters } from '../platform/kafka/dead-letters.js';
import { type Group, joinGroup } from '../platform/kafka/group.js';
import { createOffsets, type Offsets } from '../platform/kafka/offsets.js';
import { createPublisher, type Publisher } from '../platform/kafka/producer.js';
import { ensureTopics } from '../platform/kafka/topics.js';
import type { Logger } from '../platform/log/logger.js';
import { createOutages, type Outages } from '../platform/log/outages.js';
import * as metrics from '../platform/metrics/metrics.js';
import { createCodec } from '../platform/registry/codec.js';
import { type Bell, createBell, settledWithin } from '../platform/shutdown/wait.js';
import { type Backlog, createBacklog } from './backlog.js';
import type { ScorerConfig } from './config.js';
import { guardBacklog, storedDeadLetters } from './guard.js';
import { judgeForever } from './judging.js';
import { landForever } from './landing.js';
import { createLife, type Life } from './life.js';
import { createMembership, type Membership } from './membership.js';
import { type Probe, probeForever } from './probing.js';
import { createReader } from './reading.js';
import { createResume } from './resuming.js';
import { tellAnomalies } from './telling.js';

export interface ScorerOptions {
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
  readonly clickhouse: ClickHouse;
  readonly config: ScorerConfig;
  readonly judging: JudgingConfig;
  readonly log: Logger;
  /** Asks for a graceful stop. */
  readonly signal: AbortSignal;
}

/** What the loops share. */
interface Parts {
  readonly life: Life;
  readonly outages: Outages;
  readonly offsets: Offsets;
  readonly publisher: Publisher;
  readonly membership: Membership;
  readonly backlog: Backlog;
  /** Why the dead-letter breaker has stopped the landing; empty while it has not. */
  readonly tripped: string[];
  /** Rung by the landing, heard by the judge. */
  readonly landed: Bell;
}

/** Live, a landing takes a third of this: the machine has the rest, and nothing waits longer than this for its landing. */
const LAND_PACE_MS = 500;
/** Together below the ten seconds that a stop may take. */
const DRAIN_MS = 5_000;
const LEAVE_MS = 2_000;
const CLOSE_MS = 1_000;

/** Resolves after a graceful stop; throws the fault that no retry mends. */
const REGISTRY_PATIENCE_MS = 4_000;

export async function runScorer(options: ScorerOptions): Promise<void> {
  const { kafka, config, log } = options;
  const outages = createOutages(log);
  const life = createLife(options.signal, outages);
  const membership = createMembership();
  const tripped: string[] = [];
  const health = await startHealthServer({
    port: config.metricsPort,
    metrics: () => metrics.registry.metrics(),
    notReady: () => [
      ...(membership.epoch > 0 ? [] : ['not yet in the consumer group']),
      ...outages.current().map((part) => `${part} is away`),
      ...tripped,
    ],
  });
  log.info({ port: health.port }, 'metrics and health on 127.0.0.1');
  const offsets = createOffsets(kafka, { log });
  const publisher = createPublisher(kafka, { log });
  const backlog = createBacklog({
    maxBytes: config.landMaxBytes,
    maxRows: config.landMaxRows,
    lingerMs: config.landLingerMs,
    paceMs: LAND_PACE_MS,
  });
  await score(options, { life, outages, offsets, publisher, membership, backlog, tripped, landed: createBell() }).catch(
    life.loopEnded,
  );
  await settledWithin(Promise.all([publisher.close(), offsets.close(), health.close()]), CLOSE_MS);
  life.end();
}

async function score(options: ScorerOptions, parts: Parts): Promise<void> {
  const { life, offsets, backlog } = parts;
  const { topicPartitions: partitions, topicReplication: replication } = options.config;
  await life.persist(() => ensureTopics(options.kafka, { dryRun: false, partitions, replication, log: options.log }));
  const cluster = await life.persist(() => offsets.clusterId());
  const group = createGroup(options, parts, cluster);
  const probing = probeForever(probesOf(options, offsets), parts.outages, life.stopping);
  const landing = land(options, parts, cluster, group).catch(life.loopEnded);
  const judging = judge(options, parts, cluster).catch(life.loopEnded);
  await life.persist(() => group.start(FEEDS)).catch(life.loopEnded);

  await life.stopped();
  group.hold();
  backlog.end();
  const settled = await settledWithin(Promise.all([landing, judging]), life.hasFailed ? 0 : DRAIN_MS);
  const drained = settled && parts.tripped.length === 0;
  life.stopDraining();
  await probing;
  options.log.info(
    { drained },
    drained ? 'stored all that was read' : 'stopped before all was stored: it is read again',
  );
  await group.close(LEAVE_MS);
}

function createGroup(options: ScorerOptions, parts: Parts, cluster: string): Group {
  const { life, outages, backlog, membership } = parts;
  const { kafka, clickhouse, config, log } = options;
  const codec = createCodec(options.registry);
  let isAway = false;
  const resume = createResume({
    membership,
    committed: () => parts.offsets.committed(config.groupId, FEEDS),
    ends: () => parts.offsets.ends(FEEDS),
    progress: () => readProgress(clickhouse, cluster),
    seek: (positions) => group.seek(positions),
    persist: life.persist,
    log,
  });
  const reader = createReader({
    backlog,
    membership,
    codec,
    resume,
    persist: life.persist,
    alive: () => {
      if (isAway) outages.back('kafka_unavailable');
      isAway = false;
    },
    failed: (error) => {
      if (!error.retriable) return life.fail(error);
      isAway = true;
      outages.away(error);
    },
    fatal: life.loopEnded,
    signal: life.stopping,
  });
  const group = joinGroup(kafka, { groupId: config.groupId, log }, reader);
  return group;
}

function land(options: ScorerOptions, parts: Parts, cluster: string, group: Group): Promise<void> {
  const lander = createLander(createClickHouseFactStore(options.clickhouse));
  return landForever({
    cluster,
    maxRows: options.config.landMaxRows,
    backlog: guarded(options, parts, group),
    membership: parts.membership,
    land: async (input) => {
      const summary = await lander.land(input);
      parts.landed.ring();
      return summary;
    },
    recordProgress: (rows) => lander.recordProgress(rows),
    publishDeadLetters: (letters) => publishDeadLetters(parts.publisher, letters),
    commit: (positions) => group.commit(positions),
    persist: parts.life.persistDraining,
  });
}

/**
 * Once the breaker has tripped, this scorer stays: alive, not ready, its partitions held and unread. Were it to end, an orchestrator
 * would start it again for ever, and its partitions would go round among the others, each of which trips over the same records.
 */
function guarded({ clickhouse, config, log }: ScorerOptions, { backlog, life, tripped }: Parts, group: Group): Backlog {
  const readStored = storedDeadLetters(clickhouse);
  return guardBacklog(backlog, {
    limits: config.deadLetterLimits,
    readStored: (...place) => life.persistDraining(() => readStored(...place)),
    tripped: (error) => {
      group.hold();
      tripped.push(error.message);
      metrics.breakerOpen.set(1);
      log.error(error.message);
      void life.stopped().then(() => life.fail(error));
    },
  });
}

function judge({ clickhouse, judging }: ScorerOptions, parts: Parts, cluster: string): Promise<void> {
  const { life, offsets, publisher, membership } = parts;
  return judgeForever({
    hasDuty: () => membership.holds('access-log', 0),
    align: async () => {
      const ends = await offsets.ends(FEEDS);
      return align(ends, await readProgress(clickhouse, cluster));
    },
    createJudge: () =>
      createJudge(clickHouseJudgeStore(clickhouse), {
        config: judging,
        isLive: true,
        tell: (findings) => life.persist(() => tellAnomalies({ publisher, clickhouse }, findings)),
      }),
    persist: life.persist,
    landed: parts.landed,
    signal: life.stopping,
  });
}

function probesOf({ clickhouse, registry }: ScorerOptions, offsets: Offsets): Probe[] {
  return [
    { code: 'clickhouse_unavailable', part: 'ClickHouse', answers: () => clickhouse.ping() },
    { code: 'kafka_unavailable', part: 'Kafka', answers: async () => (await offsets.clusterId()) !== '' },
    {
      code: 'registry_unavailable',
      part: 'the schema registry',
      // Any answer will do: whether the credentials are right is found out by whoever asks for a schema.
      answers: async () =>
        (await fetch(registry.url, { signal: AbortSignal.timeout(REGISTRY_PATIENCE_MS) })).status > 0,
    },
  ];
}
