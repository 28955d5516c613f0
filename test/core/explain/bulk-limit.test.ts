// The running record count of a bulk task: order, what counts, and that the order of arrival does not matter.

import fc from 'fast-check';
import { accessKey, type ExplainableAccess, withinBulkLimit } from '../../../services/core/explain/explain.js';
import type { SupportCase } from '../../../services/core/feeds/records.js';

const task = (change: Partial<SupportCase> = {}): SupportCase => ({
  case_id: 'task-1',
  kind: 'bulk_task',
  status: 'open',
  opened_at: 0,
  closed_at: null,
  opened_by: 'lead',
  assignee_id: 'amy',
  seller_id: null,
  customer_ids: [],
  approved_by: 'lead',
  record_limit: 100,
  updated_at: 0,
  ...change,
});

const read = (event_id: string, occurred_at: number, change: Partial<ExplainableAccess> = {}): ExplainableAccess => ({
  event_id,
  occurred_at,
  actor_id: 'amy',
  action: 'order_history.read',
  outcome: 'allowed',
  seller_id: null,
  customer_ids: [],
  record_count: 40,
  case_id: 'task-1',
  ...change,
});

const within = (citing: readonly ExplainableAccess[], versions: readonly SupportCase[] = [task()]): string[] => {
  const keys = withinBulkLimit(citing, versions);
  return citing.filter((access) => keys.has(accessKey(access))).map((access) => access.event_id);
};

test('accesses count in order of time, then id, while the sum with this one is within the limit', () => {
  expect(within([read('a', 10), read('b', 20), read('c', 30)])).toEqual(['a', 'b']);
  expect(within([read('c', 10), read('b', 10), read('a', 10)])).toEqual(['b', 'a']);
});

test('a sum that meets the limit exactly is within it', () => {
  expect(within([read('a', 1, { record_count: 60 }), read('b', 2)])).toEqual(['a', 'b']);
  expect(within([read('a', 1, { record_count: 61 }), read('b', 2)])).toEqual(['a']);
});

test('once the sum is beyond the limit, a smaller access does not slip in', () => {
  const citing = [read('a', 1), read('b', 2, { record_count: 61 }), read('c', 3, { record_count: 1 })];
  expect(within(citing)).toEqual(['a']);
});

test('without a limit nothing is covered', () => {
  expect(within([read('a', 1, { record_count: 0 })], [task({ record_limit: null })])).toEqual([]);
});

test('refused accesses, other kinds of action and other people neither count nor are covered', () => {
  const citing = [
    read('denied', 1, { outcome: 'denied' }),
    read('deletion', 2, { action: 'review.delete' }),
    read('colleague', 3, { actor_id: 'bob' }),
    read('a', 4),
    read('b', 5),
  ];
  expect(within(citing)).toEqual(['a', 'b']);
});

test('assignee and limit are those in force at each access', () => {
  const versions = [
    task({ assignee_id: 'bob', record_limit: 40 }),
    task({ assignee_id: 'amy', record_limit: 80, updated_at: 15 }),
    task({ assignee_id: 'amy', record_limit: 200, updated_at: 35 }),
  ];
  const citing = [read('early', 10), read('bob', 11, { actor_id: 'bob' }), read('a', 20), read('b', 30), read('c', 40)];
  expect(within(citing, versions)).toEqual(['bob', 'a', 'c']);
});

test('what is within does not depend on the order in which accesses arrived', () => {
  const citing = fc.uniqueArray(
    fc.record({ id: fc.nat(30), at: fc.nat(5), records: fc.nat(60), by: fc.constantFrom('amy', 'bob') }),
    { selector: (one) => `${one.id} ${one.at} ${one.by}`, maxLength: 12 },
  );
  const versions = [task(), task({ assignee_id: 'bob', updated_at: 3 })];
  fc.assert(
    fc.property(citing, (rows) => {
      const accesses = rows.map((row) => read(`e-${row.id}`, row.at, { record_count: row.records, actor_id: row.by }));
      expect(withinBulkLimit([...accesses].reverse(), versions)).toEqual(withinBulkLimit(accesses, versions));
    }),
  );
});
