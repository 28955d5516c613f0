// A pack gives back what was put in, whatever the records hold, however packs are cut and joined.

import * as fc from 'fast-check';
import { AccessPack } from '../../../services/core/feeds/access-pack.js';
import { canonicalJson, contentRank } from '../../../services/core/feeds/canonical.js';
import type { AccessEvent } from '../../../services/core/feeds/records.js';

const optional = fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }), { nil: null });
const event: fc.Arbitrary<AccessEvent> = fc.record({
  event_id: fc.string({ minLength: 1, maxLength: 12 }),
  occurred_at: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }),
  actor_id: fc.constantFrom('emp-1', 'emp-2', 'emp-ü'),
  actor_kind: fc.constantFrom('employee' as const, 'service' as const),
  action: fc.constantFrom('customer_email.read', 'review.delete'),
  outcome: fc.constant('allowed' as const),
  tool: fc.string({ unit: 'grapheme', maxLength: 300 }),
  marketplace: fc.constant('FR'),
  seller_id: optional,
  customer_ids: fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }),
  review_id: optional,
  review_rating: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  record_count: fc.nat(),
  case_id: optional,
  approver_id: optional,
  session_id: optional,
  source_ip: optional,
  country: optional,
});
const ranked = (one: AccessEvent) => ({ event: one, rank: contentRank('access-log', one) });
const pack = (events: readonly AccessEvent[]): AccessPack => AccessPack.of(events.map(ranked));
const textAt = (from: AccessPack, i: number): string => {
  const bytes = Buffer.alloc(from.sizeAt(i));
  from.copyAt(i, bytes, 0);
  return bytes.toString('utf8');
};

test('holds each event, its columns and its canonical JSON to the byte', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const packed = pack(events);
      expect(packed).toHaveLength(events.length);
      expect([...packed]).toEqual(events);
      expect(packed.actorIds).toEqual(events.map(({ actor_id }) => actor_id));
      expect(packed.times).toEqual(events.map(({ occurred_at }) => occurred_at));
      expect(packed.caseIds).toEqual(events.map(({ case_id }) => case_id));
      expect(events.map((_, i) => packed.rankedAt(i))).toEqual(events.map(ranked));
      expect(events.map((_, i) => textAt(packed, i))).toEqual(events.map((one) => canonicalJson('access-log', one)));
    }),
  );
});

test('joined packs hold their events one behind the other, a pick those at its places', () => {
  const parts = fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.infiniteStream(fc.nat()), (lists, places) => {
      const joined = AccessPack.join(lists.map(pack));
      const all = lists.flat();
      expect(joined).toEqual(all.length === 0 ? expect.anything() : pack(all));
      expect([...joined]).toEqual(all);
      const chosen = all.length === 0 ? [] : [...places.take(5)].map((n) => n % all.length);
      expect([...joined.pick(chosen)]).toEqual(chosen.map((i) => all[i]));
      expect(joined.pick(chosen).ranks).toEqual(chosen.map((i) => joined.ranks[i]));
    }),
  );
});

test('a record that is larger than the pack was so far finds room', () => {
  const [small, large] = [{ tool: 'x' }, { tool: '€'.repeat(250_000) }].map((part) => ({
    ...(fc.sample(event, { numRuns: 1, seed: 3 })[0] as AccessEvent),
    ...part,
  })) as [AccessEvent, AccessEvent];
  expect([...pack([small, large, small])]).toEqual([small, large, small]);
});
