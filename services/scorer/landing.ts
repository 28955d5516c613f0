// The landing loop: take a run, land it, publish its dead letters, commit its offsets, in this order and never another. A crash
// between any two steps repeats the run, which changes nothing; committing first would lose it.

import type { DeadLetter, DecodedBatch } from '../core/feeds/batch.js';
import { FEEDS, type Feed, type FeedRecords } from '../core/feeds/records.js';
import type { LandInput, LandSummary } from '../pipeline/lander.js';
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
  publishDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** false: the group has moved on, the data will come again. */
  commit(positions: readonly Position[]): Promise<boolean>;
  /** The same call again while its fault is one that passes. */
  persist<T>(call: () => Promise<T>): Promise<T>;
}

/** Ends when the backlog has ended and is empty; throws what `persist` gives up on. */
export async function landForever(ports: LandingPorts): Promise<void> {
  for (let run = await ports.backlog.take(); run !== null; run = await ports.backlog.take()) {
    await landRun(ports, run);
    ports.backlog.release(run);
    metrics.bytesInFlight.set(ports.backlog.bytes);
  }
}

async function landRun(ports: LandingPorts, run: readonly Part[]): Promise<void> {
  const { membership, persist } = ports;
  const ends = runEnds(run, membership);
  const batches = mergeByFeed(run);
  const letters = batches.flatMap((batch) => batch.deadLetters);
  const input: LandInput = {
    batchId: batchIdOf(ports.cluster, run),
    batches,
    progress: ends.map(({ topic, partition, offset, watermarkMs }) => ({
      cluster: ports.cluster,
      topic,
      partition,
      next_offset: offset,
      watermarkMs,
    })),
  };
  const summary = await metrics.timed('land', () => persist(() => ports.land(input)));
  if (letters.length > 0) await metrics.timed('dead_letter', () => persist(() => ports.publishDeadLetters(letters)));
  const epoch = run[0]?.epoch;
  const isCurrent = (): boolean => epoch === membership.epoch;
  await metrics.timed('commit', () => persist(async () => isCurrent() && (await ports.commit(ends))));
  if (isCurrent()) for (const end of ends) membership.raise(end.topic, end.partition, end.watermarkMs);
  report(ports, summary, batches);
}

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
    return parts.length === 0 ? [] : [merged(feed, parts)];
  });
}

function merged(feed: Feed, batches: readonly DecodedBatch[]): DecodedBatch {
  const [only] = batches;
  if (only !== undefined && batches.length === 1) return only;
  const records: FeedRecords[Feed][] = [];
  const ranks: number[] = [];
  const deadLetters: DeadLetter[] = [];
  let watermarkMs = Number.NEGATIVE_INFINITY;
  for (const batch of batches) {
    for (const record of batch.records) records.push(record);
    for (const rank of batch.ranks) ranks.push(rank);
    for (const letter of batch.deadLetters) deadLetters.push(letter);
    watermarkMs = Math.max(watermarkMs, batch.watermarkMs);
  }
  return { feed, records, ranks, deadLetters, watermarkMs };
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
