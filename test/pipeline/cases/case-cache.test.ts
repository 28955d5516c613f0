// The ring of case versions says what was put into it or nothing at all, whatever was overwritten meanwhile.

import fc from 'fast-check';
import type { SupportCase } from '../../../services/core/feeds/records.js';
import { CaseCache, type CaseVersion, knownCase } from '../../../services/pipeline/cases/case-cache.js';

function version(id: string, updated_at: number, more: Partial<SupportCase> = {}, rank = 1): CaseVersion {
  return {
    record: {
      case_id: id,
      kind: 'support',
      status: 'open',
      opened_at: 1_700_000_000_000,
      closed_at: null,
      opened_by: 'desk-1',
      assignee_id: null,
      seller_id: null,
      customer_ids: [],
      approved_by: null,
      record_limit: null,
      updated_at,
      ...more,
    },
    rank,
  };
}

test('a case comes back as it was, every field of it', () => {
  const cache = new CaseCache(10_000);
  const full = version('case-é', 5, {
    kind: 'bulk_task',
    status: 'closed',
    closed_at: 1_700_000_000_001,
    assignee_id: 'emp-1',
    seller_id: 's-1',
    customer_ids: ['c-1', 'c-2'],
    approved_by: 'emp-2',
    record_limit: 2 ** 53 - 2,
  });
  cache.add(full, true);
  expect(cache.read('case-é')).toEqual({ versions: [full.record], contents: 1 });
  expect(cache.read('case-e')).toBeUndefined();
});

test('versions ascend, the larger rank counts of two contents, and both are counted', () => {
  const cache = new CaseCache(10_000);
  cache.add(version('a', 9), true);
  cache.add(version('a', 3, { seller_id: 'loses' }, 1), false);
  cache.add(version('a', 3, { seller_id: 'wins' }, 2), false);
  cache.add(version('a', 3, { seller_id: 'wins' }, 2), false);
  const known = cache.read('a');
  expect(known?.versions.map(({ updated_at, seller_id }) => [updated_at, seller_id])).toEqual([
    [3, 'wins'],
    [9, null],
  ]);
  expect(known?.contents).toBe(3);
});

test('contents that are stored no more stay counted', () => {
  const cache = new CaseCache(10_000);
  cache.put([version('a', 1), version('a', 2)], 5);
  expect(cache.read('a')?.contents).toBe(5);
  cache.add(version('a', 3), false);
  expect(cache.read('a')?.contents).toBe(6);
});

test('a version of a case that is not remembered is not taken for all of it', () => {
  const cache = new CaseCache(10_000);
  cache.add(version('a', 1), false);
  expect(cache.read('a')).toBeUndefined();
});

test('a forgotten case stays unknown until it is put again', () => {
  const cache = new CaseCache(10_000);
  cache.add(version('a', 1), true);
  cache.forget('a');
  cache.add(version('a', 2), false);
  expect(cache.read('a')).toBeUndefined();
  cache.put([version('a', 1), version('a', 2)], 2);
  expect(cache.read('a')?.versions).toHaveLength(2);
});

test('a case larger than the cache is not remembered, and nothing breaks', () => {
  const cache = new CaseCache(1_000);
  cache.add(version('a', 1, { customer_ids: Array.from({ length: 500 }, (_, i) => `customer-${i}`) }), true);
  expect(cache.read('a')).toBeUndefined();
  cache.add(version('b', 1), true);
  expect(cache.read('b')?.versions).toHaveLength(1);
});

test('whatever is written and overwritten, an answer is the whole truth', () => {
  const steps = fc.array(
    fc.record({
      id: fc.integer({ min: 0, max: 12 }).map((n) => `case-${n}`),
      updated_at: fc.integer({ min: 0, max: 6 }),
      rank: fc.integer({ min: 0, max: 3 }),
      customers: fc.integer({ min: 0, max: 12 }),
      doing: fc.constantFrom('add', 'add', 'add', 'forget', 'read again'),
    }),
    { maxLength: 120 },
  );
  let answered = 0;
  fc.assert(
    fc.property(steps, fc.integer({ min: 300, max: 2_500 }), (script, bytes) => {
      const cache = new CaseCache(bytes);
      const stored = new Map<string, CaseVersion[]>();
      for (const { id, updated_at, rank, customers, doing } of script) {
        const versions = stored.get(id) ?? [];
        if (doing === 'forget') cache.forget(id);
        else if (doing === 'read again') {
          if (versions.length > 0) cache.put(versions, 0);
        } else {
          const customer_ids = Array.from({ length: customers }, (_, i) => `c-${rank}-${i}`);
          const one = version(id, updated_at, { customer_ids }, rank);
          const known = versions.find((old) => old.rank === rank && old.record.updated_at === updated_at);
          cache.add(known ?? one, versions.length === 0);
          if (known === undefined) stored.set(id, [...versions, one]);
        }
        for (const [name, all] of stored) {
          const known = cache.read(name);
          if (known === undefined) continue;
          answered++;
          expect(known).toEqual(knownCase(all, 0));
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(answered).toBeGreaterThan(1_000);
});
