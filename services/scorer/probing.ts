// Asks each part now and then whether it answers. A part that refuses is noticed by whoever needs it; one that hangs is noticed
// only here, long before its requests time out. It says so and changes nothing else.

import { type ErrorCode, KeyholeError } from '../core/errors.js';
import type { Outages } from '../platform/log/outages.js';
import { sleep } from '../platform/shutdown/wait.js';

export interface Probe {
  readonly code: ErrorCode;
  /** As people say it: `ClickHouse`. */
  readonly part: string;
  /** Rejects or answers false when the part is not well; may hang. */
  answers(): Promise<boolean>;
}

export interface Pace {
  readonly everyMs: number;
  /** how long an answer may take */
  readonly patienceMs: number;
}

const PACE: Pace = { everyMs: 5_000, patienceMs: 5_000 };

/** Until the signal aborts. Never rejects. */
export async function probeForever(
  probes: readonly Probe[],
  outages: Outages,
  signal: AbortSignal,
  { everyMs, patienceMs }: Pace = PACE,
): Promise<void> {
  const silent = new Set<ErrorCode>();
  while (!signal.aborted) {
    await sleep(everyMs, signal);
    if (signal.aborted) return;
    await Promise.all(
      probes.map(async ({ code, part, answers }) => {
        const well = await answersInTime(answers, patienceMs, signal);
        if (signal.aborted) return;
        if (!well) {
          silent.add(code);
          outages.away(new KeyholeError(code, `${part} does not answer`, { retriable: true }));
        } else if (silent.delete(code)) outages.back(code);
      }),
    );
  }
}

async function answersInTime(
  answers: () => Promise<boolean>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([answers().catch(() => false), sleep(patienceMs, over.signal).then(() => false)]);
  } finally {
    signal.removeEventListener('abort', end);
    over.abort();
  }
}
