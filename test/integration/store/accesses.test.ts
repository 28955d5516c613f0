import { freshDatabase } from '../support/stack.js';
import { landAccesses, start } from './rows.js';

describe('an access written more than once', () => {
  /** The version's high bits are the complement of the digest: the smaller digest has the larger version. */
  const smallDigest = { tool: 'small-digest', version: '1152921504606846975' };
  const largeDigest = { tool: 'large-digest', version: '1048576' };

  test.each([
    ['smaller digest first', [[smallDigest], [largeDigest]]],
    ['smaller digest last', [[largeDigest], [smallDigest]]],
    ['both in one batch', [[largeDigest, smallDigest]]],
    ['both in one batch, the other way about', [[smallDigest, largeDigest]]],
    ['many times', [[largeDigest, largeDigest], [smallDigest], [largeDigest], [smallDigest]]],
  ])('is one row, that of the smaller digest: %s', async (_order, batches) => {
    const { clickhouse: ch } = await freshDatabase('content');
    for (const batch of batches) await landAccesses(ch, batch);
    const tools = 'SELECT tool FROM {db}.accesses';
    expect(await ch.query(tools)).toEqual([{ tool: 'small-digest' }]);
    await ch.command('OPTIMIZE TABLE {db}.access_events FINAL');
    expect(await ch.query(tools)).toEqual([{ tool: 'small-digest' }]);
  });

  test('is not found by what only its losing content says', async () => {
    const { clickhouse: ch } = await freshDatabase('losing');
    await landAccesses(ch, [{ ...smallDigest, seller_id: 's-1', customer_ids: ['c-1'] }]);
    await landAccesses(ch, [{ ...largeDigest, seller_id: 's-2', customer_ids: ['c-2'] }]);
    const found = async (condition: string) =>
      (await ch.query(`SELECT event_id FROM {db}.accesses WHERE ${condition}`)).length;
    expect(await found("seller_id = 's-1'")).toBe(1);
    expect(await found("seller_id = 's-2'")).toBe(0);
    expect(await found("has(customer_ids, 'c-1')")).toBe(1);
    expect(await found("has(customer_ids, 'c-2')")).toBe(0);
  });

  test('takes the better informed explanation of the same content', async () => {
    const { clickhouse: ch } = await freshDatabase('explained');
    await landAccesses(ch, [{ explained: 'yes', version: '1048578' }]);
    await landAccesses(ch, [{ explained: 'no', version: '1048577' }]);
    expect(await ch.query('SELECT explained FROM {db}.accesses')).toEqual([{ explained: 'yes' }]);
  });

  test('under another time or actor is another event, and a conflict', async () => {
    const { clickhouse: ch } = await freshDatabase('conflict');
    await landAccesses(ch, [{}, { occurred_at: start + 1 }, { event_id: 'ev-2' }]);
    await landAccesses(ch, [{}, { actor_id: 'emp-2' }, { event_id: 'ev-2' }]);
    expect(await ch.query('SELECT count() AS n FROM {db}.accesses')).toEqual([{ n: '4' }]);
    expect(await ch.query('SELECT event_id, identities, seen_as FROM {db}.conflicts')).toEqual([
      {
        event_id: 'ev-1',
        identities: 3,
        seen_as: [
          { actor_id: 'emp-1', occurred_at: '2026-03-01 00:00:00.000', tool: 'desk' },
          { actor_id: 'emp-1', occurred_at: '2026-03-01 00:00:00.001', tool: 'desk' },
          { actor_id: 'emp-2', occurred_at: '2026-03-01 00:00:00.000', tool: 'desk' },
        ],
      },
    ]);
  });
});

describe('looking up accesses', () => {
  test.each([
    ['actor', "actor_id = 'emp-7'", 'PrimaryKey'],
    ['customer', "has(customer_ids, 'c-77')", 'by_customer'],
    ['seller', "seller_id = 's-7'", 'by_seller'],
  ])('by %s reads through an index, FINAL and the view notwithstanding', async (_what, condition, index) => {
    const { clickhouse: ch } = await freshDatabase('indexes');
    await landAccesses(
      ch,
      Array.from({ length: 8_000 }, (_, i) => ({
        event_id: `ev-${i}`,
        actor_id: `emp-${i % 40}`,
        seller_id: `s-${i}`,
        customer_ids: [`c-${i}`],
      })),
    );
    const plan = await ch.query<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT * FROM {db}.accesses WHERE ${condition}`,
    );
    const text = plan.map((row) => row.explain).join('\n');
    const used = text.slice(text.indexOf(index));
    const [, selected, total] = /Granules: (\d+)\/(\d+)/.exec(used) ?? [];
    expect(Number(total)).toBeGreaterThanOrEqual(7);
    expect(Number(selected)).toBeLessThanOrEqual(2);
  });
});

test('one insert is one block, however many rows and bytes', async () => {
  const { clickhouse: ch } = await freshDatabase('block');
  const words = 'w'.repeat(200);
  await landAccesses(
    ch,
    Array.from({ length: 60_000 }, (_, i) => ({
      event_id: `ev-${i}-${words}`.slice(0, 200),
      customer_ids: [`c-${i}`],
    })),
  );
  const parts =
    "SELECT sum(rows) AS n, max(max_block_number - min_block_number) AS merged, count() AS parts FROM system.parts WHERE database = {name:String} AND table = 'access_events' AND active";
  expect(await ch.query(parts, { name: ch.database })).toEqual([{ n: '60000', merged: '0', parts: '1' }]);
});

test('a query takes arrays of tens of thousands of ids', async () => {
  const { clickhouse: ch } = await freshDatabase('arrays');
  await landAccesses(ch, [{ actor_id: "o'neil" }, { actor_id: 'emp-2' }]);
  const ids = ["o'neil", ...Array.from({ length: 60_000 }, (_, i) => `nobody-${i}`)];
  expect(await ch.query('SELECT actor_id FROM {db}.accesses WHERE actor_id IN {ids:Array(String)}', { ids })).toEqual([
    { actor_id: "o'neil" },
  ]);
});
