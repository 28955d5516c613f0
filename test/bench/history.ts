// The history that every measurement starts from: landed by Keyhole's own lander, judged by a scorer, once; each measurement then
// works on a copy. The large history is the small one multiplied inside the database, and judged again.

import { batchOf, type DecodedBatch } from '../../services/core/feeds/batch.js';
import { contentRank } from '../../services/core/feeds/canonical.js';
import type { Feed, FeedRecords } from '../../services/core/feeds/records.js';
import { type Day, dayText } from '../../services/core/time.js';
import { createExclusiveLander, type Lander } from '../../services/pipeline/lander.js';
import { createClickHouseFactStore } from '../../services/pipeline/store/fact-store-clickhouse.js';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { createDatabase } from './database.js';
import type { Rig } from './rig.js';
import { workOf } from './traffic/day.js';
import { canaries, employees, sellerLinks, sellers } from './traffic/organisation.js';

export interface HistoryOptions {
  readonly employees: number;
  readonly first: Day;
  readonly days: number;
}

export interface History {
  readonly ch: ClickHouse;
  readonly events: number;
}

const ROWS_PER_LANDING = 60_000;

/** Landed, explained and owed to the judge; not yet judged. */
export async function landHistory(
  rig: Rig,
  name: string,
  options: HistoryOptions,
  say: (line: string) => void,
): Promise<History> {
  const ch = await createDatabase(rig, name);
  const lander = await createExclusiveLander(createClickHouseFactStore(ch));
  await land(lander, 'employees', [...employees(options.employees, options.first)]);
  await land(lander, 'sellers', [...sellers(options.first)]);
  await land(lander, 'seller-links', [...sellerLinks(options.first)]);
  await land(lander, 'canaries', [...canaries(options.first)]);
  let events = 0;
  for (let day = options.first; day < options.first + options.days; day++) {
    const work = workOf(day, options);
    await land(lander, 'support-cases', work.cases);
    await land(lander, 'access-log', work.accesses);
    events += work.accesses.length;
    say(`history: ${events.toLocaleString('en')} events stored, up to ${dayText(day)}`);
  }
  await lander.finish();
  return { ch, events };
}

async function land<F extends Feed>(lander: Lander, feed: F, records: readonly FeedRecords[F][]): Promise<void> {
  for (let i = 0; i < records.length; i += ROWS_PER_LANDING) {
    const part = records.slice(i, i + ROWS_PER_LANDING);
    const ranks = part.map((record) => contentRank(feed, record));
    await lander.land({ batchId: `bench/${feed}/${i}`, batches: [batchOf(feed, part, ranks) as DecodedBatch] });
  }
}
