import { accessesQuery, explanation, subjectOf } from '../../services/cli/who-read.js';
import { UsageError } from '../../services/core/errors.js';

const columns =
  'event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id, customer_ids, review_id, ' +
  'review_rating, record_count, case_id, approver_id, session_id, source_ip, country, explained, ingested_at';

describe('keyhole who-read', () => {
  test.each([
    ['customer' as const, 'has(customer_ids, {subject:String})'],
    ['seller' as const, 'seller_id = {subject:String}'],
    ['actor' as const, 'actor_id = {subject:String}'],
  ])('asks for the accesses of a %s, newest first, one more than it will show', (kind, condition) => {
    expect(accessesQuery({ subject: { kind, id: 'x-1' }, limit: 10 })).toEqual({
      sql: `SELECT ${columns} FROM {db}.accesses WHERE ${condition} ORDER BY occurred_at DESC, actor_id, event_id LIMIT {limit:UInt64}`,
      params: { subject: 'x-1', limit: 11 },
    });
  });

  test('bounds the time, the end not included', () => {
    const { sql, params } = accessesQuery({
      subject: { kind: 'seller', id: 's-1' },
      fromMs: Date.UTC(2026, 2, 1),
      toMs: Date.UTC(2026, 2, 2),
      limit: 10,
    });
    expect(sql).toContain(
      'WHERE seller_id = {subject:String} AND occurred_at >= {from:DateTime64(3)} AND occurred_at < {to:DateTime64(3)} ORDER',
    );
    expect(params).toMatchObject({ from: '2026-03-01 00:00:00.000', to: '2026-03-02 00:00:00.000' });
  });

  test('wants exactly one subject', () => {
    expect(subjectOf({ seller: 's-1' })).toEqual({ kind: 'seller', id: 's-1' });
    expect(() => subjectOf({})).toThrow(new UsageError('give exactly one of --customer, --seller and --actor'));
    expect(() => subjectOf({ seller: 's-1', actor: 'emp-1' })).toThrow(UsageError);
  });

  test.each([
    ['yes' as const, 'case-1', 'yes: case-1'],
    ['late' as const, 'case-1', 'late: case-1 was opened afterwards'],
    ['self' as const, 'case-1', "self: case-1 is the actor's own, approved by nobody else"],
    ['no' as const, 'case-1', 'no: case-1 does not cover it'],
    ['no' as const, null, 'no: no case given'],
  ])('says of %s with %s: %s', (explained, case_id, expected) => {
    expect(explanation({ explained, case_id })).toBe(expected);
  });
});
