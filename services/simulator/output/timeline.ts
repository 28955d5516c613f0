// Puts what happened into the order in which feeds deliver it: nearly by time, some of it late, some of it twice.
// Records wait in buckets of an hour until the simulation has passed them; what waits is bounded, not the period.
// Knows when a record happened and its line, not what it means.

import { type AccessEvent, FEEDS, type Feed, type FeedRecords, type SupportCase } from '../../core/feeds/records.js';
import { hashText } from '../random/random.js';
import { HOUR_MS, MINUTE_MS } from '../time.js';
import { Bucket } from './bucket.js';
import { accessLine, caseLine, plainLine } from './lines.js';

/** Where the lines of one feed go. */
export interface LineSink {
  write(lines: Buffer): void;
  /** More is waiting to be written out than should be; go on after `drained`. */
  readonly full: boolean;
}

/** From when to when a tool delivers nothing, everywhere or in one marketplace. */
export interface Silence {
  readonly tool: string;
  readonly marketplace: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface DeliveryFaults {
  /** Share of records that arrive late, and by how much at most. */
  readonly lateShare: number;
  readonly lateUpToMs: number;
  /** Share of records that arrive a second time. */
  readonly repeatShare: number;
}

/** Beyond this many waiting lines of a feed, what is near is written although a little may still come before it. */
const MAX_WAITING = 60_000;
/** How far ahead of the frontier that may reach: with `lateUpToMs` ≤ 8 h the disorder stays under the 24 h allowed. */
const EARLY_WRITE_MS = 8 * HOUR_MS;
/** Where a line holds its record's id: what befalls a record follows from it, not from what else is delivered. */
const ID_FROM = 12;
const ID_TO = 26;

export class Timeline {
  private readonly buckets = new Map<Feed, Map<number, Bucket>>(FEEDS.map((feed) => [feed, new Map()]));
  private readonly waiting = new Map<Feed, number>(FEEDS.map((feed) => [feed, 0]));
  readonly counts = new Map<Feed, number>(FEEDS.map((feed) => [feed, 0]));

  constructor(
    private readonly period: { readonly startMs: number; readonly endMs: number },
    private readonly faults: DeliveryFaults,
    private readonly silences: readonly Silence[] = [],
  ) {}

  access(event: AccessEvent): void {
    if (event.occurred_at < this.period.startMs || this.isSilent(event)) return;
    if (event.occurred_at < this.period.endMs) this.deliver('access-log', event.occurred_at, accessLine(event));
  }

  supportCase(version: SupportCase): void {
    if (version.updated_at < this.period.endMs) this.deliver('support-cases', version.updated_at, caseLine(version));
  }

  /** Any other context record, delivered at the given time. */
  context<F extends Exclude<Feed, 'access-log' | 'support-cases'>>(
    feed: F,
    atMs: number,
    record: FeedRecords[F],
  ): void {
    if (atMs < this.period.endMs) this.wait(feed, atMs, plainLine<F>(record));
  }

  /** Writes everything that was delivered before the frontier; nothing will happen before it any more. */
  flush(frontierMs: number, sinks: Readonly<Record<Feed, LineSink>>): void {
    for (const feed of FEEDS) {
      this.write(feed, frontierMs, sinks[feed]);
      if (this.waitingOf(feed) > MAX_WAITING) this.write(feed, frontierMs + EARLY_WRITE_MS, sinks[feed]);
    }
  }

  waitingOf(feed: Feed): number {
    return this.waiting.get(feed) ?? 0;
  }

  private isSilent({ tool, marketplace, occurred_at }: AccessEvent): boolean {
    return this.silences.some(
      (one) =>
        one.tool === tool &&
        (one.marketplace ?? marketplace) === marketplace &&
        one.fromMs <= occurred_at &&
        occurred_at < one.toMs,
    );
  }

  private deliver(feed: Feed, atMs: number, line: string): void {
    const chance = hashText(line, ID_FROM, ID_TO);
    const share = (chance & 0xffff) / 0x1_0000;
    const delayMs = ((chance >>> 16) / 0x1_0000) ** 3 * this.faults.lateUpToMs;
    this.wait(feed, share < this.faults.lateShare ? atMs + delayMs : atMs, line);
    if (share > 1 - this.faults.repeatShare) this.wait(feed, atMs + MINUTE_MS + delayMs, line);
  }

  private wait(feed: Feed, atMs: number, line: string): void {
    const buckets = this.bucketsOf(feed);
    const hour = Math.floor(atMs / HOUR_MS);
    let bucket = buckets.get(hour);
    if (!bucket) {
      bucket = new Bucket();
      buckets.set(hour, bucket);
    }
    bucket.add(atMs, line);
    this.waiting.set(feed, this.waitingOf(feed) + 1);
  }

  private write(feed: Feed, beforeMs: number, sink: LineSink): void {
    const buckets = this.bucketsOf(feed);
    const due = [...buckets].filter(([hour]) => (hour + 1) * HOUR_MS <= beforeMs).sort(([a], [b]) => a - b);
    for (const [hour, bucket] of due) {
      buckets.delete(hour);
      sink.write(bucket.sorted());
      this.waiting.set(feed, this.waitingOf(feed) - bucket.size);
      this.counts.set(feed, (this.counts.get(feed) ?? 0) + bucket.size);
    }
  }

  private bucketsOf(feed: Feed): Map<number, Bucket> {
    const buckets = this.buckets.get(feed);
    if (!buckets) throw new RangeError(`no feed ${feed}`);
    return buckets;
  }
}
