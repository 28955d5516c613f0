// An actor's conduct in a window: the figures that evidence is weighed on, added up access by access as they
// are from days (kinds/conduct.ts). Nothing is averaged or rounded here.

import { type ConductDefinition, type Definition, isConduct } from '../detections/definition.js';
import { KeyholeError } from '../errors.js';
import type { AccessEvent, Explained } from '../feeds/records.js';
import { dayOf } from '../time.js';
import type { Evidence, EvidenceContext } from './evidence.js';
import { type Measure, PARTS } from './measures.js';
import { noShare, type SellerShare } from './places.js';

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
  /** by name */
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

/** An actor's conduct with everything its reasoning needs. */
export interface Conduct {
  readonly actorId: string;
  readonly figures: ConductFigures;
  readonly context: EvidenceContext;
  readonly evidence: readonly Evidence[];
}

export function conductOf(definition: Definition): ConductDefinition {
  if (isConduct(definition)) return definition;
  throw new KeyholeError('internal', `detection ${definition.id} does not weigh conduct`, { retriable: false });
}

/** Whether a definition counts accesses of this kind. */
export const isCounted = (measure: Pick<Measure, 'counts'>, justified: boolean): boolean =>
  measure.counts === 'all' || !justified;

/** What is unexplained in some way: no case, a case opened later, a case of one's own. */
export const unexplained = (
  figures: Pick<ConductFigures, 'explained_no' | 'explained_late' | 'explained_self'>,
): number => figures.explained_no + figures.explained_late + figures.explained_self;

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
  if (isAlone(access)) figures.unapproved += 1;
  if (!isCounted(measure, access.explained === 'yes')) return;
  const seller = access.seller_id ?? '';
  const kind = measure.amount;
  const amount = amountOf(access, seller, kind, seen);
  const low = access.review_rating !== null && access.review_rating <= 2 ? 1 : 0;
  figures.amount += amount;
  figures.counted += 1;
  figures.low += low;
  if (seller === '') return;
  const share = figures.sellers.get(seller) ?? noShare();
  const under = kind === 'customers' || kind === 'records' ? amount : 1;
  share.amount += under;
  share.low += low;
  if (access.explained !== 'yes' || isAlone(access)) share.unchecked += PARTS * under;
  if (measure.counts === 'all' && isDoubtful(access)) share.doubtful += PARTS * under;
  const visit = `${dayOf(access.occurred_at)} ${seller}`;
  if (!seen.has(visit)) share.visits += 1;
  seen.add(visit);
  figures.sellers.set(seller, share);
}

const isDoubtful = ({ explained }: JudgedAccess): boolean => explained === 'late' || explained === 'self';

const isAlone = ({ approver_id: approver, actor_id: actor }: JudgedAccess): boolean =>
  approver === null || approver === actor;

function amountOf(access: JudgedAccess, seller: string, kind: Measure['amount'], seen: Set<string>): number {
  switch (kind) {
    case 'customers':
      return newCustomers(access, seller, seen);
    case 'events':
      return 1;
    case 'records':
      return access.record_count;
    case 'doubtful':
      return isDoubtful(access) ? 1 : 0;
  }
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
