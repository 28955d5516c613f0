// What has been decoded and is not yet stored: bounded in bytes, handed over in large runs. Decides when a run is large or old
// enough to be written; knows nothing of what is in it.

import type { DecodedBatch } from '../core/feeds/batch.js';
import type { Feed } from '../core/feeds/records.js';
import { beginUncommitted, endUncommitted } from '../platform/metrics/metrics.js';
import { sleep } from '../platform/shutdown/wait.js';

/** One stretch of one partition. */
export interface Part {
  /** Generation of the group in which it was read. */
  readonly epoch: number;
  readonly topic: Feed;
  readonly partition: number;
  readonly firstOffset: string;
  readonly nextOffset: string;
  readonly batch: DecodedBatch;
  readonly bytes: number;
}

export interface BacklogLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
  /** So long the first record after a silence waits for company. */
  readonly lingerMs: number;
  /** Runs that are not full are handed over so far apart at least: each costs a dozen statements whatever is in it. */
  readonly paceMs: number;
}

export interface Backlog {
  /** Bytes added and not yet released. */
  readonly bytes: number;
  /** Resolves once there is room: bytes are below the limit (one part may exceed it). */
  room(): Promise<void>;
  add(part: Part): void;
  /** The next run, in the order of arrival: full, or lingered, or all there is once ended. null: ended and empty. */
  take(): Promise<readonly Part[] | null>;
  /** The run is stored (or given up): its bytes are free. */
  release(parts: readonly Part[]): void;
  /** Forgets parts of earlier generations that were not taken yet: they will be read again. */
  dropBefore(epoch: number): void;
  end(): void;
}

export function createBacklog(limits: BacklogLimits): Backlog {
  let waiting: Part[] = [];
  let bytes = 0;
  let ended = false;
  let takenMs = Number.NEGATIVE_INFINITY;
  let changed = notice();

  const wake = (): void => {
    const woken = changed;
    changed = notice();
    woken.resolve();
  };
  const isDue = (): boolean => ended || bytes >= limits.maxBytes || rowsOf(waiting) >= limits.maxRows;
  const linger = async (ms: number): Promise<void> => {
    if (ms <= 0) return;
    const late = new AbortController();
    const deadline = sleep(ms, late.signal).then(() => true);
    while (!isDue() && waiting.length > 0) {
      const isOver = await Promise.race([deadline, changed.promise.then(() => false)]);
      if (isOver) break;
    }
    late.abort('due');
  };
  const release = (parts: readonly Part[]): void => {
    for (const part of parts) {
      bytes -= part.bytes;
      endUncommitted(part);
    }
    wake();
  };

  return {
    get bytes() {
      return bytes;
    },
    async room() {
      while (bytes >= limits.maxBytes) await changed.promise;
    },
    add(part) {
      waiting.push(part);
      bytes += part.bytes;
      beginUncommitted(part);
      wake();
    },
    async take() {
      let lingerMs = 0;
      do {
        while (waiting.length === 0) {
          if (ended) return null;
          await changed.promise;
          lingerMs = limits.lingerMs;
        }
        await linger(Math.max(lingerMs, takenMs + limits.paceMs - performance.now()));
      } while (waiting.length === 0);
      takenMs = performance.now();
      const run = firstRows(waiting, limits.maxRows);
      waiting = waiting.slice(run.length);
      return run;
    },
    release,
    dropBefore(epoch) {
      const dropped = waiting.filter((part) => part.epoch < epoch);
      waiting = waiting.filter((part) => part.epoch >= epoch);
      release(dropped);
    },
    end() {
      ended = true;
      wake();
    },
  };
}

function rowsOf(parts: readonly Part[]): number {
  let rows = 0;
  for (const { batch } of parts) rows += batch.records.length + batch.deadLetters.length;
  return rows;
}

/** As many parts from the front as stay within the rows; at least one. */
function firstRows(parts: readonly Part[], maxRows: number): Part[] {
  let rows = 0;
  const end = parts.findIndex(({ batch }, i) => {
    rows += batch.records.length + batch.deadLetters.length;
    return i > 0 && rows > maxRows;
  });
  return parts.slice(0, end === -1 ? parts.length : end);
}

function notice(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
