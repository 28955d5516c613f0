// How far all feeds have been read: the event time up to which a window may be judged. Pure arithmetic over what the brokers
// hold and what has been landed; knows neither Kafka nor ClickHouse.

export interface PartitionEnd {
  readonly topic: string;
  readonly partition: number;
  /** First offset still held. */
  readonly low: string;
  /** Offset that the next record will get. */
  readonly high: string;
}

export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** First offset not yet landed. */
  readonly nextOffset: string;
  /** Largest event time landed, epoch ms. */
  readonly watermarkMs: number;
}

export interface Alignment {
  /** +Infinity: all has been read to its end. -Infinity: a partition that holds records has landed none. */
  readonly frontierMs: number;
  /** Records held and not yet landed, over all partitions. */
  readonly lagEvents: number;
  /** The partition that sets the frontier; null when none does. */
  readonly slowest: { readonly topic: string; readonly partition: number } | null;
}

/**
 * A partition that has been read to its end, or holds nothing, holds nobody back. Any other counts with its watermark.
 * `ends` must have been asked for before `progress` was read: then "read to its end" was true at that moment.
 */
export function align(ends: readonly PartitionEnd[], progress: readonly PartitionProgress[]): Alignment {
  const landed = new Map(progress.map((row) => [`${row.topic}/${row.partition}`, row]));
  let frontierMs = Number.POSITIVE_INFINITY;
  let lagEvents = 0;
  let slowest: Alignment['slowest'] = null;
  for (const { topic, partition, low, high } of ends) {
    const row = landed.get(`${topic}/${partition}`);
    const next = largest(BigInt(low), BigInt(row?.nextOffset ?? '0'));
    if (next >= BigInt(high)) continue;
    lagEvents += Number(BigInt(high) - next);
    const watermarkMs = row?.watermarkMs ?? Number.NEGATIVE_INFINITY;
    if (slowest !== null && watermarkMs >= frontierMs) continue;
    frontierMs = watermarkMs;
    slowest = { topic, partition };
  }
  return { frontierMs, lagEvents, slowest };
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
