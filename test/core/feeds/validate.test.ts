import { FEEDS, type Feed } from '../../../services/core/feeds/records.js';
import { validateRecord } from '../../../services/core/feeds/validate.js';

const ACCESS = {
  event_id: 'ev-1',
  occurred_at: '2026-03-01T09:30:00.000Z',
  actor_id: 'emp-1',
  action: 'customer_email.read',
  tool: 'agent-desk',
  marketplace: 'FR',
  customer_ids: ['cust-1'],
  record_count: 1,
};
const AT = '2026-03-01T09:30:00.000Z';
const VALID: Readonly<Record<Feed, object>> = {
  'access-log': ACCESS,
  employees: {
    employee_id: 'emp-1',
    department: 'support',
    role: 'agent',
    peer_group: 'support-fr',
    marketplace: 'FR',
    status: 'active',
    hired_at: AT,
    valid_from: AT,
  },
  'support-cases': {
    case_id: 'case-1',
    kind: 'support',
    status: 'open',
    opened_at: AT,
    opened_by: 'emp-1',
    updated_at: AT,
  },
  'seller-enforcements': { enforcement_id: 'enf-1', seller_id: 'seller-1', kind: 'warned', at: AT, reason: '' },
  'customer-complaints': {
    complaint_id: 'cmp-1',
    customer_id: 'cust-1',
    received_at: AT,
    kind: 'other',
    channel: 'telephone',
  },
  'seller-links': { seller_id: 'seller-1', cluster_id: 'cluster-1', basis: 'bank', valid_from: AT },
  sellers: { seller_id: 'seller-1', marketplace: 'FR', category: 'chargers', valid_from: AT },
  canaries: { customer_id: 'cust-0', label: 'A', planted_at: AT },
};
const KAFKA_MS = Date.UTC(2026, 2, 1, 9, 30);
const HOUR_MS = 3_600_000;

function verdict(feed: Feed, value: unknown, kafkaTimestampMs?: number) {
  return validateRecord(feed, value, { times: 'iso', ...(kafkaTimestampMs === undefined ? {} : { kafkaTimestampMs }) });
}

describe('a valid access', () => {
  test('gets its defaults, nulls for what is absent, and loses what is unknown', () => {
    expect(verdict('access-log', { ...ACCESS, colour: 'red', case_id: null })).toEqual({
      ok: true,
      rank: expect.any(Number),
      canonical: expect.any(String),
      record: {
        ...ACCESS,
        occurred_at: KAFKA_MS,
        actor_kind: 'employee',
        outcome: 'allowed',
        seller_id: null,
        review_id: null,
        review_rating: null,
        case_id: null,
        approver_id: null,
        session_id: null,
        source_ip: null,
        country: null,
      },
    });
  });

  test.each<[string, object]>([
    ['an id of 64 characters', { actor_id: 'x'.repeat(64) }],
    ['an id of 64 characters beyond the basic plane', { actor_id: '😀'.repeat(64) }],
    ['an unknown action', { action: 'moon.phase' }],
    ['text of 256 characters', { tool: 'é'.repeat(256) }],
    ['no customers', { customer_ids: [] }],
    ['customers absent', { customer_ids: undefined }],
    ['customers null', { customer_ids: null }],
    ['a count of zero', { record_count: 0 }],
    ['the largest count', { record_count: 2 ** 53 - 2 }],
    ['the first moment of 2000', { occurred_at: '2000-01-01T00:00:00.000Z' }],
    ['the first moment of 2100', { occurred_at: '2100-01-01T00:00:00.000Z' }],
    ['a time without milliseconds', { occurred_at: '2026-03-01T09:30:00Z' }],
  ])('%s', (_what, change) => {
    expect(verdict('access-log', { ...ACCESS, ...change })).toMatchObject({ ok: true });
  });
});

describe('an invalid access is refused with its field and fault', () => {
  test.each<[string, object, string]>([
    ['a negative count', { record_count: -1 }, 'record_count: must be an integer of at least 0'],
    ['a fractional count', { record_count: 1.5 }, 'record_count: must be an integer of at least 0'],
    ['a count beyond 2^53 - 2', { record_count: 2 ** 53 - 1 }, 'record_count: must be an integer of at least 0'],
    ['a count in quotes', { record_count: '4711' }, 'record_count: must be an integer of at least 0'],
    ['no count', { record_count: undefined }, 'record_count: is missing'],
    ['an id of 65 characters', { event_id: 'x'.repeat(65) }, 'event_id: must be an id'],
    ['an empty id', { actor_id: '' }, 'actor_id: must be an id'],
    ['white space in an id', { actor_id: 'jo doe' }, 'actor_id: must be an id'],
    ['a no-break space in an id', { actor_id: 'jo\u00a0doe' }, 'actor_id: must be an id'],
    ['a next-line character in an id', { actor_id: 'jo\u0085doe' }, 'actor_id: must be an id'],
    ['half a surrogate pair in an id', { actor_id: 'jo\ud800' }, 'actor_id: must be an id'],
    ['a number as id', { actor_id: 4711 }, 'actor_id: must be an id'],
    ['no actor', { actor_id: null }, 'actor_id: is missing'],
    ['an address for a customer', { customer_ids: ['cust-1', 'jo@doe.test'] }, 'customer_ids[1]: must be an id'],
    ['a null customer', { customer_ids: [null] }, 'customer_ids[0]: is missing'],
    ['customers as text', { customer_ids: 'cust-1' }, 'customer_ids: must be a list of ids'],
    ['an @ in the seller', { seller_id: 's@1' }, 'seller_id: must be an id'],
    ['an @ in the review', { review_id: 's@1' }, 'review_id: must be an id'],
    ['an @ in the case', { case_id: 's@1' }, 'case_id: must be an id'],
    ['an @ in the approver', { approver_id: 's@1' }, 'approver_id: must be an id'],
    ['an @ in the session', { session_id: 's@1' }, 'session_id: must be an id'],
    ['a time in 1970', { occurred_at: '1970-01-01T00:00:00.000Z' }, 'occurred_at: must lie between 2000'],
    ['a time in 2200', { occurred_at: '2200-01-01T00:00:00.000Z' }, 'occurred_at: must lie between 2000'],
    ['a time as a number', { occurred_at: KAFKA_MS }, 'occurred_at: must be an ISO 8601 time'],
    [
      'a time that does not exist',
      { occurred_at: '2026-02-30T00:00:00.000Z' },
      'occurred_at: must be an ISO 8601 time',
    ],
    ['six stars', { review_rating: 6 }, 'review_rating: must be at most 5'],
    ['no star', { review_rating: 0 }, 'review_rating: must be at least 1'],
    ['half a star', { review_rating: 2.5 }, 'review_rating: must be an integer'],
    ['an unknown kind of actor', { actor_kind: 'robot-4711' }, 'actor_kind: must be one of employee, contractor'],
    ['an unknown outcome', { outcome: 'maybe-4711' }, 'outcome: must be one of allowed, denied'],
    ['text of 257 characters', { tool: 'y'.repeat(257) }, 'tool: must be text of at most 256'],
    ['half a surrogate pair in text', { tool: '\udc00' }, 'tool: must be text of at most 256'],
  ])('%s', (_what, change, fault) => {
    expect(verdict('access-log', { ...ACCESS, ...change })).toEqual({
      ok: false,
      reason: 'invalid',
      error: expect.stringContaining(fault),
    });
  });

  test.each([null, undefined, 'text', 7, true, [ACCESS]])('%p is no record', (value) => {
    expect(verdict('access-log', value)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  test('an error quotes no value, and counts the faults that it leaves out', () => {
    const secret = 'secret@example.test';
    const names = ['actor_id', 'event_id', 'seller_id', 'review_id', 'case_id', 'approver_id', 'session_id'];
    const all = Object.fromEntries(names.map((name) => [name, secret]));
    const result = verdict('access-log', {
      ...ACCESS,
      ...all,
      actor_kind: secret,
      outcome: secret,
      occurred_at: secret,
    });
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(/; and 5 more$/) });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('the Kafka timestamp', () => {
  test.each<[string, number, boolean]>([
    ['24 hours before the event: just valid', KAFKA_MS - 24 * HOUR_MS, true],
    ['a millisecond more: invalid', KAFKA_MS - 24 * HOUR_MS - 1, false],
    ['two days before the event: invalid', KAFKA_MS - 48 * HOUR_MS, false],
    ['years after the event: valid', KAFKA_MS + 20_000 * HOUR_MS, true],
    ['negative, which means that there is none: valid', -1, true],
  ])('%s', (_what, timestampMs, ok) => {
    expect(verdict('access-log', ACCESS, timestampMs)).toMatchObject({ ok });
  });

  test('bounds every time of a record, not only the one it is ordered by', () => {
    const supportCase = {
      case_id: 'case-1',
      kind: 'support',
      status: 'closed',
      opened_at: '2026-03-01T09:00:00.000Z',
      closed_at: '2026-03-05T09:00:00.000Z',
      opened_by: 'emp-1',
      updated_at: '2026-03-01T09:30:00.000Z',
    };
    expect(verdict('support-cases', supportCase, KAFKA_MS)).toEqual({
      ok: false,
      reason: 'invalid',
      error: "closed_at: must not be more than 24 hours ahead of the record's Kafka timestamp",
    });
    expect(verdict('support-cases', supportCase)).toMatchObject({ ok: true });
  });
});

describe('every feed', () => {
  test.each([...FEEDS])('%s takes its plainest record', (feed) => {
    expect(verdict(feed, VALID[feed])).toMatchObject({ ok: true });
  });

  test.each([...FEEDS])('%s names what an empty record lacks', (feed) => {
    expect(verdict(feed, {})).toMatchObject({
      ok: false,
      reason: 'invalid',
      error: expect.stringContaining(': is missing'),
    });
  });

  test.each<[Feed, string, object]>([
    ['employees', 'manager_id', { manager_id: 'a@b' }],
    ['employees', 'left_at', { left_at: '1999-12-31T23:59:59.999Z' }],
    ['employees', 'status', { status: 'gone' }],
    ['support-cases', 'record_limit', { record_limit: -1 }],
    ['support-cases', 'opened_by', { opened_by: 'a@b' }],
    ['support-cases', 'customer_ids[0]', { customer_ids: ['a@b'] }],
    ['seller-enforcements', 'decided_by', { decided_by: 'a b' }],
    ['customer-complaints', 'customer_id', { customer_id: 'a@b' }],
    ['seller-links', 'cluster_id', { cluster_id: '' }],
    ['sellers', 'category', { category: 'c'.repeat(257) }],
    ['canaries', 'planted_at', { planted_at: '2100-01-01T00:00:00.001Z' }],
  ])('%s checks %s', (feed, field, change) => {
    expect(verdict(feed, { ...VALID[feed], ...change })).toEqual({
      ok: false,
      reason: 'invalid',
      error: expect.stringMatching(new RegExp(`^${field.replace(/[[\]]/g, '\\$&')}: must [^;]+$`)),
    });
  });
});
