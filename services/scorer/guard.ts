// The breaker put before the landing: what it lets through goes on, and once it has tripped, only what comes before the broken
// records is handed out, then nothing any more. Decides where runs are cut and what is said; storing and stopping are others'.

import { KeyholeError } from '../core/errors.js';
import { cutBatch } from '../core/feeds/batch.js';
import type { Feed } from '../core/feeds/records.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { DeadLetterLimits } from '../platform/config/settings.js';
import type { Backlog, Part } from './backlog.js';
import { type Breaker, createBreaker, type ReadStored, type Trip } from './breaker.js';

export interface GuardPorts {
  readonly limits: DeadLetterLimits;
  readonly readStored: ReadStored;
  /** Called once, when what may still be landed has been handed out. */
  tripped(error: KeyholeError): void;
}

/** The same backlog, whose take() ends where the breaker trips. */
export function guardBacklog(backlog: Backlog, ports: GuardPorts): Backlog {
  const breaker = createBreaker(ports.limits);
  let trip: Trip | null = null;

  return {
    get bytes() {
      return backlog.bytes;
    },
    room: () => backlog.room(),
    add: (part) => backlog.add(part),
    release: (parts) => backlog.release(parts),
    dropBefore: (epoch) => backlog.dropBefore(epoch),
    end: () => backlog.end(),
    async take() {
      if (trip !== null) return null;
      const run = await backlog.take();
      if (run === null) return null;
      trip = await firstTrip(breaker, run, ports.readStored);
      if (trip === null) return run;
      ports.tripped(tripError(trip, ports.limits));
      const before = partsBefore(breaker, run, trip);
      return before.length > 0 ? before : null;
    },
  };
}

async function firstTrip(breaker: Breaker, run: readonly Part[], readStored: ReadStored): Promise<Trip | null> {
  for (const part of run) {
    const { topic, partition, epoch, firstOffset, nextOffset, batch } = part;
    const stretch = { topic, partition, epoch, firstOffset, nextOffset, deadLetters: batch.deadLetters };
    const trip = await breaker.observe(stretch, readStored);
    if (trip !== null) return trip;
  }
  return null;
}

/** Of the parts up to the one that tripped: those of other topics, and of this topic what lies before each partition's broken end. */
function partsBefore(breaker: Breaker, run: readonly Part[], trip: Trip): Part[] {
  const kept: Part[] = [];
  for (const part of run) {
    const { topic, partition } = part;
    const badSince = topic === trip.topic ? breaker.badSince(topic, partition) : null;
    const isLast = topic === trip.topic && partition === trip.partition && Number(part.nextOffset) > trip.offset;
    const cut = badSince === null ? part : cutAt(part, badSince);
    if (cut !== null) kept.push(cut);
    if (isLast) break;
  }
  return kept;
}

/** The part up to an offset; null where nothing is left, or where offsets are missing and records cannot be told apart by them. */
export function cutAt(part: Part, offset: number): Part | null {
  const first = Number(part.firstOffset);
  const next = Number(part.nextOffset);
  if (next <= offset) return part;
  const { batch } = part;
  const isDense = next - first === batch.records.length + batch.deadLetters.length;
  if (first >= offset || !isDense) return null;
  const deadLetters = batch.deadLetters.filter((letter) => Number(letter.offset) < offset);
  const count = offset - first - deadLetters.length;
  return { ...part, nextOffset: String(offset), batch: cutBatch(batch, count, deadLetters) };
}

/** What the operator reads: where, what, what was kept, what to do. */
function tripError(trip: Trip, limits: DeadLetterLimits): KeyholeError {
  const { topic, partition, offset, letter } = trip;
  const share =
    trip.rule === 'in_a_row'
      ? `${trip.count} records in a row are broken (KEYHOLE_DEAD_LETTER_LIMIT)`
      : `${trip.count} of the last ${limits.window} records are broken (KEYHOLE_DEAD_LETTER_RATIO)`;
  return new KeyholeError(
    'dead_letter_limit',
    `stopped at ${topic}/${partition}, offset ${offset}: ${share}, this one ${letter.reason}: ${letter.error}. ` +
      'Nothing behind the last good record was stored or committed. If the schema registry or this release of Keyhole is at ' +
      'fault, mend it and start again: the same records are read again. If the producer is, mend it and start once with ' +
      'KEYHOLE_DEAD_LETTER_LIMIT=0, which makes the broken records dead letters, until the lag is gone',
    { retriable: false },
  );
}

const PLACE = 'topic = {topic:String} AND partition = {partition:Int32}';

/** Offsets of stored dead letters in [from, to), ascending. */
export const storedDeadLetters =
  (ch: ClickHouse) =>
  async (topic: Feed, partition: number, from: number, to: number): Promise<number[]> => {
    const rows = await ch.query<{ offset: string }>(
      `SELECT DISTINCT offset FROM {db}.dead_letters WHERE ${PLACE} AND offset >= {from:Int64} AND offset < {to:Int64} ORDER BY offset`,
      { topic, partition, from: Math.max(0, from), to },
    );
    return rows.map(({ offset }) => Number(offset));
  };
