// The landing loop: take a run, land it and publish its dead letters, and then, in the order of the runs, say how far has been landed
// and commit its offsets. A crash between any two steps repeats the run, which changes nothing; committing first would lose it.
// Two runs are landed at a time: while the database stores one, this process prepares the other.

import { type DeadLetter, type DecodedBatch, joinBatches } from '../core/feeds/batch.js';
import { FEEDS, type Feed } from '../core/feeds/records.js';
import type { LandInput, LandSummary } from '../pipeline/lander.js';
import type { ProgressRow } from '../pipeline/store/fact-store.js';
import type { Position } from '../platform/kafka/group.js';
import * as metrics from '../platform/metrics/metrics.js';
import type { Backlog, Part } from './backlog.js';
import type { Membership } from './membership.js';

export interface LandingPorts {
  readonly cluster: string;
  readonly maxRows: number;
  readonly backlog: Backlog;
  readonly membership: Membership;
  land(input: LandInput): Promise<LandSummary>;
  recordProgress(rows: readonly ProgressRow[]): Promise<void>;
  publishDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** false: the group has moved on, the data will come again. */
  commit(positions: readonly Position[]): Promise<boolean>;
  /** The same call again while its fault is one that passes. */
  persist<T>(call: () => Promise<T>): Promise<T>;
}

/** Of full runs. Small ones gain nothing from company: what comes meanwhile is one run, with the statements of one. */
const MAX_RUNS = 2;
/** A run below this share of the rows that one may have is small. */
const SMALL_SHARE = 0.2;

/** Ends when the backlog has ended and is empty; throws what `persist` gives up on. */
export async function landForever(ports: LandingPorts): Promise<void> {
  const { backlog } = ports;
  const underWay: Promise<void>[] = [];
  for (let run = await backlog.take(); run !== null; run = await backlog.take()) {
    const before = underWay.at(-1) ?? Promise.resolve();
    const ended = landRun(ports, run, before);
    ended.catch(() => undefined);
    underWay.push(ended);
    const most = rowsOf(run) < SMALL_SHARE * ports.maxRows ? 1 : MAX_RUNS;
    while (underWay.length >= most) await underWay.shift();
  }
  await Promise.all(underWay);
}

/** @param before the end of the run before, which must have come first */
async function landRun(ports: LandingPorts, run: readonly Part[], before: Promise<void>): Promise<void> {
  const { backlog, cluster, membership, persist } = ports;
  const batches = mergeByFeed(run);
  const input: LandInput = { batchId: batchIdOf(cluster, run), batches };
  const [summary] = await Promise.all([
    metrics.timed('land', () => persist(() => ports.land(input))),
    publish(
      ports,
      batches.flatMap((batch) => batch.deadLetters),
    ),
  ]);
  await before;
  const ends = runEnds(run, membership);
  const epoch = run[0]?.epoch;
  const isCurrent = (): boolean => epoch === membership.epoch;
  const rows = ends.map(({ offset, ...end }) => ({ cluster, ...end, next_offset: offset }));
  await metrics.timed('commit', async () => {
    await persist(() => ports.recordProgress(rows));
    await persist(async () => isCurrent() && (await ports.commit(ends)));
  });
  if (isCurrent()) for (const end of ends) membership.raise(end.topic, end.partition, end.watermarkMs);
  backlog.release(run);
  report(ports, summary, batches);
}

async function publish({ publishDeadLetters, persist }: LandingPorts, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length > 0) await metrics.timed('dead_letter', () => persist(() => publishDeadLetters(letters)));
}

const rowsOf = (run: readonly Part[]): number =>
  run.reduce((sum, { batch }) => sum + batch.records.length + batch.deadLetters.length, 0);

interface RunEnd extends Position {
  readonly topic: Feed;
  readonly watermarkMs: number;
}

/** Where each partition stands behind the run. */
function runEnds(run: readonly Part[], membership: Membership): RunEnd[] {
  const ends = new Map<string, RunEnd>();
  for (const { topic, partition, nextOffset, batch } of run) {
    const before = ends.get(`${topic}/${partition}`)?.watermarkMs ?? Number.NEGATIVE_INFINITY;
    const watermarkMs = membership.watermarkWith(topic, partition, Math.max(before, batch.watermarkMs));
    ends.set(`${topic}/${partition}`, { topic, partition, offset: nextOffset, watermarkMs });
  }
  return [...ends.values()];
}

/** One batch for each feed, context first, so that fewer accesses have to be explained twice. */
export function mergeByFeed(run: readonly Part[]): DecodedBatch[] {
  const order: readonly Feed[] = [...FEEDS.filter((feed) => feed !== 'access-log'), 'access-log'];
  return order.flatMap((feed) => {
    const parts = run.filter((part) => part.topic === feed).map(({ batch }) => batch);
    return parts.length === 0 ? [] : [joinBatches(feed, parts)];
  });
}

/** The same stretches have the same id: `cluster/topic/partition/first-next`, joined by commas, touching stretches as one. */
export function batchIdOf(cluster: string, run: readonly Part[]): string {
  const stretches = new Map<string, { first: string; next: string }>();
  for (const { topic, partition, firstOffset, nextOffset } of run) {
    const first = stretches.get(`${topic}/${partition}`)?.first ?? firstOffset;
    stretches.set(`${topic}/${partition}`, { first, next: nextOffset });
  }
  return [...stretches].map(([name, { first, next }]) => `${cluster}/${name}/${first}-${next}`).join(',');
}

function report(ports: LandingPorts, summary: LandSummary, batches: readonly DecodedBatch[]): void {
  metrics.bytesInFlight.set(ports.backlog.bytes);
  metrics.recordsLanded.inc(summary.landed);
  metrics.batchesLanded.inc();
  metrics.batchFill.observe(Math.min(1, (summary.landed + summary.deadLetters) / ports.maxRows));
  metrics.countBroken(summary.landed, summary.deadLetters);
  for (const { feed, watermarkMs, records, deadLetters } of batches) {
    if (records.length > 0) metrics.feedLanded.setToCurrentTime({ feed });
    if (Number.isFinite(watermarkMs)) metrics.watermarkSeconds.set({ feed }, watermarkMs / 1000);
    for (const { reason } of deadLetters) metrics.deadLetters.inc({ feed, reason });
  }
}
