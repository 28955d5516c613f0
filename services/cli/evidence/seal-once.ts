// One pass of sealing: up to when, and who vouches for what came later. An embedded database is alone: all that is stored is sealed. A
// stack's hour is sealed once every feed has passed it by the day that records may be late.

import { align } from '../../core/align/frontier.js';
import { FEEDS } from '../../core/feeds/records.js';
import { NOBODY, type Witness } from '../../pipeline/evidence/differences.js';
import { HOUR_MS } from '../../pipeline/evidence/leaves-sql.js';
import { seal } from '../../pipeline/evidence/seal.js';
import { readProgress } from '../../pipeline/progress.js';
import { sweepErased } from '../../pipeline/retention/sweep.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64 } from '../../platform/clickhouse/time.js';
import type { SealingKey } from '../../platform/files/sealing-key.js';
import { createOffsets } from '../../platform/kafka/offsets.js';
import { silentLogger } from '../../platform/log/logger.js';
import type { Progress } from '../../platform/terminal/progress.js';
import type { EvidenceContext } from './context.js';
import { landedPositions, logWitness } from './log-witness.js';

/** Records may be out of order by so much event time. */
const LATE_MS = 24 * HOUR_MS;
/** What is written with its own time may become visible so much later. */
const WRITTEN_LATE_MS = HOUR_MS;

export interface SealOnce {
  readonly key: SealingKey;
  readonly all: boolean;
  readonly progress?: Progress;
  readonly witness?: Witness;
}

/** @returns what was done, in a sentence */
export async function sealOnce(
  { database, anchor, kafka, registry }: Pick<EvidenceContext, 'database' | 'anchor' | 'kafka' | 'registry'>,
  { key, all, progress, witness }: SealOnce,
): Promise<string> {
  const { clickhouse: ch } = database;
  const nowMs = Date.now();
  try {
    await sweepErased(ch);
    const positions = kafka === null ? {} : await landedPositions(ch);
    const eventUntilMs = kafka === null || all ? await newestHourEnd(ch) : await reachedByAll(ch, kafka);
    const { digests, refused } = await seal(ch, {
      key,
      anchor,
      witness: witness ?? (kafka === null || registry === null ? NOBODY : logWitness(ch, kafka, registry)),
      positions,
      isAlone: database.exclusive,
      eventUntilMs,
      writtenUntilMs: kafka === null || all ? nowMs : nowMs - WRITTEN_LATE_MS,
      nowMs,
      onProgress: (done, total) => progress?.update('sealing', done, total),
    });
    const left =
      refused.length === 0 ? '' : `; ${refused.length} hours differ from what was sealed, see keyhole verify`;
    return `${digests.length} digests signed, through ${new Date(eventUntilMs).toISOString()}${left}`;
  } finally {
    progress?.stop();
  }
}

async function newestHourEnd(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ newest: string; n: string }>(
    'SELECT count() AS n, max(occurred_at) AS newest FROM {db}.access_events',
  );
  if (row === undefined || row.n === '0') return 0;
  return (Math.floor(fromDateTime64(row.newest) / HOUR_MS) + 1) * HOUR_MS;
}

async function reachedByAll(ch: ClickHouse, kafka: NonNullable<EvidenceContext['kafka']>): Promise<number> {
  const offsets = createOffsets(kafka, { log: silentLogger });
  try {
    const cluster = await offsets.clusterId();
    const ends = await offsets.ends(FEEDS);
    const progress = await readProgress(ch, cluster);
    const { frontierMs } = align(ends, progress);
    const newestMs = Math.max(
      0,
      ...progress.filter(({ topic }) => topic === 'access-log').map((row) => row.watermarkMs),
    );
    const reachedMs = Math.max(0, Math.min(frontierMs, newestMs) - LATE_MS);
    return Math.floor(reachedMs / HOUR_MS) * HOUR_MS;
  } finally {
    await offsets.close();
  }
}
