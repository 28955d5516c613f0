// How an access is explained (CONTRACT §1), clause by clause: each row is an access, the versions of its case, and the answer.

import { caseAsOf, type ExplainableAccess, explain } from '../../../services/core/explain/explain.js';
import type { Explained, SupportCase } from '../../../services/core/feeds/records.js';

const NOON = Date.UTC(2026, 2, 1, 12);
const HOUR = 3_600_000;

const supportCase = (change: Partial<SupportCase> = {}): SupportCase => ({
  case_id: 'case-1',
  kind: 'support',
  status: 'open',
  opened_at: NOON - 5 * HOUR,
  closed_at: null,
  opened_by: 'lead',
  assignee_id: 'amy',
  seller_id: null,
  customer_ids: ['c-1', 'c-2'],
  approved_by: null,
  record_limit: null,
  updated_at: NOON - 5 * HOUR,
  ...change,
});

const access = (change: Partial<ExplainableAccess> = {}): ExplainableAccess => ({
  event_id: 'e-1',
  occurred_at: NOON,
  actor_id: 'amy',
  action: 'customer_email.read',
  outcome: 'allowed',
  seller_id: 's-1',
  customer_ids: ['c-1'],
  record_count: 1,
  case_id: 'case-1',
  ...change,
});

type Row = readonly [title: string, expected: Explained, access: ExplainableAccess, versions: readonly SupportCase[]];
const unlimited = (): boolean => true;
const outside = (): boolean => false;
const walk = (rows: readonly Row[], within = unlimited): void => {
  test.each(rows)('%s: %s', (_title, expected, one, versions) => {
    expect(explain(one, versions, within)).toBe(expected);
  });
};

describe('no case', () => {
  walk([
    ['an access that names none', 'no', access({ case_id: null }), [supportCase()]],
    ['a case that nobody knows', 'no', access(), []],
  ]);
});

describe('late', () => {
  const later = NOON + 1;
  walk([
    ['opened a millisecond after the access', 'late', access(), [supportCase({ opened_at: later, updated_at: later })]],
    [
      'opened after the access, whoever it is assigned to and whatever it covers',
      'late',
      access({ customer_ids: ['c-9'] }),
      [supportCase({ opened_at: later, updated_at: later, assignee_id: 'bob', status: 'closed', closed_at: later })],
    ],
    [
      "opened after the access by the actor: late comes before one's own",
      'late',
      access(),
      [supportCase({ opened_at: later, updated_at: later, opened_by: 'amy' })],
    ],
    ['opened in the same millisecond', 'yes', access(), [supportCase({ opened_at: NOON, updated_at: NOON })]],
    [
      'written down after the access but opened before it',
      'yes',
      access(),
      [supportCase({ opened_at: NOON - HOUR, updated_at: NOON + HOUR })],
    ],
    [
      'a version up to the access says it was opened before; a later one cannot make it late',
      'yes',
      access(),
      [supportCase(), supportCase({ opened_at: NOON + HOUR, updated_at: NOON + HOUR })],
    ],
  ]);
});

describe('open at that moment', () => {
  const closed = (closed_at: number | null, updated_at: number) =>
    supportCase({ status: 'closed', closed_at, updated_at });
  walk([
    ['closed before the access', 'no', access(), [supportCase(), closed(NOON - HOUR, NOON - HOUR)]],
    ['closed in the same millisecond', 'no', access(), [supportCase(), closed(NOON, NOON)]],
    ['closed after the access', 'yes', access(), [supportCase(), closed(NOON + HOUR, NOON + HOUR)]],
    ['known only as closed, after the access', 'yes', access(), [closed(NOON + HOUR, NOON + HOUR)]],
    ['known only as closed, before the access', 'no', access(), [closed(NOON - HOUR, NOON + HOUR)]],
    ['closed at a time that nobody wrote down', 'no', access(), [closed(null, NOON - HOUR)]],
    [
      'closed and opened again before the access',
      'yes',
      access(),
      [supportCase(), closed(NOON - 2 * HOUR, NOON - 2 * HOUR), supportCase({ updated_at: NOON - HOUR })],
    ],
    [
      'opened again only after the access',
      'no',
      access(),
      [supportCase(), closed(NOON - 2 * HOUR, NOON - 2 * HOUR), supportCase({ updated_at: NOON + HOUR })],
    ],
  ]);
});

describe('assigned to the actor at that moment', () => {
  walk([
    ['assigned to the actor', 'yes', access(), [supportCase()]],
    ['assigned to nobody', 'yes', access(), [supportCase({ assignee_id: null })]],
    ['assigned to a colleague', 'no', access(), [supportCase({ assignee_id: 'bob' })]],
    [
      'handed over to the actor before the access',
      'yes',
      access(),
      [supportCase({ assignee_id: 'bob' }), supportCase({ updated_at: NOON })],
    ],
    [
      'handed over to the actor after the access',
      'no',
      access(),
      [supportCase({ assignee_id: 'bob' }), supportCase({ updated_at: NOON + 1 })],
    ],
    [
      'handed over to a colleague before the access',
      'no',
      access(),
      [supportCase(), supportCase({ assignee_id: 'bob', updated_at: NOON - HOUR })],
    ],
    [
      'no version up to the access: the first one counts, and it names a colleague',
      'no',
      access(),
      [supportCase({ assignee_id: 'bob', updated_at: NOON + HOUR }), supportCase({ updated_at: NOON + 2 * HOUR })],
    ],
  ]);
});

describe('covers what was touched', () => {
  const ofSeller = supportCase({ customer_ids: [], seller_id: 's-1' });
  walk([
    ['all customers are named', 'yes', access({ customer_ids: ['c-2', 'c-1'] }), [supportCase()]],
    ['one customer is not named', 'no', access({ customer_ids: ['c-1', 'c-3'] }), [supportCase()]],
    ['a denied access to a named customer', 'yes', access({ outcome: 'denied' }), [supportCase()]],
    ['the case names customers, the access lists none', 'no', access({ customer_ids: [] }), [supportCase()]],
    ["the seller's figures", 'yes', access({ action: 'sales_metrics.export', customer_ids: [] }), [ofSeller]],
    ["the seller's account", 'yes', access({ action: 'account.reinstate', customer_ids: [] }), [ofSeller]],
    ["a review of the seller's", 'yes', access({ action: 'review.delete', customer_ids: [] }), [ofSeller]],
    ['notes on the seller', 'yes', access({ action: 'enforcement_notes.read', customer_ids: [] }), [ofSeller]],
    [
      "another seller's account",
      'no',
      access({ action: 'account.reinstate', seller_id: 's-2', customer_ids: [] }),
      [ofSeller],
    ],
    [
      'an account that is not named',
      'no',
      access({ action: 'account.reinstate', seller_id: null, customer_ids: [] }),
      [ofSeller],
    ],
    ["the seller's customers' addresses", 'no', access(), [ofSeller]],
    ["the seller's customers' contacts", 'no', access({ action: 'customer_contact.export' }), [ofSeller]],
    ["the seller's customers' orders", 'no', access({ action: 'order_history.read' }), [ofSeller]],
    ["the seller's order reports", 'no', access({ action: 'order_report.export', customer_ids: [] }), [ofSeller]],
    ['a case that names nothing', 'no', access(), [supportCase({ customer_ids: [], seller_id: null })]],
    [
      'customers that a version before the access named and the one in force does not',
      'no',
      access({ customer_ids: ['c-2'] }),
      [supportCase(), supportCase({ customer_ids: ['c-1'], updated_at: NOON - HOUR })],
    ],
    [
      'customers that only a version after the access names',
      'no',
      access({ customer_ids: ['c-9'] }),
      [supportCase(), supportCase({ customer_ids: ['c-9'], updated_at: NOON + 1 })],
    ],
  ]);
});

describe("a case of the actor's own", () => {
  const own = (change: Partial<SupportCase> = {}) => supportCase({ opened_by: 'amy', ...change });
  walk([
    ['opened by the actor, approved by nobody', 'self', access(), [own()]],
    ['opened by the actor, approved by the actor', 'self', access(), [own({ approved_by: 'amy' })]],
    ['opened by the actor, approved by another', 'yes', access(), [own({ approved_by: 'lead' })]],
    ['opened by the actor, assigned to nobody', 'self', access(), [own({ assignee_id: null })]],
    ['opened by another, approved by the actor', 'yes', access(), [supportCase({ approved_by: 'amy' })]],
    [
      'opened by the actor, and an earlier version named another assignee',
      'yes',
      access(),
      [own({ assignee_id: 'bob' }), own({ updated_at: NOON - HOUR })],
    ],
    [
      'opened by the actor, and only a later version names another assignee',
      'self',
      access(),
      [own(), own({ assignee_id: 'bob', updated_at: NOON + 1 })],
    ],
    [
      'opened by the actor, approved by another only afterwards',
      'self',
      access(),
      [own(), own({ approved_by: 'lead', updated_at: NOON + 1 })],
    ],
    ['opened by the actor, but not covering what was touched', 'no', access({ customer_ids: ['c-9'] }), [own()]],
    ['opened by the actor, assigned to another', 'no', access(), [own({ assignee_id: 'bob' })]],
    ['a bulk task opened by its own assignee', 'self', access(), [own({ kind: 'bulk_task', record_limit: 10 })]],
  ]);
});

describe('a bulk task', () => {
  const bulk = (change: Partial<SupportCase> = {}) =>
    supportCase({ kind: 'bulk_task', record_limit: 100, customer_ids: [], ...change });
  walk([
    ['a read by its assignee, whoever the customers are', 'yes', access({ customer_ids: ['c-77'] }), [bulk()]],
    ['an export by its assignee', 'yes', access({ action: 'order_report.export' }), [bulk()]],
    ['a denied read', 'no', access({ outcome: 'denied' }), [bulk()]],
    ['neither read nor export', 'no', access({ action: 'review.delete' }), [bulk()]],
    ['assigned to nobody', 'no', access(), [bulk({ assignee_id: null })]],
    ['assigned to a colleague', 'no', access(), [bulk({ assignee_id: 'bob' })]],
    [
      'a named customer does not help a denied read',
      'no',
      access({ outcome: 'denied' }),
      [bulk({ customer_ids: ['c-1'] })],
    ],
    ['closed before', 'no', access(), [bulk({ status: 'closed', closed_at: NOON - 1 })]],
    ['opened after', 'late', access(), [bulk({ opened_at: NOON + 1 })]],
  ]);
  describe('beyond its limit', () => {
    walk([['a read by its assignee', 'no', access(), [bulk()]]], outside);
    walk([['an ordinary case has no limit to be beyond', 'yes', access(), [supportCase()]]], outside);
  });
});

test('as of a time counts the latest version up to it, else the first', () => {
  const versions = [10, 20, 30].map((updated_at) => supportCase({ updated_at }));
  const at = (timeMs: number) => caseAsOf(versions, timeMs)?.updated_at;
  expect([at(5), at(10), at(19), at(20), at(99)]).toEqual([10, 10, 10, 20, 30]);
  expect(caseAsOf([], 5)).toBeUndefined();
});
