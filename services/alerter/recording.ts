// Attempts on their way to the database: gathered for a moment, so that fifty deliveries a second are a few inserts. A crash in that
// moment sends what it held again, under the same keys.

import type { Attempt } from './outbox.js';

export interface Recording {
  record(attempt: Attempt): Promise<void>;
  /** Resolves when everything recorded so far is durable. */
  flushed(): Promise<void>;
}

/** @param put retries until it succeeds or the alerter stops */
export function createRecording(put: (attempts: readonly Attempt[]) => Promise<void>): Recording {
  let gathering: { readonly attempts: Attempt[]; readonly written: Promise<void> } | null = null;
  let writing: Promise<void> = Promise.resolve();

  return {
    record(attempt) {
      if (gathering === null) {
        const attempts: Attempt[] = [];
        const written = writing.then(() => {
          gathering = null;
          return put(attempts);
        });
        gathering = { attempts, written };
        writing = written.catch(() => undefined);
      }
      gathering.attempts.push(attempt);
      return gathering.written;
    },
    flushed: () => writing,
  };
}
