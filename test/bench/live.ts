// Live traffic with offences in it, on the judged history: how long after the decisive event was sent its anomaly can be read. Event
// time runs faster than the clock (a day in seconds): a 99th percentile wants a hundred offences, and a day bears few. Sending is
// what counts, not the broker's acknowledgement; seeing is an answer of keyhole.anomalies in hand.

import { setTimeout as delay } from 'node:timers/promises';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { fromDateTime64 } from '../../services/platform/clickhouse/time.js';
import type { OutgoingMessage } from '../../services/platform/kafka/producer.js';
import { stageSeconds } from './backlog-run.js';
import { beginAt, copyDatabase, dropDatabase, quiet } from './database.js';
import { endsOf, type Producing } from './produce.js';
import type { Rig } from './rig.js';
import { type Scorers, startScorers, watchStretch } from './scorers.js';
import { type LiveScript, type LiveScriptOptions, writeScript } from './traffic/live-script.js';

export interface LiveRunOptions extends LiveScriptOptions {
  readonly history: string;
  readonly historyEndMs: number;
  readonly alertBudget: number;
}

export interface LiveRun {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly planted: number;
  /** The anomalies that the percentiles rest on. */
  readonly found: number;
  /** Offenders whose honest work of the same day had made an anomaly before the offence: theirs says nothing of speed. */
  readonly suspectBefore: number;
  readonly eventsPerSecond: number;
  /** How long one look at keyhole.anomalies took, on average: part of every figure. */
  readonly pollMs: number;
  readonly polls: number;
  readonly idle: number;
  readonly peakMb: number;
  readonly stages: Readonly<Record<string, number>>;
}

const TICK_MS = 50;
/** Between one look and the next. The look must not be the load: keyhole.anomalies is asked only where judgements were written since. */
const POLL_PAUSE_MS = 50;
const SAY_EVERY_MS = 5_000;
const PATIENCE_MS = 60_000;
const DETECTION = 'bulk_customer_email_read';

export async function runLive(
  rig: Rig,
  producing: Producing,
  options: LiveRunOptions,
  say: (line: string) => void,
): Promise<LiveRun> {
  const database = 'bench_live';
  const groupId = 'bench-live';
  const script = writeScript(options, await producing.encoder('support-cases'), await producing.encoder('access-log'));
  say(`live: ${script.steps.length.toLocaleString('en')} accesses with ${script.offences.size} offences are ready`);
  const ch = await copyDatabase(rig, options.history, database);
  try {
    await beginAt(rig, ch, groupId, await endsOf(rig), options.historyEndMs);
    await quiet(ch);
    const scorers = startScorers(rig, { database, groupId, alertBudget: options.alertBudget, count: 1 });
    try {
      await scorers.joined;
      return await play(ch, producing, scorers, script, options, say);
    } finally {
      await scorers.stop();
    }
  } finally {
    await dropDatabase(ch);
  }
}

async function play(
  ch: ClickHouse,
  producing: Producing,
  scorers: Scorers,
  script: LiveScript,
  options: LiveRunOptions,
  say: (line: string) => void,
): Promise<LiveRun> {
  const sentMs = new Float64Array(script.steps.length);
  const watch = watchAnomalies(ch, script, sentMs, options.historyEndMs);
  const stretch = watchStretch(scorers);
  const began = performance.now();
  await send(producing, script, sentMs, options.eventsPerSecond, (second) =>
    say(`live: ${second} s, ${watch.latencies.size} of ${script.offences.size} offences seen`),
  );
  const eventsPerSecond = script.steps.length / ((performance.now() - began) / 1000);
  const { idle } = stretch();
  const deadline = performance.now() + PATIENCE_MS;
  const isSeen = (actor: string): boolean => watch.latencies.has(actor) || watch.before.has(actor);
  while (![...script.offences.keys()].every(isSeen) && performance.now() < deadline) await delay(100);
  const { polls, pollMs } = await watch.stop();
  const sorted = [...watch.latencies.values()].sort((a, b) => a - b);
  return {
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
    planted: script.offences.size,
    found: sorted.length,
    suspectBefore: [...watch.before].filter((actor) => !watch.latencies.has(actor)).length,
    eventsPerSecond,
    pollMs,
    polls,
    idle,
    peakMb: scorers.peakMb(),
    stages: stageSeconds(await scorers.metrics()),
  };
}

/** At the given pace, a tick at a time, in order; a case goes out before the first access that cites it. */
async function send(
  producing: Producing,
  { cases, steps }: LiveScript,
  sentMs: Float64Array,
  rate: number,
  report: (second: number) => void,
): Promise<void> {
  const began = performance.now();
  let nextCase = 0;
  let saidAt = 0;
  for (let next = 0; next < steps.length; ) {
    const elapsedMs = performance.now() - began;
    const due = Math.min(steps.length, Math.floor((elapsedMs / 1000) * rate) + 1);
    const firstCase = nextCase;
    while (nextCase < cases.length && (cases[nextCase]?.beforeStep ?? 0) < due) nextCase++;
    await producing.send('support-cases', messagesOf(cases.slice(firstCase, nextCase)));
    sentMs.fill(performance.now(), next, due);
    await producing.send('access-log', messagesOf(steps.slice(next, due)));
    next = due;
    if (elapsedMs >= saidAt + SAY_EVERY_MS) {
      saidAt += SAY_EVERY_MS;
      report(saidAt / 1000);
    }
    await delay(Math.max(0, began + elapsedMs + TICK_MS - performance.now()));
  }
}

const messagesOf = (parts: readonly { readonly message: OutgoingMessage }[]): OutgoingMessage[] =>
  parts.map(({ message }) => message);

/** Looks at keyhole.anomalies again and again, and notes when each planted person's anomaly is seen first. */
function watchAnomalies(ch: ClickHouse, script: LiveScript, sentMs: Float64Array, sinceMs: number) {
  const latencies = new Map<string, number>();
  const before = new Set<string>();
  let stopping = false;
  let polls = 0;
  let spentMs = 0;
  const look = async (): Promise<void> => {
    let written = '';
    while (!stopping) {
      await delay(POLL_PAUSE_MS);
      const asked = performance.now();
      // Not how many there are: a merge takes away the row that the newest replaces.
      const [newest] = await ch.query<{ at: string }>('SELECT max(judged_at) AS at FROM {db}.judgements');
      if (newest?.at === written) continue;
      written = newest?.at ?? '';
      const rows = await ch.query<{ actor_id: string; detected_at: string }>(
        `SELECT actor_id, detected_at FROM {db}.anomalies
        WHERE detection = '${DETECTION}' AND status = 'open' AND window_start >= fromUnixTimestamp64Milli(${sinceMs})`,
      );
      const seen = performance.now();
      polls++;
      spentMs += seen - asked;
      for (const { actor_id, detected_at } of rows) {
        const offence = script.offences.get(actor_id);
        if (offence === undefined || latencies.has(actor_id)) continue;
        // Which of the burst's events made the anomaly, the row itself says. Another event, and the burst was not what made it.
        const step = offence.stepAt.get(fromDateTime64(detected_at));
        if (step === undefined) before.add(actor_id);
        else latencies.set(actor_id, seen - (sentMs[step] as number));
      }
      await delay(seen - asked);
    }
  };
  const looking = look();
  looking.catch(() => undefined);
  return {
    latencies,
    before,
    async stop() {
      stopping = true;
      await looking;
      return { polls, pollMs: spentMs / polls };
    },
  };
}

/** Of ascending values; the smallest that at least this share lies at or below. NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
