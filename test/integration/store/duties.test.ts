import { forgetFulfilled, fulfilDuties, readDuties } from '../../../services/pipeline/duties.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { freshDatabase } from '../support/stack.js';

const minutesAgo = (ch: ClickHouse, batchId: string, done: 0 | 1, minutes: number): Promise<void> =>
  ch.command(
    `INSERT INTO {db}.landings (batch_id, touched_days, touched_actors, done, at)
    VALUES ('${batchId}', ['2026-03-01'], ['emp-1'], ${done}, now64(3) - INTERVAL ${minutes} MINUTE)`,
  );

const openDuties = async (ch: ClickHouse): Promise<string[]> => {
  const duties = await readDuties(ch, { frontier: Number.POSITIVE_INFINITY, except: [] });
  return duties.map(({ batchId }) => batchId);
};

const rowsOf = async (ch: ClickHouse): Promise<string[]> => {
  const rows = await ch.query<{ row: string }>(
    "SELECT concat(batch_id, ' ', toString(done)) AS row FROM {db}.landings ORDER BY row",
  );
  return rows.map(({ row }) => row);
};

describe('fulfilled duties', () => {
  test('both rows of an old one are deleted; of a recent one at most the open row', async () => {
    const { clickhouse: ch } = await freshDatabase('fulfilled');
    await minutesAgo(ch, 'old', 0, 180);
    await minutesAgo(ch, 'old', 1, 120);
    await minutesAgo(ch, 'straddling', 0, 180);
    await minutesAgo(ch, 'straddling', 1, 5);
    await minutesAgo(ch, 'recent', 1, 4);
    await forgetFulfilled(ch);
    expect(await rowsOf(ch)).toEqual(['recent 1', 'straddling 1']);
    expect(await openDuties(ch)).toEqual([]);
  });

  test('nothing as young as an open duty is deleted, however old that is', async () => {
    const { clickhouse: ch } = await freshDatabase('still_open');
    await minutesAgo(ch, 'before', 0, 500);
    await minutesAgo(ch, 'before', 1, 490);
    await minutesAgo(ch, 'open', 0, 400);
    await minutesAgo(ch, 'after', 0, 300);
    await minutesAgo(ch, 'after', 1, 290);
    await forgetFulfilled(ch);
    expect(await openDuties(ch)).toEqual(['open']);
    expect(await rowsOf(ch)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^before/)]));
    await fulfilDuties(ch, ['open']);
    await forgetFulfilled(ch);
    expect(await rowsOf(ch)).toEqual(['open 1']);
  });

  test('none expires by itself, before a merge has brought its two rows together', async () => {
    const { clickhouse: ch } = await freshDatabase('no_expiry');
    const [table] = await ch.query<{ create_table_query: string }>(
      "SELECT create_table_query FROM system.tables WHERE database = {database:String} AND name = 'landings'",
      { database: ch.database },
    );
    expect(table?.create_table_query).toMatch(/ReplacingMergeTree/);
    expect(table?.create_table_query).not.toMatch(/TTL.*done/);
  });
});
