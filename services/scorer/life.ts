// When the scorer stops and how hard: asked to (drain first), failed for good (at once), or drained long enough. Decides which
// retries go on until when; knows nothing of what is retried.

import { KeyholeError } from '../core/errors.js';
import type { Outages } from '../platform/log/outages.js';
import { retryForever } from '../platform/shutdown/wait.js';

export interface Life {
  /** Read nothing more, begin no round more. */
  readonly stopping: AbortSignal;
  readonly hasFailed: boolean;
  /** Retries until the scorer is stopping. */
  persist<T>(call: () => Promise<T>, meanwhile?: () => Promise<void>): Promise<T>;
  /** Retries until draining is over: for what has been read already. */
  persistDraining<T>(call: () => Promise<T>): Promise<T>;
  /** A fault that no retry mends. The first one is the reason. */
  fail(error: unknown): void;
  /** How a loop ended: a passing fault is no failure once the scorer is stopping. */
  loopEnded(error: unknown): void;
  stopDraining(): void;
  stopped(): Promise<void>;
  /** Lets go of the caller's signal; throws the failure, if there was one. */
  end(): void;
}

export function createLife(asked: AbortSignal, outages: Outages): Life {
  const stopping = new AbortController();
  const draining = new AbortController();
  let failure: { readonly error: unknown } | null = null;
  const stop = (): void => stopping.abort();
  asked.addEventListener('abort', stop, { once: true });
  if (asked.aborted) stop();

  const fail = (error: unknown): void => {
    failure ??= { error };
    draining.abort();
    stop();
  };
  return {
    stopping: stopping.signal,
    get hasFailed() {
      return failure !== null;
    },
    persist: (call, meanwhile) =>
      retryForever(call, { outages, signal: stopping.signal, ...(meanwhile ? { meanwhile } : {}) }),
    persistDraining: (call) => retryForever(call, { outages, signal: draining.signal }),
    fail,
    loopEnded(error) {
      const passes = error instanceof KeyholeError && error.retriable;
      if (!(passes && stopping.signal.aborted)) fail(error);
    },
    stopDraining: () => draining.abort(),
    stopped: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) resolve();
        stopping.signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    end() {
      asked.removeEventListener('abort', stop);
      stop();
      draining.abort();
      if (failure !== null) throw failure.error;
    },
  };
}
