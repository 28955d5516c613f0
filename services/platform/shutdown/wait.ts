// Waiting that can be called off: sleep, retry for ever with backoff, and a bound on how long something may take.
// Decides which errors are worth a retry by KeyholeError.retriable alone.

import { KeyholeError } from '../../core/errors.js';
import type { Outages } from '../log/outages.js';

/** Resolves after the time, or as soon as the signal aborts; never rejects, and makes no error of it: some sleep a hundred times a second. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    if (signal?.aborted) wake();
    else signal?.addEventListener('abort', wake, { once: true });
  });
}

/** A sleep that others may end: a ring that nobody hears ends the next sleep before it begins. */
export interface Bell {
  ring(): void;
  /** Resolves after the time, at the next ring, or as soon as the signal aborts. One sleeper at a time. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let isRung = false;
  let wake = (): void => undefined;
  return {
    ring() {
      isRung = true;
      wake();
    },
    async sleep(ms, signal) {
      if (!isRung) {
        const over = new AbortController();
        wake = () => over.abort('over');
        signal.addEventListener('abort', wake, { once: true });
        if (!signal.aborted) await sleep(ms, over.signal);
        signal.removeEventListener('abort', wake);
      }
      isRung = false;
    },
  };
}

export interface RetryOptions {
  readonly outages: Outages;
  /** Ends the waiting: the last error is then thrown. */
  readonly signal: AbortSignal;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Called between tries, for those who must stay in touch (a consumer group's heartbeat). May throw to give up. */
  readonly meanwhile?: () => Promise<void>;
}

/** The same call again until it succeeds, fails for good, or the signal aborts. Reports which part is away, and when it is back. */
export async function retryForever<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const noted = new Set<KeyholeError['code']>();
  let delayMs = options.firstDelayMs ?? 100;
  for (;;) {
    try {
      const result = await call();
      for (const code of noted) options.outages.back(code);
      return result;
    } catch (error) {
      if (!(error instanceof KeyholeError) || !error.retriable) throw error;
      if (options.signal.aborted) throw error;
      options.outages.away(error);
      noted.add(error.code);
      await options.meanwhile?.();
      await sleep(delayMs, options.signal);
      if (options.signal.aborted) throw error;
      delayMs = Math.min(delayMs * 2, options.maxDelayMs ?? 3_000);
    }
  }
}

/** Opens something whose parts may not be there yet, and waits for them. null: called off before they answered. */
export async function onceThere<T>(open: () => Promise<T>, options: RetryOptions): Promise<T | null> {
  try {
    return await retryForever(open, options);
  } catch (error) {
    if (options.signal.aborted) return null;
    throw error;
  }
}

/** True if the work settled within the time. The work itself goes on; its failure counts as settled. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  const settled = work.then(
    () => true,
    () => true,
  );
  const late = sleep(ms, ended.signal).then(() => false);
  const result = await Promise.race([settled, late]);
  ended.abort();
  return result;
}
