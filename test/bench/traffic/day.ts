// One honest day of the organisation: cases, and the accesses that cite them; about a tenth of the accesses cite none. A day is
// made from its number alone and is the same every time. Sorted by time.

import type { AccessEvent, CaseKind, SupportCase } from '../../../services/core/feeds/records.js';
import { DAY_MS, type Day, startOf } from '../../../services/core/time.js';
import { type Chance, chanceOf } from './chance.js';
import {
  actorId,
  casesPerDay,
  customerId,
  customersOf,
  marketplaceOf,
  type Role,
  roleOf,
  SELLERS,
  sellerId,
} from './organisation.js';

export interface DayOfWork {
  readonly day: Day;
  /** Ascending by opened_at. */
  readonly cases: readonly SupportCase[];
  /** Ascending by occurred_at. */
  readonly accesses: readonly AccessEvent[];
}

export interface WorkOptions {
  readonly employees: number;
  /** Times the usual amount of work; 1 unless told. */
  readonly busy?: number;
}

const UNEXPLAINED_SHARE = 0.1;
const CUSTOMER_ACTIONS = new Set(['customer_email.read', 'order_history.read', 'customer_contact.export']);
const REVIEW_ACTIONS = new Set(['review.delete', 'review.restore']);
const APPROVED_ACTIONS = new Set(['account.reinstate', 'account.suspend', 'review.delete']);

/** Action and its share, in order; the last takes the rest. */
const WORK: Readonly<Record<Role, readonly (readonly [string, number])[]>> = {
  support: [
    ['order_history.read', 0.56],
    ['customer_email.read', 0.42],
    ['customer_contact.export', 0.01],
    ['order_report.export', 0.01],
  ],
  seller_support: [
    ['order_history.read', 0.4],
    ['enforcement_notes.read', 0.35],
    ['sales_metrics.read', 0.22],
    ['account.reinstate', 0.02],
    ['account.suspend', 0.01],
  ],
  trust: [
    ['order_history.read', 0.5],
    ['enforcement_notes.read', 0.3],
    ['customer_email.read', 0.14],
    ['review.delete', 0.05],
    ['review.restore', 0.01],
  ],
  analyst: [
    ['sales_metrics.read', 0.7],
    ['sales_metrics.export', 0.2],
    ['order_report.export', 0.1],
  ],
};

const KINDS: Readonly<Record<Role, CaseKind>> = {
  support: 'support',
  seller_support: 'appeal',
  trust: 'review_dispute',
  analyst: 'investigation',
};

export function workOf(day: Day, { employees, busy = 1 }: WorkOptions): DayOfWork {
  const cases: SupportCase[] = [];
  const accesses: AccessEvent[] = [];
  for (let employee = 0; employee < employees; employee++) {
    const chance = chanceOf(employee, day);
    const count = chance.poisson(casesPerDay(employee) * busy);
    for (let i = 0; i < count; i++) handleCase(day, employee, i, chance, cases, accesses);
  }
  cases.sort((a, b) => a.opened_at - b.opened_at);
  accesses.sort((a, b) => a.occurred_at - b.occurred_at);
  return { day, cases, accesses };
}

function handleCase(
  day: Day,
  employee: number,
  number: number,
  chance: Chance,
  cases: SupportCase[],
  accesses: AccessEvent[],
): void {
  const role = roleOf(employee);
  const seller = chance.skewed(SELLERS, 2);
  const customers = [0, 1].map(() => customerId(seller, chance.below(customersOf(seller))));
  const openedAt = startOf(day) + Math.floor((0.25 + 0.55 * chance.next()) * DAY_MS);
  const caseId = `case-${day}-${employee}-${number}`;
  cases.push({
    case_id: caseId,
    kind: KINDS[role],
    status: 'open',
    opened_at: openedAt,
    closed_at: null,
    opened_by: `desk-${employee % 50}`,
    assignee_id: actorId(employee),
    seller_id: sellerId(seller),
    customer_ids: customers,
    approved_by: null,
    record_limit: null,
    updated_at: openedAt,
  });
  const steps = 1 + chance.below(6);
  let at = openedAt + 60_000 + chance.below(1_800_000);
  for (let step = 0; step < steps; step++) {
    at += 5_000 + chance.below(120_000);
    const action = pick(WORK[role], chance.next());
    accesses.push({
      event_id: `ev-${day}-${employee}-${number}-${step}`,
      occurred_at: at,
      actor_id: actorId(employee),
      actor_kind: 'employee',
      action,
      outcome: 'allowed',
      tool: `${role}-desk`,
      marketplace: marketplaceOf(employee),
      seller_id: sellerId(seller),
      customer_ids: CUSTOMER_ACTIONS.has(action) ? [customers[step % 2] as string] : [],
      review_id: REVIEW_ACTIONS.has(action) ? `review-${seller}-${chance.below(9_000)}` : null,
      review_rating: REVIEW_ACTIONS.has(action) ? 1 + chance.below(5) : null,
      record_count: action.endsWith('.export') ? 5 + chance.below(40) : 1,
      case_id: chance.next() < UNEXPLAINED_SHARE ? null : caseId,
      approver_id: APPROVED_ACTIONS.has(action) && chance.next() < 0.9 ? actorId(employee + 1) : null,
      session_id: `session-${day}-${employee}`,
      source_ip: `10.${employee % 200}.${(employee >> 3) % 250}.${employee % 250}`,
      country: marketplaceOf(employee),
    });
  }
}

function pick(work: readonly (readonly [string, number])[], at: number): string {
  let sum = 0;
  for (const [action, share] of work) {
    sum += share;
    if (at < sum) return action;
  }
  return (work[work.length - 1] as readonly [string, number])[0];
}
