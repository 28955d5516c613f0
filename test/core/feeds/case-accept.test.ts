import fc from 'fast-check';
import { canonicalJson } from '../../../services/core/feeds/canonical.js';
import { acceptCase } from '../../../services/core/feeds/case-accept.js';
import { RECORD_SCHEMAS, type TimeForm } from '../../../services/core/feeds/schemas.js';
import { nearlyValidRecord, validRecord } from './arbitraries.js';

function same(value: unknown, times: TimeForm): void {
  const parsed = RECORD_SCHEMAS[times]['support-cases'].safeParse(value);
  expect(acceptCase(value, times)).toEqual(parsed.success ? parsed.data : null);
}

describe('the quick way through validation, for support cases', () => {
  test('accepts every valid case, as the schema does, in the order of its canonical JSON', () => {
    fc.assert(
      fc.property(validRecord('support-cases'), (value) => {
        same(value, 'iso');
        const record = acceptCase(value, 'iso');
        if (!record) throw new Error('a valid case went the slow way');
        expect(JSON.stringify(record)).toBe(canonicalJson('support-cases', record));
      }),
      { numRuns: 300 },
    );
  });

  test('agrees with the schema about cases that are nearly valid, in both forms of time', () => {
    fc.assert(
      fc.property(nearlyValidRecord('support-cases'), fc.constantFrom<TimeForm>('iso', 'millis'), (value, times) =>
        same(value, times),
      ),
      { numRuns: 2000 },
    );
  });

  test('agrees with the schema about milliseconds', () => {
    const time = fc.oneof(fc.integer({ min: 946_684_799_990, max: 946_684_800_010 }), fc.double());
    fc.assert(
      fc.property(time, fc.option(time, { nil: null }), (opened_at, closed_at) =>
        same({ ...PLAIN, opened_at, closed_at }, 'millis'),
      ),
    );
  });

  test('agrees with the schema about anything at all', () => {
    fc.assert(fc.property(fc.anything(), (value) => same(value, 'iso')));
  });
});

const PLAIN = { case_id: 'c', kind: 'support', status: 'open', opened_by: 'p', updated_at: 946_684_800_000 };
