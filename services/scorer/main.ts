// The scorer's story: join the group, decode what comes, land it, publish dead letters, commit; and where this member holds
// partition 0 of access-log, judge. Decides how the parts are put together and in which order they stop.

import { align } from '../core/align/frontier.js';
import { KeyholeError } from '../core/errors.js';
import { FEEDS } from '../core/feeds/records.js';
import { createJudge } from '../pipeline/judge.js';
import type { JudgingConfig } from '../pipeline/judging-config.js';
import { createLander } from '../pipeline/lander.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { KafkaSettings, RegistrySettings } from '../platform/config/settings.js';
import { startHealthServer } from '../platform/http/health-server.js';
import { publishDeadLetters } from '../platform/kafka/dead-letters.js';
import { joinGroup, type TopicPartition } from '../platform/kafka/group.js';
import { createOffsets } from '../platform/kafka/offsets.js';
import { createPublisher } from '../platform/kafka/producer.js';
import { ensureTopics } from '../platform/kafka/topics.js';
import type { Logger } from '../platform/log/logger.js';
import { createOutages } from '../platform/log/outages.js';
import * as metrics from '../platform/metrics/metrics.js';
import { createCodec } from '../platform/registry/codec.js';
import { retryForever, settledWithin } from '../platform/shutdown/wait.js';
import { createBacklog } from './backlog.js';
import type { ScorerConfig } from './config.js';
import { judgeForever } from './judging.js';
import { landForever } from './landing.js';
import { createMembership, rereads } from './membership.js';
import { readProgress } from './progress.js';
import { createReader } from './reading.js';
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

/** Together below the ten seconds that a stop may take. */
const DRAIN_MS = 5_000;
const LEAVE_MS = 2_000;
const CLOSE_MS = 1_000;

/** Resolves after a graceful stop; throws the fault that no retry mends. */
export async function runScorer(options: ScorerOptions): Promise<void> {
  const { kafka, clickhouse, config, log } = options;
  const stop = new AbortController();
  const giveUp = new AbortController();
  let failure: unknown = null;
  const stopBy = (error: unknown): void => {
    failure ??= error;
    giveUp.abort();
    stop.abort();
  };
  const asked = (): void => stop.abort();
  if (options.signal.aborted) asked();
  options.signal.addEventListener('abort', asked, { once: true });

  const outages = createOutages(log);
  const persist = <T>(call: () => Promise<T>) => retryForever(call, { outages, signal: stop.signal });
  const persistToTheEnd = <T>(call: () => Promise<T>) => retryForever(call, { outages, signal: giveUp.signal });
  const offsets = createOffsets(kafka, { log });
  const publisher = createPublisher(kafka, { log });
  const membership = createMembership();
  const backlog = createBacklog({
    maxBytes: config.landMaxBytes,
    maxRows: config.landMaxRows,
    lingerMs: config.landLingerMs,
  });
  let joined = false;
  const health = await startHealthServer({
    port: config.metricsPort,
    metrics: () => metrics.registry.metrics(),
    notReady: () => [
      ...(joined ? [] : ['not yet in the consumer group']),
      ...outages.current().map((part) => `${part} is away`),
    ],
  });
  log.info({ port: health.port }, 'metrics and health on 127.0.0.1');

  try {
    await persist(() =>
      ensureTopics(kafka, {
        dryRun: false,
        partitions: config.topicPartitions,
        replication: config.topicReplication,
        log,
      }),
    );
    const cluster = await persist(() => offsets.clusterId());

    const resume = async (partitions: readonly TopicPartition[]) => {
      const [progress, committed, ends] = await persist(() =>
        Promise.all([readProgress(clickhouse, cluster), offsets.committed(config.groupId, FEEDS), offsets.ends(FEEDS)]),
      );
      membership.resume(progress);
      const again = rereads(partitions, committed, progress, ends);
      if (again.length > 0) {
        log.warn(
          { partitions: again.length },
          'the database has landed less than the group committed: reading again from there',
        );
        group.seek(again);
      }
      joined = true;
      log.info(
        { partitions: partitions.length, judges: membership.holds('access-log', 0) },
        'joined the consumer group',
      );
      return again;
    };
    let isGroupAway = false;
    const group = joinGroup(
      kafka,
      { groupId: config.groupId, log },
      createReader({
        backlog,
        membership,
        codec: createCodec(options.registry),
        resume,
        persist: (call, meanwhile) => retryForever(call, { outages, signal: stop.signal, meanwhile }),
        alive: () => {
          if (isGroupAway) outages.back('kafka_unavailable');
          isGroupAway = false;
        },
        failed: (error) => {
          if (!error.retriable) return stopBy(error);
          isGroupAway = true;
          outages.away(error);
        },
        fatal: stopBy,
        signal: stop.signal,
      }),
    );

    const landing = landForever({
      cluster,
      maxRows: config.landMaxRows,
      backlog,
      membership,
      land: (input) => lander.land(input),
      publishDeadLetters: (letters) => publishDeadLetters(publisher, letters),
      commit: (positions) => group.commit(positions),
      persist: persistToTheEnd,
    }).catch(stopUnlessGivenUp);
    const lander = createLander(clickhouse, { exclusive: false });
    const judging = judgeForever({
      hasDuty: () => membership.holds('access-log', 0),
      align: async () => {
        const ends = await offsets.ends(FEEDS);
        return align(ends, await readProgress(clickhouse, cluster));
      },
      createJudge: () =>
        createJudge(clickhouse, {
          config: options.judging,
          tell: (found) => persist(() => tellAnomalies(publisher, found)),
        }),
      persist,
      signal: stop.signal,
    }).catch(stopUnlessGivenUp);
    function stopUnlessGivenUp(error: unknown): void {
      if (!stop.signal.aborted) stopBy(error);
      else if (!giveUp.signal.aborted && !(error instanceof KeyholeError && error.retriable)) stopBy(error);
    }

    await persist(() => group.start(FEEDS));
    await aborted(stop.signal);
    group.hold();
    backlog.end();
    const drained = await settledWithin(Promise.all([landing, judging]), failure === null ? DRAIN_MS : 0);
    giveUp.abort();
    log.info(
      { drained },
      drained ? 'stored and committed all that was read' : 'stopping before all was stored: it will be read again',
    );
    await group.close(LEAVE_MS);
  } catch (error) {
    if (!stop.signal.aborted || failure !== null) failure ??= error;
  } finally {
    options.signal.removeEventListener('abort', asked);
    stop.abort();
    giveUp.abort();
    await settledWithin(Promise.all([publisher.close(), offsets.close(), health.close()]), CLOSE_MS);
  }
  if (failure !== null) throw failure;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
