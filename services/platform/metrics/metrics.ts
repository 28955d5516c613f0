// Every metric, declared once with the sentence that explains it. Labels are names of ours (feeds, reasons, stages, parts),
// never an actor, a seller or a customer.

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

export const breakerOpen = new Gauge({
  name: 'keyhole_dead_letter_breaker_open',
  help: '1 once this scorer has stopped because too many records are broken; a person has to look.',
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

export const watermarkSeconds = new Gauge({
  name: 'keyhole_watermark_timestamp_seconds',
  help: 'Largest event time landed by this scorer, by feed, in Unix seconds.',
  labelNames: ['feed'],
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
  help: 'Anomalies, new or changed, published to the topic anomalies.',
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
