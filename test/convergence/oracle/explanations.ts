// How each access is explained, by the contract's words (§1), with every case and every access known. Plain loops; nothing shared
// with services/core/explain.

import type { AccessEvent, Explained, SupportCase } from '../../../services/core/feeds/records.js';

const NEEDS_CUSTOMERS = ['customer_email.read', 'customer_contact.export', 'order_history.read', 'order_report.export'];

export interface OracleAccess {
  readonly event: AccessEvent;
  readonly explained: Explained;
}

export function explainAll(events: readonly AccessEvent[], cases: readonly SupportCase[]): OracleAccess[] {
  return events.map((event) => ({ event, explained: explainOne(event, events, cases) }));
}

/** The latest version up to the access, else the first. */
function asOf(versions: readonly SupportCase[], time: number): SupportCase | undefined {
  const until = versions.filter((version) => version.updated_at <= time);
  return until.length > 0 ? until[until.length - 1] : versions[0];
}

function explainOne(event: AccessEvent, events: readonly AccessEvent[], cases: readonly SupportCase[]): Explained {
  const versions = cases.filter((one) => one.case_id === event.case_id).sort((a, b) => a.updated_at - b.updated_at);
  const version = asOf(versions, event.occurred_at);
  if (version === undefined) return 'no';
  if (version.opened_at > event.occurred_at) return 'late';
  const wasOpen = version.status === 'open' || (version.closed_at !== null && version.closed_at > event.occurred_at);
  const wasTheirs = version.assignee_id === null || version.assignee_id === event.actor_id;
  if (!wasOpen || !wasTheirs) return 'no';
  const isCovered =
    version.kind === 'bulk_task' ? isWithinTask(event, version, events, versions) : coversTouched(event, version);
  if (!isCovered) return 'no';
  if (version.opened_by !== event.actor_id) return 'yes';
  if (version.approved_by !== null && version.approved_by !== event.actor_id) return 'yes';
  for (const one of versions) {
    if (one.updated_at > event.occurred_at) continue;
    if (one.assignee_id !== null && one.assignee_id !== event.actor_id) return 'yes';
  }
  return 'self';
}

function coversTouched(event: AccessEvent, version: SupportCase): boolean {
  let areNamed = event.customer_ids.length > 0 && version.customer_ids.length > 0;
  for (const customer of event.customer_ids) if (!version.customer_ids.includes(customer)) areNamed = false;
  if (areNamed) return true;
  if (NEEDS_CUSTOMERS.includes(event.action)) return false;
  return version.seller_id !== null && version.seller_id === event.seller_id;
}

/** Allowed reads and exports that cite the task, by its assignee at that moment, in order, up to and including this one. */
function isWithinTask(
  event: AccessEvent,
  version: SupportCase,
  events: readonly AccessEvent[],
  versions: readonly SupportCase[],
): boolean {
  const counts = (one: AccessEvent): boolean => {
    const then = asOf(versions, one.occurred_at);
    const isReading = one.action.endsWith('.read') || one.action.endsWith('.export');
    return (
      one.case_id === event.case_id && one.outcome === 'allowed' && isReading && then?.assignee_id === one.actor_id
    );
  };
  if (!counts(event) || version.record_limit === null) return false;
  let running = 0;
  for (const one of events) if (counts(one) && !isAfter(one, event)) running += one.record_count;
  return running <= version.record_limit;
}

function isAfter(a: AccessEvent, b: AccessEvent): boolean {
  if (a.occurred_at !== b.occurred_at) return a.occurred_at > b.occurred_at;
  if (a.event_id !== b.event_id) return a.event_id > b.event_id;
  return a.actor_id > b.actor_id;
}
