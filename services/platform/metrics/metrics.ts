// Every metric, declared once with the sentence that explains it: docs/metrics.md is made from here. Labels are names of ours
// (feeds, reasons, stages, parts, detections), never an actor, a seller or a customer, and never text from a record: a broken
// producer can put anything there. Knows nothing of who sets them.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'keyhole_' });

const registers = [registry];
const STAGE_SECONDS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

export const recordsRead = new Counter({
  name: 'keyhole_records_read_total',
  help: 'Records read from Kafka, good or not, repeats included, by feed.',
  labelNames: ['feed'],
  registers,
});

export const recordsLanded = new Counter({
  name: 'keyhole_records_landed_total',
  help: 'Valid records written to ClickHouse and committed, repeats included.',
  registers,
});

export const deadLetters = new Counter({
  name: 'keyhole_dead_letters_total',
  help: 'Records that can never be decoded or validated, by feed and reason.',
  labelNames: ['feed', 'reason'],
  registers,
});

export const deadLetterRatio = new Gauge({
  name: 'keyhole_dead_letter_ratio',
  help: 'Share of dead letters among the latest records of this scorer; a record counts half after some 7,000 more.',
  registers,
});

export const breakerOpen = new Gauge({
  name: 'keyhole_dead_letter_breaker_open',
  help: 'Whether this scorer has stopped because too many records are broken (1): a person has to look.',
  registers,
});

export const batchesLanded = new Counter({
  name: 'keyhole_batches_landed_total',
  help: 'Batches written to ClickHouse as one.',
  registers,
});

export const batchFill = new Histogram({
  name: 'keyhole_batch_fill_ratio',
  help: 'How full batches were when they were written: near 1 for long means that more scorers would help.',
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1],
  registers,
});

export const stageSeconds = new Histogram({
  name: 'keyhole_stage_seconds',
  help: 'Time that one batch or round spent in a stage: decode, land, dead_letter, commit, frontier, judge.',
  labelNames: ['stage'],
  buckets: STAGE_SECONDS,
  registers,
});

export const bytesInFlight = new Gauge({
  name: 'keyhole_bytes_in_flight',
  help: 'Bytes read from Kafka and not yet stored; at KEYHOLE_LAND_MAX_BYTES reading waits for ClickHouse.',
  registers,
});

export const lagEvents = new Gauge({
  name: 'keyhole_lag_events',
  help: 'Records in Kafka that have not been landed, over all feeds; known to the scorer that judges.',
  registers,
});

export const lagSeconds = new Gauge({
  name: 'keyhole_lag_seconds',
  help: 'For how long records have been waiting in Kafka without a break, over all feeds; 0 once all is landed; known to the scorer that judges.',
  registers,
});

/** Begin of each run of records that is read and not yet committed: whatever stands for it, and the clock's time. */
const uncommitted = new Map<object, number>();

export const oldestUncommitted = new Gauge({
  name: 'keyhole_oldest_uncommitted_seconds',
  help: 'Age of the oldest records that this scorer has read and not yet stored and committed; 0 when there are none.',
  registers,
  collect() {
    const oldest = [...uncommitted.values()].reduce((min, at) => Math.min(min, at), Number.POSITIVE_INFINITY);
    this.set(Number.isFinite(oldest) ? (performance.now() - oldest) / 1000 : 0);
  },
});

export const feedLanded = new Gauge({
  name: 'keyhole_feed_last_landed_timestamp_seconds',
  help: 'When this scorer last landed a valid record of the feed, in Unix seconds of its clock; absent until it has.',
  labelNames: ['feed'],
  registers,
});

export const watermarkSeconds = new Gauge({
  name: 'keyhole_watermark_timestamp_seconds',
  help: 'Largest event time landed by this scorer, by feed, in Unix seconds.',
  labelNames: ['feed'],
  registers,
});

export const frontier = new Gauge({
  name: 'keyhole_frontier_timestamp_seconds',
  help: 'Event time up to which windows may be judged, in Unix seconds; +Inf once every feed has been read to its end; known to the scorer that judges.',
  registers,
});

export const partAway = new Gauge({
  name: 'keyhole_part_away',
  help: 'Whether Kafka, the schema registry or ClickHouse does not answer this process (1), else 0.',
  labelNames: ['part'],
  registers,
});

export const partitionsHeld = new Gauge({
  name: 'keyhole_partitions_held',
  help: 'Partitions assigned to this scorer.',
  registers,
});

export const rebalances = new Counter({
  name: 'keyhole_rebalances_total',
  help: 'Generations of the consumer group that this scorer joined.',
  registers,
});

export const isJudge = new Gauge({
  name: 'keyhole_is_judge',
  help: 'Whether this scorer judges (1), which the one with partition 0 of access-log does; 0 on the others.',
  registers,
});

export const lastRound = new Gauge({
  name: 'keyhole_last_round_timestamp_seconds',
  help: 'When this scorer last completed a round of judging, with work or without, in Unix seconds of its clock.',
  registers,
});

export const rounds = new Counter({
  name: 'keyhole_judging_rounds_total',
  help: 'Rounds of judging that this scorer completed.',
  registers,
});

export const landingsWaiting = new Gauge({
  name: 'keyhole_landings_waiting',
  help: 'Landed batches whose windows are not judged yet; known to the scorer that judges.',
  registers,
});

export const sheetsJudged = new Counter({
  name: 'keyhole_sheets_judged_total',
  help: 'Windows of one detection judged, again or for the first time.',
  registers,
});

export const openFindings = new Gauge({
  name: 'keyhole_open_findings',
  help: 'Open anomalies after the latest round; known to the scorer that judges.',
  registers,
});

export const anomaliesTold = new Counter({
  name: 'keyhole_anomalies_told_total',
  help: 'Anomalies published to the topic anomalies, new or changed, by detection and severity; severity withdrawn: it no longer holds.',
  labelNames: ['detection', 'severity'],
  registers,
});

export const cacheRequests = new Counter({
  name: 'keyhole_cache_requests_total',
  help: 'What was looked for in memory, by cache (cases, frames) and result (hit, miss); results are the same with a cache off.',
  labelNames: ['cache', 'result'],
  registers,
});

export const cacheBytes = new Gauge({
  name: 'keyhole_cache_bytes',
  help: 'Bytes that a cache holds, as it reckons them, by cache (cases, frames).',
  labelNames: ['cache'],
  registers,
});

/** Runs the work and notes how long it took, whether it succeeded or not. */
export async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
  const end = stageSeconds.startTimer({ stage });
  try {
    return await work();
  } finally {
    end();
  }
}

/** Begins to count the age of what has been read; `source` is whatever stands for it. */
export function beginUncommitted(source: object): void {
  uncommitted.set(source, performance.now());
}

export function endUncommitted(source: object): void {
  uncommitted.delete(source);
}

const RATIO_RECORDS = 10_000;
let brokenShare = 0;

/** Good and broken records of one batch, for the dead-letter ratio. */
export function countBroken(good: number, broken: number): void {
  const records = good + broken;
  if (records === 0) return;
  brokenShare += (broken / records - brokenShare) * (1 - Math.exp(-records / RATIO_RECORDS));
  deadLetterRatio.set(brokenShare);
}

let laggingSince: number | null = null;

/** @param frontierMs event time up to which windows may be judged; Infinity: all has been read */
export function noteAlignment(frontierMs: number, lag: number): void {
  lagEvents.set(lag);
  frontier.set(frontierMs / 1000);
  if (lag === 0) laggingSince = null;
  else laggingSince ??= performance.now();
  lagSeconds.set(laggingSince === null ? 0 : (performance.now() - laggingSince) / 1000);
}
