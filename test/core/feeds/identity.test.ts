import { eventTimeMs, identityOf, latestTimeMs, messageKey, NAMING } from '../../../services/core/feeds/identity.js';
import { type Employee, FEEDS } from '../../../services/core/feeds/records.js';
import { validateRecord } from '../../../services/core/feeds/validate.js';

const EMPLOYEE: Employee = {
  employee_id: 'emp-1',
  manager_id: null,
  department: 'support',
  role: 'agent',
  peer_group: 'support-fr',
  marketplace: 'FR',
  office: null,
  time_zone: null,
  status: 'notice',
  hired_at: Date.UTC(2024, 0, 1),
  left_at: null,
  valid_from: Date.UTC(2026, 0, 1),
};

describe('what a record is called', () => {
  test('a history feed keeps its versions apart by key', () => {
    expect(messageKey('employees', EMPLOYEE)).toBe('emp-1 1767225600000');
    expect(messageKey('employees', { ...EMPLOYEE, valid_from: 1 })).toBe('emp-1 1');
  });

  test('an access is keyed by its actor and identified by actor, time and id', () => {
    const access = { event_id: 'e', actor_id: 'a', action: 'x', tool: 't', marketplace: 'US', record_count: 0 };
    const verdict = validateRecord('access-log', { ...access, occurred_at: 1e12 }, { times: 'millis' });
    if (!verdict.ok) throw new Error(verdict.error);
    expect(messageKey('access-log', verdict.record)).toBe('a');
    expect(identityOf('access-log', verdict.record)).toBe('a 1000000000000 e');
  });

  test.each([...FEEDS])('the event time of %s is among its times', (feed) => {
    expect(NAMING[feed].times).toContain(NAMING[feed].eventTime);
  });
});

describe('when a record happened', () => {
  test('absent times do not count', () => {
    expect(eventTimeMs('employees', EMPLOYEE)).toBe(EMPLOYEE.valid_from);
    expect(latestTimeMs('employees', EMPLOYEE)).toBe(EMPLOYEE.valid_from);
  });

  test('the latest of all times is one that a Kafka timestamp can carry without making the record invalid', () => {
    const leaving = { ...EMPLOYEE, left_at: Date.UTC(2026, 5, 1) };
    expect(latestTimeMs('employees', leaving)).toBe(leaving.left_at);
    const options = { times: 'millis', kafkaTimestampMs: latestTimeMs('employees', leaving) } as const;
    expect(validateRecord('employees', leaving, options)).toMatchObject({ ok: true });
  });
});
