// One pass at a time adds to the chain: two at once would sign two digests of one number. Lamport's bakery ("A new solution of Dijkstra's
// concurrent programming problem", CACM 17(8), 1974) with rows as tickets: who comes says that he is drawing, draws a ticket above
// all others, and goes in once nobody draws any more and his is the lowest. A clock's time alone would be no ticket: one that was read
// early and written late undercuts whoever went in meanwhile. Who has to wait for a whole pass does not, and may try later.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyholeError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64, toDateTime64 } from '../../platform/clickhouse/time.js';

const REFRESH_MS = 30_000;
const DEAD_AFTER_SECONDS = 120;
const LOOK_AGAIN_MS = 50;
/** Drawing takes two requests; who draws for longer has died or hangs. */
const PATIENCE_MS = 10_000;
/** Instead of a ticket, and before every ticket. */
const DRAWING_MS = Date.UTC(2000, 0, 1);

/**
 * Throws KeyholeError('evidence_busy', retriable) where another pass is under way.
 * @param isAlone nobody else can write to the database, so nobody has to be waited for, dead ones included
 */
export async function asOnlyPass<T>(ch: ClickHouse, isAlone: boolean, pass: () => Promise<T>): Promise<T> {
  if (isAlone) return await pass();
  const holder = randomBytes(8).toString('hex');
  const say = (ticketMs: number, ended: 0 | 1): Promise<void> =>
    ch.insert('evidence_passes', ['holder', 'begun', 'ended'], [[holder, toDateTime64(ticketMs), ended]]);
  let ticketMs = DRAWING_MS;
  let refreshed = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  try {
    await say(DRAWING_MS, 0);
    ticketMs = await nextTicket(ch);
    await say(ticketMs, 0);
    timer = setInterval(() => {
      refreshed = say(ticketMs, 0).catch(() => undefined);
    }, REFRESH_MS);
    await myTurn(ch, holder);
    return await pass();
  } finally {
    clearInterval(timer);
    await refreshed;
    await say(ticketMs, 1).catch(() => undefined);
  }
}

/** Above every ticket that is out, and no earlier than now. */
async function nextTicket(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ at: string }>(
    `SELECT greatest(now64(3), max(begun) + INTERVAL 1 MILLISECOND) AS at FROM {db}.evidence_passes`,
  );
  return fromDateTime64(row?.at ?? '');
}

/** Who draws comes before every ticket, so that whoever is first need look at nobody else. */
async function myTurn(ch: ClickHouse, me: string): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const [first] = await ch.query<{ holder: string; begun: string }>(
      `SELECT holder, begun FROM {db}.evidence_passes FINAL
      WHERE ended = 0 AND at > now64(3) - INTERVAL ${DEAD_AFTER_SECONDS} SECOND ORDER BY begun, holder LIMIT 1`,
    );
    if (first?.holder === me) return;
    const isDrawing = first !== undefined && fromDateTime64(first.begun) === DRAWING_MS;
    if (!isDrawing || performance.now() > giveUpMs) throw busy();
    await delay(LOOK_AGAIN_MS);
  }
}

export const busy = (): KeyholeError =>
  new KeyholeError('evidence_busy', 'another process is adding to the evidence: try again when it is done', {
    retriable: true,
  });
