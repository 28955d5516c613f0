// Folding accesses one by one gives the figures that days add up to, whatever the accesses are, and so does a patched day.

import fc from 'fast-check';
import { DayColumns, foldColumns } from '../../../services/core/detections/cases/fold.js';
import { AMOUNTS } from '../../../services/core/detections/definition.js';
import type { Explained } from '../../../services/core/feeds/records.js';
import { addAccess, emptyFigures, type JudgedAccess } from '../../../services/core/judge/conduct.js';
import { buildFrame, type DayFrame, patchFrame } from '../../../services/core/judge/frame.js';
import { type Measure, measureOf, PARTS, positionOf } from '../../../services/core/judge/measures.js';
import { createNames, type FrameNames } from '../../../services/core/judge/names.js';
import type { SellerShare } from '../../../services/core/judge/places.js';
import { startOf } from '../../../services/core/time.js';

const DAY = 20_500;

const access = fc
  .record({
    ms: fc.nat(86_399_999),
    actor_id: fc.constantFrom('amy', 'bob'),
    action: fc.constantFrom('customer_email.read', 'customer_contact.export'),
    seller_id: fc.constantFrom(null, 's-1', 's-2', 's-3'),
    customer_ids: fc.array(fc.constantFrom('c-1', 'c-2', 'c-3', 'c-4', 'c-5'), { maxLength: 4 }),
    review_rating: fc.constantFrom(null, 1, 2, 3, 5),
    record_count: fc.nat(8),
    approver_id: fc.constantFrom(null, 'amy', 'lead'),
    explained: fc.constantFrom<Explained>('yes', 'no', 'late', 'self'),
  })
  .map(
    ({ ms, ...rest }): JudgedAccess => ({
      ...rest,
      event_id: `e-${ms}`,
      occurred_at: startOf(DAY) + ms,
      case_id: null,
    }),
  );

const frameOf = (accesses: readonly JudgedAccess[], names: FrameNames): DayFrame =>
  buildFrame(DAY, names, foldColumns(accesses).get(DAY) ?? new DayColumns().empty(), 1n);

/** Sellers of the day's sums are told where a frame keeps them: of unexplained rows, and of rare actions. */
function figuresOf(frame: DayFrame, names: FrameNames, measure: Measure, actor: string) {
  const day = measureOf(frame, names, measure);
  const at = positionOf(day, names.actors.find(actor));
  if (at < 0) return null;
  const sellers = new Map<string, SellerShare>();
  for (let i = day.entryFrom[at] as number; i < (day.entryFrom[at + 1] as number); i++) {
    sellers.set(names.sellers.textOf(day.seller[i] as number), {
      amount: day.sellerAmount[i] as number,
      low: day.sellerLow[i] as number,
      unchecked: day.sellerUnchecked[i] ?? PARTS * (day.sellerAmount[i] as number),
      doubtful: day.sellerDoubtful[i] ?? 0,
      visits: 1,
    });
  }
  return {
    amount: day.amount[at],
    counted: day.counted[at],
    events: day.events[at],
    explained_no: day.no[at],
    explained_late: day.late[at],
    explained_self: day.self[at],
    unapproved: day.unapproved[at],
    low: day.low[at],
    sellers: [...sellers].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  };
}

function oneByOne(accesses: readonly JudgedAccess[], measure: Measure, actor: string) {
  const own = accesses.filter((one) => one.actor_id === actor);
  if (own.length === 0) return null;
  const figures = emptyFigures();
  const seen = new Set<string>();
  for (const one of own) addAccess(figures, one, measure, seen);
  return { ...figures, sellers: [...figures.sellers].sort((a, b) => (a[0] < b[0] ? -1 : 1)) };
}

const measures = AMOUNTS.filter((amount) => amount !== 'records').map(
  (amount): Measure => ({ amount, counts: 'unexplained', actions: ['customer_email.read', 'customer_contact.export'] }),
);

test.each(measures)('counting $amount of unexplained accesses', (measure) => {
  fc.assert(
    fc.property(fc.array(access, { maxLength: 30 }), (accesses) => {
      const names = createNames();
      const frame = frameOf(accesses, names);
      for (const actor of ['amy', 'bob']) {
        expect(figuresOf(frame, names, measure, actor)).toEqual(oneByOne(accesses, measure, actor));
      }
    }),
  );
});

test('a day patched for one actor is the day built anew', () => {
  const [measure] = measures as [Measure];
  fc.assert(
    fc.property(fc.array(access, { maxLength: 20 }), fc.array(access, { maxLength: 20 }), (before, now) => {
      const names = createNames();
      const bobs = before.filter((one) => one.actor_id === 'bob');
      const amys = now.filter((one) => one.actor_id === 'amy');
      const columns = foldColumns(amys).get(DAY) ?? new DayColumns().empty();
      const patched = patchFrame(frameOf(before, names), names, ['amy'], columns, 2n);
      const anew = frameOf([...bobs, ...amys], names);
      expect(patched.version).toBe(2n);
      expect(patched.rows).toBe(anew.rows);
      for (const actor of ['amy', 'bob']) {
        expect(figuresOf(patched, names, measure, actor)).toEqual(figuresOf(anew, names, measure, actor));
      }
    }),
  );
});
