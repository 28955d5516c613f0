// Whether the case that an access names explains it: late, self, yes or no, first that fits. It sees one access, all versions
// of its case and, for a bulk task, the accesses that cite it; it does not know where they are stored.
// The answer is evidence to weigh against what peers do, not guilt.

import type { PackedAccess } from '../feeds/access-pack.js';
import type { AccessEvent, Explained, SupportCase } from '../feeds/records.js';

const CUSTOMER_DATA = new Set([
  'customer_email.read',
  'customer_contact.export',
  'order_history.read',
  'order_report.export',
]);

/** The fields of an access that an explanation reads. */
export type ExplainableAccess = PackedAccess;

/** A case as of a time: its latest version up to it, else its first. `versions` ascend by updated_at. */
export function caseAsOf(versions: readonly SupportCase[], timeMs: number): SupportCase | undefined {
  let found = versions[0];
  for (const version of versions) {
    if (version.updated_at > timeMs) break;
    found = version;
  }
  return found;
}

/**
 * @param versions the case's versions, ascending by updated_at; empty when the case is unknown
 * @param withinLimit for a bulk task: whether the running record count, this access included, is within its limit
 */
export function explain(
  access: ExplainableAccess,
  versions: readonly SupportCase[],
  withinLimit: (access: ExplainableAccess) => boolean,
): Explained {
  const asOf = caseAsOf(versions, access.occurred_at);
  if (access.case_id === null || asOf === undefined) return 'no';
  if (asOf.opened_at > access.occurred_at) return 'late';
  const holds = isOpen(asOf, access) && isAssigned(asOf, access) && covers(asOf, access, withinLimit);
  if (!holds) return 'no';
  return isOwnCase(asOf, versions, access) ? 'self' : 'yes';
}

const isOpen = (asOf: SupportCase, access: ExplainableAccess): boolean =>
  asOf.status === 'open' || (asOf.closed_at !== null && asOf.closed_at > access.occurred_at);

const isAssigned = (asOf: SupportCase, access: ExplainableAccess): boolean =>
  asOf.assignee_id === null || asOf.assignee_id === access.actor_id;

function covers(
  asOf: SupportCase,
  access: ExplainableAccess,
  withinLimit: (access: ExplainableAccess) => boolean,
): boolean {
  if (asOf.kind === 'bulk_task') return countsTowardsBulk(asOf, access) && withinLimit(access);
  const read = access.customer_ids;
  if (read.length > 0 && asOf.customer_ids.length > 0) {
    const named = new Set(asOf.customer_ids);
    if (read.every((customer) => named.has(customer))) return true;
  }
  if (CUSTOMER_DATA.has(access.action)) return false;
  return asOf.seller_id !== null && asOf.seller_id === access.seller_id;
}

function isOwnCase(asOf: SupportCase, versions: readonly SupportCase[], access: ExplainableAccess): boolean {
  const actor = access.actor_id;
  if (asOf.opened_by !== actor) return false;
  if (asOf.approved_by !== null && asOf.approved_by !== actor) return false;
  return !versions.some(
    (version) =>
      version.updated_at <= access.occurred_at && version.assignee_id !== null && version.assignee_id !== actor,
  );
}

/** Allowed reads and exports by the assignee at that moment: what a bulk task's running record count adds up. */
export const countsTowardsBulk = (asOf: SupportCase, access: ExplainableAccess): boolean =>
  access.outcome === 'allowed' && /\.(read|export)$/.test(access.action) && asOf.assignee_id === access.actor_id;

/**
 * Which of the accesses citing one bulk task are within its limit, in order of (occurred_at, event_id, actor_id).
 * @returns the keys (see accessKey) of those within
 */
export function withinBulkLimit(citing: readonly ExplainableAccess[], versions: readonly SupportCase[]): Set<string> {
  const within = new Set<string>();
  let running = 0;
  for (const access of [...citing].sort(byTime)) {
    const asOf = caseAsOf(versions, access.occurred_at);
    if (asOf === undefined || !countsTowardsBulk(asOf, access)) continue;
    running += access.record_count;
    if (asOf.record_limit !== null && running <= asOf.record_limit) within.add(accessKey(access));
  }
  return within;
}

export const accessKey = (access: Pick<AccessEvent, 'actor_id' | 'occurred_at' | 'event_id'>): string =>
  `${access.actor_id} ${access.occurred_at} ${access.event_id}`;

const byTime = (a: ExplainableAccess, b: ExplainableAccess): number =>
  a.occurred_at - b.occurred_at || compare(a.event_id, b.event_id) || compare(a.actor_id, b.actor_id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
