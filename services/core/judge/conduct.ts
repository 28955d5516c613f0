// An actor's conduct in a window: the figures that evidence is weighed on, added up from bucket rows.
// Rows of several days and actions add; nothing is averaged or rounded here.

import type { AmountKind, Conduct } from '../detections/definition.js';
import type { AccessEvent, Explained } from '../feeds/records.js';
import { dayOf } from '../time.js';
import type { ActionDay } from './day.js';

export interface SellerShare {
  amount: number;
  low: number;
}

export interface ConductFigures {
  /** in the definition's unit, of the accesses that it counts */
  amount: number;
  /** accesses that it counts */
  counted: number;
  /** all accesses */
  events: number;
  explained_no: number;
  explained_late: number;
  explained_self: number;
  unapproved: number;
  low: number;
  readonly sellers: Map<string, SellerShare>;
}

export const emptyFigures = (): ConductFigures => ({
  amount: 0,
  counted: 0,
  events: 0,
  explained_no: 0,
  explained_late: 0,
  explained_self: 0,
  unapproved: 0,
  low: 0,
  sellers: new Map(),
});

/** What a definition counts. */
export type Measure = Pick<Conduct, 'amount' | 'counts'>;

/** Whether a definition counts accesses of this kind. */
export const isCounted = (measure: Measure, justified: boolean): boolean => measure.counts === 'all' || !justified;

export const amountOf = (row: ActionDay, kind: AmountKind): number =>
  kind === 'customers' ? row.customers + row.unlisted : kind === 'events' ? row.events : row.records;

/** What is unexplained in some way: no case, a case opened later, a case of one's own. */
export const unexplained = (
  figures: Pick<ConductFigures, 'explained_no' | 'explained_late' | 'explained_self'>,
): number => figures.explained_no + figures.explained_late + figures.explained_self;

/** Adds a row; sellers count customers where the amount does, else events. */
export function addRow(figures: ConductFigures, row: ActionDay, measure: Measure): void {
  figures.events += row.events;
  figures.explained_no += row.explained_no;
  figures.explained_late += row.explained_late;
  figures.explained_self += row.explained_self;
  figures.unapproved += row.unapproved;
  if (!isCounted(measure, row.justified)) return;
  figures.amount += amountOf(row, measure.amount);
  figures.counted += row.events;
  const amounts = measure.amount === 'customers' ? row.seller_customers : row.seller_events;
  for (let i = 0; i < row.sellers.length; i++) {
    const seller = row.sellers[i] as string;
    const low = row.seller_low[i] as number;
    figures.low += low;
    if (seller === '') continue;
    const share = figures.sellers.get(seller);
    if (share === undefined) figures.sellers.set(seller, { amount: amounts[i] as number, low });
    else {
      share.amount += amounts[i] as number;
      share.low += low;
    }
  }
}

/** One allowed access with its explanation: what a bucket row is made of. */
export type JudgedAccess = Pick<
  AccessEvent,
  | 'event_id'
  | 'occurred_at'
  | 'actor_id'
  | 'action'
  | 'seller_id'
  | 'customer_ids'
  | 'review_rating'
  | 'record_count'
  | 'case_id'
  | 'approver_id'
> & { readonly explained: Explained };

/** Adds accesses one at a time, to the same figures that bucket rows add up to. `seen` holds the customers counted so far. */
export function addAccess(figures: ConductFigures, access: JudgedAccess, measure: Measure, seen: Set<string>): void {
  figures.events += 1;
  if (access.explained === 'no') figures.explained_no += 1;
  if (access.explained === 'late') figures.explained_late += 1;
  if (access.explained === 'self') figures.explained_self += 1;
  if (access.approver_id === null || access.approver_id === access.actor_id) figures.unapproved += 1;
  if (!isCounted(measure, access.explained === 'yes')) return;
  const seller = access.seller_id ?? '';
  const kind = measure.amount;
  const amount =
    kind === 'customers' ? newCustomers(access, seller, seen) : kind === 'events' ? 1 : access.record_count;
  const low = access.review_rating !== null && access.review_rating <= 2 ? 1 : 0;
  figures.amount += amount;
  figures.counted += 1;
  figures.low += low;
  if (seller === '') return;
  const share = figures.sellers.get(seller) ?? { amount: 0, low: 0 };
  share.amount += kind === 'customers' ? amount : 1;
  share.low += low;
  figures.sellers.set(seller, share);
}

/** Customers not yet seen under this seller, by this action, on this day; and records beyond those listed. */
function newCustomers(access: JudgedAccess, seller: string, seen: Set<string>): number {
  let fresh = Math.max(0, access.record_count - access.customer_ids.length);
  for (const customer of access.customer_ids) {
    const key = `${dayOf(access.occurred_at)} ${access.action} ${access.explained === 'yes'} ${seller} ${customer}`;
    if (seen.has(key)) continue;
    seen.add(key);
    fresh++;
  }
  return fresh;
}
