// One pass at a time adds to the chain: two at once would sign two digests of one number. Whoever began first goes on; another ends at once
// and may try later. Both write before they read, so of two at least one sees the other.

import { randomBytes } from 'node:crypto';
import { KeyholeError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64, toDateTime64 } from '../../platform/clickhouse/time.js';

const REFRESH_MS = 30_000;
const DEAD_AFTER_SECONDS = 120;

/**
 * Throws KeyholeError('evidence_busy', retriable) where another pass is under way.
 * @param isAlone nobody else can write to the database, so nobody has to be waited for, dead ones included
 */
export async function asOnlyPass<T>(ch: ClickHouse, isAlone: boolean, pass: () => Promise<T>): Promise<T> {
  if (isAlone) return await pass();
  const holder = randomBytes(8).toString('hex');
  const [clock] = await ch.query<{ now: string }>('SELECT now64(3) AS now');
  const begunMs = fromDateTime64(clock?.now ?? '');
  const say = (ended: 0 | 1): Promise<void> =>
    ch.insert('evidence_passes', ['holder', 'begun', 'ended'], [[holder, toDateTime64(begunMs), ended]]);
  await say(0);
  const timer = setInterval(() => void say(0).catch(() => undefined), REFRESH_MS);
  try {
    const others = await ch.query<{ holder: string }>(
      `SELECT holder FROM {db}.evidence_passes FINAL
      WHERE ended = 0 AND at > now64(3) - INTERVAL ${DEAD_AFTER_SECONDS} SECOND ORDER BY begun, holder LIMIT 1`,
    );
    if (others[0]?.holder !== holder)
      throw new KeyholeError('evidence_busy', 'another process is adding to the evidence: try again when it is done', {
        retriable: true,
      });
    return await pass();
  } finally {
    clearInterval(timer);
    await say(1).catch(() => undefined);
  }
}
