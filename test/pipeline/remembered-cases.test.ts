import fc from 'fast-check';
import type { SupportCase } from '../../services/core/feeds/records.js';
import { RememberedCases } from '../../services/pipeline/remembered-cases.js';

const id = fc.stringMatching(/^[a-zé|,"\\]{1,4}$/);
const time = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 0, 1) + 5 });
const version: fc.Arbitrary<SupportCase> = fc.record({
  case_id: fc.constantFrom('c1', 'c2', 'c3'),
  kind: fc.constantFrom('support', 'appeal', 'review_dispute', 'investigation', 'bulk_task'),
  status: fc.constantFrom('open', 'closed'),
  opened_at: time,
  closed_at: fc.option(time),
  opened_by: id,
  assignee_id: fc.option(id),
  seller_id: fc.option(id),
  customer_ids: fc.array(id, { maxLength: 3 }),
  approved_by: fc.option(id),
  record_limit: fc.option(fc.constantFrom(0, 7, 2 ** 53 - 2)),
  updated_at: time,
});
const ranked = fc.record({ record: version, rank: fc.maxSafeNat() });

/** The winner of every updated_at, ascending. */
function expected(all: readonly { record: SupportCase; rank: number }[], caseId: string): SupportCase[] {
  const winners = new Map<number, { record: SupportCase; rank: number }>();
  for (const one of all) {
    if (one.record.case_id !== caseId) continue;
    const other = winners.get(one.record.updated_at);
    if (other === undefined || one.rank > other.rank) winners.set(one.record.updated_at, one);
  }
  return [...winners.values()].map(({ record }) => record).sort((a, b) => a.updated_at - b.updated_at);
}

const add = (cases: RememberedCases, all: readonly { record: SupportCase; rank: number }[]): void =>
  cases.add(
    all.map(({ record }) => record),
    all.map(({ rank }) => rank),
  );

describe('remembered cases', () => {
  test('come back as they were landed, the larger rank of two with one key, ascending by time', () => {
    const distinctRanks = fc.uniqueArray(ranked, { selector: ({ rank }) => rank, maxLength: 12 });
    fc.assert(
      fc.property(distinctRanks, fc.nat(12), (all, cut) => {
        const cases = new RememberedCases();
        add(cases, all.slice(0, cut));
        add(cases, all.slice(cut));
        const found = cases.read(['c1', 'c2', 'unknown']);
        for (const caseId of ['c1', 'c2', 'unknown']) {
          const versions = expected(all, caseId);
          expect(found?.get(caseId)).toEqual(versions.length === 0 ? undefined : versions);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are many, and each keeps its own versions', () => {
    const [one] = fc.sample(version, { numRuns: 1, seed: 7 });
    if (!one) throw new Error('no sample');
    const cases = new RememberedCases();
    const count = 40_000;
    for (const updated_at of [2, 1]) {
      const records = Array.from({ length: count }, (_, i) => ({ ...one, case_id: `c${i}`, updated_at }));
      cases.add(
        records,
        records.map(() => 1),
      );
    }
    const found = cases.read(['c0', `c${count - 1}`]);
    for (const case_id of ['c0', `c${count - 1}`]) {
      expect(found?.get(case_id)).toEqual([
        { ...one, case_id, updated_at: 1 },
        { ...one, case_id, updated_at: 2 },
      ]);
    }
  });

  test('are not answered for once forgotten', () => {
    const cases = new RememberedCases();
    cases.forget();
    cases.add([], []);
    expect(cases.read(['c1'])).toBeNull();
  });
});
