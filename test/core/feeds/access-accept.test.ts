import fc from 'fast-check';
import { acceptAccess } from '../../../services/core/feeds/access-accept.js';
import { canonicalJson } from '../../../services/core/feeds/canonical.js';
import { RECORD_SCHEMAS, type TimeForm } from '../../../services/core/feeds/schemas.js';
import { nearlyValidRecord, validRecord } from './arbitraries.js';

function same(value: unknown, times: TimeForm): void {
  const parsed = RECORD_SCHEMAS[times]['access-log'].safeParse(value);
  const quick = acceptAccess(value, times);
  expect(quick).toEqual(parsed.success ? parsed.data : null);
}

describe('the quick way through validation', () => {
  test('accepts every valid access, as the schema does, in the order of its canonical JSON', () => {
    fc.assert(
      fc.property(validRecord('access-log'), (value) => {
        same(value, 'iso');
        const record = acceptAccess(value, 'iso');
        if (!record) throw new Error('a valid record went the slow way');
        expect(JSON.stringify(record)).toBe(canonicalJson('access-log', record));
      }),
      { numRuns: 300 },
    );
  });

  test('agrees with the schema about records that are nearly valid, in both forms of time', () => {
    fc.assert(
      fc.property(nearlyValidRecord('access-log'), fc.constantFrom<TimeForm>('iso', 'millis'), (value, times) =>
        same(value, times),
      ),
      { numRuns: 2000 },
    );
  });

  test('agrees with the schema about milliseconds', () => {
    const value = acceptAccess({ ...PLAIN, occurred_at: '2026-03-01T09:30:00.000Z' }, 'iso');
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 946_684_799_990, max: 946_684_800_010 }), fc.double()), (occurred_at) =>
        same({ ...value, occurred_at }, 'millis'),
      ),
    );
  });

  test('agrees with the schema about anything at all', () => {
    fc.assert(fc.property(fc.anything(), (value) => same(value, 'iso')));
  });
});

const PLAIN = { event_id: 'e', actor_id: 'a', action: 'x', tool: 't', marketplace: 'US', record_count: 0 };
