// Scorers as processes of their own: started on a database and a group, watched until everything is landed and judged, stopped.
// Notes when all had joined, what processor time and memory they took, and what their own metrics said at the end.

import { setTimeout as delay } from 'node:timers/promises';
import { FEEDS } from '../../services/core/feeds/records.js';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { isSettled, readBacklog } from '../../services/platform/stack/settled.js';
import { cpuSeconds, idleShare, machineTime, peakMb } from './machine.js';
import type { Rig, Running } from './rig.js';

export interface ScorerSetup {
  readonly database: string;
  readonly groupId: string;
  readonly alertBudget: number;
  readonly count: number;
}

export interface Scorers {
  /** Resolves with the time at which every one held partitions. */
  readonly joined: Promise<number>;
  readonly processes: readonly Running[];
  /** Resolves once lag is zero and no duty is open. Rejects when a scorer ends before. */
  settled(ch: ClickHouse): Promise<Settled>;
  /** CPU seconds so far: of all scorers, of ClickHouse, of Kafka. */
  cpu(): Cpu;
  /** Largest resident set of any of them so far, MB. */
  peakMb(): number;
  /** Each scorer's metrics, as text. */
  metrics(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Times of performance.now(). */
export interface Settled {
  readonly landedAt: number;
  readonly settledAt: number;
}

export interface Cpu {
  readonly scorers: number;
  readonly clickhouse: number;
  readonly kafka: number;
}

const NEVER: Settled = { landedAt: Number.NaN, settledAt: Number.NaN };
/** Each look costs ClickHouse or Kafka some five milliseconds. */
const POLL_MS = 250;
const SAMPLE_MS = 500;
const STOP_MS = 20_000;

export function startScorers(rig: Rig, setup: ScorerSetup): Scorers {
  const ports: number[] = [];
  const held = new Array<number>(setup.count).fill(0);
  let joinedNow: (ms: number) => void = () => undefined;
  const joined = new Promise<number>((resolve) => {
    joinedNow = resolve;
  });
  const lastWords: string[] = [];
  const processes = Array.from({ length: setup.count }, (_, i) =>
    rig.start('services/cli/main.js', ['score'], envOf(rig, setup), (line) => {
      const said = parse(line);
      lastWords.push(line);
      if (lastWords.length > 5) lastWords.shift();
      if (typeof said['port'] === 'number') ports.push(said['port']);
      if (said['msg'] === 'joined the consumer group') held[i] = Number(said['partitions']);
      if (held.every((partitions) => partitions > 0)) joinedNow(performance.now());
    }),
  );
  let peak = 0;
  const sample = (): void => {
    for (const { pid } of processes) peak = Math.max(peak, peakMb(pid) || 0);
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  let stopping = false;
  const died = Promise.race(processes.map(({ ended }) => ended)).then((code) => {
    if (!stopping) throw new Error(`a scorer ended with ${code}; it said last:\n${lastWords.join('\n')}`);
  });
  died.catch(() => undefined);

  return {
    joined: Promise.race([joined, died.then(() => joined)]),
    processes,
    settled: (ch) => Promise.race([settle(rig, ch, setup.groupId), died.then(() => NEVER)]),
    cpu: () => ({
      scorers: processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
      clickhouse: cpuSeconds(rig.pidOf('ClickHouse')),
      kafka: cpuSeconds(rig.pidOf('Kafka')),
    }),
    peakMb() {
      sample();
      return peak;
    },
    metrics: () => Promise.all(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())),
    async stop() {
      stopping = true;
      sample();
      clearInterval(sampling);
      for (const one of processes) one.end();
      const late = setTimeout(() => {
        for (const one of processes) one.end('SIGKILL');
      }, STOP_MS);
      await Promise.all(processes.map(({ ended }) => ended));
      clearTimeout(late);
    },
  };
}

/** When it was seen that everything published has been landed and judged. */
async function settle(rig: Rig, ch: ClickHouse, groupId: string): Promise<Settled> {
  const kafka = { brokers: rig.stack.kafkaBrokers };
  // Cheap questions until they are answered; what "settled" means is then asked of its owner.
  const ends = await rig.offsets.ends(FEEDS);
  const highs = new Map(ends.map(({ topic, partition, low, high }) => [`${topic}/${partition}`, { low, high }]));
  for (;;) {
    const committed = await rig.offsets.committed(groupId, FEEDS);
    const behind = committed.some(({ topic, partition, offset }) => {
      const end = highs.get(`${topic}/${partition}`);
      return end !== undefined && BigInt(offset ?? end.low) < BigInt(end.high);
    });
    if (!behind) break;
    await delay(POLL_MS);
  }
  const landedAt = performance.now();
  for (;;) {
    if ((await openDuties(ch)) === 0 && isSettled(await readBacklog(kafka, ch, groupId))) break;
    await delay(POLL_MS);
  }
  return { landedAt, settledAt: performance.now() };
}

async function openDuties(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.landings FINAL WHERE done = 0');
  return Number(row?.n ?? 0);
}

function envOf(rig: Rig, { database, groupId, alertBudget }: ScorerSetup): NodeJS.ProcessEnv {
  const { url, user, password } = rig.settingsOf(database);
  return {
    KEYHOLE_KAFKA_BROKERS: rig.stack.kafkaBrokers.join(','),
    KEYHOLE_SCHEMA_REGISTRY_URL: rig.stack.registryUrl,
    KEYHOLE_CLICKHOUSE_URL: url,
    KEYHOLE_CLICKHOUSE_USER: user,
    KEYHOLE_CLICKHOUSE_PASSWORD: password,
    KEYHOLE_CLICKHOUSE_DATABASE: database,
    KEYHOLE_GROUP_ID: groupId,
    KEYHOLE_ALERT_BUDGET: String(alertBudget),
  };
}

function parse(line: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? { ...said } : {};
  } catch {
    return {};
  }
}

/** Processor time and idle share of a stretch of time. */
export function watchStretch(scorers: Scorers): () => { readonly cpu: Cpu; readonly idle: number } {
  const before = scorers.cpu();
  const since = machineTime();
  return () => {
    const now = scorers.cpu();
    return {
      cpu: {
        scorers: now.scorers - before.scorers,
        clickhouse: now.clickhouse - before.clickhouse,
        kafka: now.kafka - before.kafka,
      },
      idle: idleShare(since),
    };
  };
}
