// Folding accesses one by one gives the figures that bucket rows add up to, whatever the accesses are.

import fc from 'fast-check';
import type { Explained } from '../../../services/core/feeds/records.js';
import {
  addAccess,
  addRow,
  type ConductFigures,
  emptyFigures,
  type JudgedAccess,
  type Measure,
} from '../../../services/core/judge/conduct.js';
import { startOf } from '../../../services/core/time.js';
import { foldDays } from './fold.js';

const access = fc
  .record({
    day: fc.integer({ min: 20_500, max: 20_503 }),
    ms: fc.nat(86_399_999),
    action: fc.constantFrom('customer_email.read', 'customer_contact.export'),
    seller_id: fc.constantFrom(null, 's-1', 's-2', 's-3'),
    customer_ids: fc.array(fc.constantFrom('c-1', 'c-2', 'c-3', 'c-4', 'c-5'), { maxLength: 4 }),
    review_rating: fc.constantFrom(null, 1, 2, 3, 5),
    record_count: fc.nat(8),
    approver_id: fc.constantFrom(null, 'amy', 'lead'),
    explained: fc.constantFrom<Explained>('yes', 'no', 'late', 'self'),
  })
  .map(
    ({ day, ms, ...rest }): JudgedAccess => ({
      ...rest,
      event_id: `e-${day}-${ms}`,
      occurred_at: startOf(day) + ms,
      actor_id: 'amy',
      case_id: null,
    }),
  );

const plain = ({ sellers, ...rest }: ConductFigures) => ({ ...rest, sellers: [...sellers].sort() });

const measures: readonly Measure[] = (['customers', 'events', 'records'] as const).flatMap((amount) =>
  (['all', 'unexplained'] as const).map((counts): Measure => ({ amount, counts })),
);

test.each(measures)('counting $amount of $counts accesses', (measure) => {
  fc.assert(
    fc.property(fc.array(access, { maxLength: 30 }), (accesses) => {
      const oneByOne = emptyFigures();
      const seen = new Set<string>();
      for (const one of accesses) addAccess(oneByOne, one, measure, seen);
      const fromRows = emptyFigures();
      for (const block of foldDays(accesses)) {
        for (const rows of block.byAction.values()) for (const row of rows) addRow(fromRows, row, measure);
      }
      expect(plain(oneByOne)).toEqual(plain(fromRows));
    }),
  );
});
