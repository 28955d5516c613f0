// The world that the oracle judges in: every day at once, from the whole set of records, nothing cached and nothing left to learn.
// What a sheet may look at is cut out of it by the contract's rules, so that a judge who looks further sees nothing there.

import type { AccessEvent, CustomerComplaint, SellerEnforcement } from '../../../services/core/feeds/records.js';
import { createClusters } from '../../../services/core/judge/clusters.js';
import { createDirectory } from '../../../services/core/judge/directory.js';
import { buildFrame, FRAME_COLUMNS, type FrameColumns } from '../../../services/core/judge/frame.js';
import { createNames } from '../../../services/core/judge/names.js';
import { createSellers } from '../../../services/core/judge/sellers.js';
import type { ComplaintFacts, Decision, FeedDay, PresenceDay, World } from '../../../services/core/judge/world.js';
import { DAY_MS, type Day } from '../../../services/core/time.js';
import type { ActorDayColumns } from '../../../services/pipeline/store/judge-store.js';
import { actorDay } from './actor-day.js';
import type { OracleAccess } from './explanations.js';
import type { Facts } from './set.js';

const dayOf = (time: number): Day => Math.floor(time / DAY_MS);

export interface OracleWorld extends World {
  readonly days: readonly Day[];
}

export function oracleWorld(facts: Facts, accesses: readonly OracleAccess[]): OracleWorld {
  const names = createNames();
  const planted = new Set(facts.canaries.map((one) => one.customer_id));
  const rows = new Map<Day, Map<string, ActorDayColumns>>();
  const days = [...new Set(accesses.map(({ event }) => dayOf(event.occurred_at)))].sort((a, b) => a - b);
  for (const day of days) {
    const ofDay = accesses.filter(({ event }) => dayOf(event.occurred_at) === day);
    const byActor = new Map<string, ActorDayColumns>();
    for (const actor of [...new Set(ofDay.map(({ event }) => event.actor_id))].sort())
      byActor.set(
        actor,
        actorDay(
          ofDay.filter(({ event }) => event.actor_id === actor),
          planted,
        ),
      );
    rows.set(day, byActor);
  }
  const of = <T>(make: (day: Day, byActor: ReadonlyMap<string, ActorDayColumns>) => T) => {
    const made = new Map([...rows].map(([day, byActor]) => [day, make(day, byActor)]));
    return (day: Day): T | undefined => made.get(day);
  };
  const events = accesses.map(({ event }) => event);
  return {
    days,
    names,
    directory: createDirectory(facts.employees, 1n),
    clusters: createClusters(facts['seller-links'], 1n),
    sellers: createSellers(facts.sellers, 1n),
    frame: of((day, byActor) => buildFrame(day, names, frameColumns(byActor), 1n)),
    presence: of((_, byActor) => presenceOf(byActor)),
    feeds: of((_, byActor) => feedsOf(byActor)),
    decisions: of((day) => ({ version: 1n, decisions: decisionsOf(day, events, facts['seller-enforcements']) })),
    complaints: complaintDays(facts['customer-complaints'], accesses),
    matches: () => undefined,
  };
}

function frameColumns(byActor: ReadonlyMap<string, ActorDayColumns>): FrameColumns {
  const columns: Record<string, unknown[]> = Object.fromEntries(FRAME_COLUMNS.map((name) => [name, []]));
  for (const [actor, row] of byActor) {
    row.actions.forEach((action, i) => {
      columns['actor_id']?.push(actor);
      columns['actor_kind']?.push(row.actor_kind);
      columns['action']?.push(action);
      for (const name of FRAME_COLUMNS) {
        if (name === 'actor_id' || name === 'actor_kind' || name === 'action') continue;
        columns[name]?.push(row[name][i]);
      }
    });
  }
  return columns as unknown as FrameColumns;
}

function presenceOf(byActor: ReadonlyMap<string, ActorDayColumns>): PresenceDay {
  const rows = [...byActor].flatMap(([actor, row]) => row.places_ip.map((_, i) => ({ actor, row, i })));
  return {
    version: 1n,
    actor_id: rows.map(({ actor }) => actor),
    source_ip: rows.map(({ row, i }) => row.places_ip[i] as string),
    country: rows.map(({ row, i }) => row.places_country[i] as string),
    events: rows.map(({ row, i }) => row.places_events[i] as number),
    unexplained: rows.map(({ row, i }) => row.places_unexplained[i] as number),
    first_ms: rows.map(({ row, i }) => row.places_first[i] as number),
    last_ms: rows.map(({ row, i }) => row.places_last[i] as number),
  };
}

function feedsOf(byActor: ReadonlyMap<string, ActorDayColumns>): FeedDay {
  const sums = new Map<string, { tool: string; marketplace: string; events: number }>();
  for (const row of byActor.values()) {
    row.calls_tool.forEach((tool, i) => {
      const marketplace = row.calls_marketplace[i] as string;
      const key = `${tool}\n${marketplace}`;
      const sum = sums.get(key) ?? { tool, marketplace, events: 0 };
      sum.events += row.calls_events[i] as number;
      sums.set(key, sum);
    });
  }
  const sorted = [...sums.keys()]
    .sort()
    .map((key) => sums.get(key) as { tool: string; marketplace: string; events: number });
  return {
    version: 1n,
    tool: sorted.map((one) => one.tool),
    marketplace: sorted.map((one) => one.marketplace),
    events: sorted.map((one) => one.events),
  };
}

/** What was decided on a day, and when it was first undone. */
export function decisionsOf(
  day: Day,
  events: readonly AccessEvent[],
  enforcements: readonly SellerEnforcement[],
): Decision[] {
  const allowed = events.filter((event) => event.outcome === 'allowed');
  const decisions = new Map<string, Decision>();
  for (const event of allowed) {
    const { actor_id, action, occurred_at, review_id } = event;
    const isDecision = action === 'account.reinstate' || action === 'account.suspend' || action === 'review.delete';
    if (dayOf(occurred_at) !== day || !isDecision) continue;
    const seller_id = event.seller_id ?? '';
    const undone: number[] = [];
    if (action === 'review.delete') {
      for (const other of allowed)
        if (other.action === 'review.restore' && other.review_id === review_id && review_id !== null)
          undone.push(other.occurred_at);
    } else {
      const kinds = action === 'account.suspend' ? ['reinstated'] : ['suspended', 'closed'];
      for (const one of enforcements) if (kinds.includes(one.kind) && one.seller_id === seller_id) undone.push(one.at);
    }
    const later = undone.filter((at) => at > occurred_at);
    const undone_ms = later.length === 0 ? null : Math.min(...later);
    const key = [String(occurred_at).padStart(15), actor_id, action, seller_id, review_id ?? ''].join('\n');
    decisions.set(key, { actor_id, action, seller_id, at_ms: occurred_at, undone_ms });
  }
  return [...decisions.keys()].sort().map((key) => decisions.get(key) as Decision);
}

const CONTACT_DATA = ['customer_email.read', 'customer_contact.export', 'order_report.export'];
const REACH_DAYS = 60;

/** Complaints received on a day, with who had read their customers before. */
export function complaintsOf(
  day: Day,
  complaints: readonly CustomerComplaint[],
  accesses: readonly OracleAccess[],
): ComplaintFacts[] {
  return complaints
    .filter((one) => dayOf(one.received_at) === day && one.kind !== 'other')
    .sort((a, b) => (a.complaint_id < b.complaint_id ? -1 : 1))
    .map(({ complaint_id, customer_id, seller_id, received_at }) => {
      const earlier = accesses.filter(
        ({ event }) =>
          event.customer_ids.includes(customer_id) &&
          event.outcome === 'allowed' &&
          event.actor_kind !== 'service' &&
          event.occurred_at < received_at &&
          dayOf(event.occurred_at) >= day - REACH_DAYS,
      );
      const reads = earlier.filter(({ event }) => CONTACT_DATA.includes(event.action));
      const ordersReadBy = (actor: string): number =>
        earlier.filter(({ event }) => event.actor_id === actor && event.action === 'order_history.read').length;
      const keys = [...new Set(reads.map(({ event }) => `${event.actor_id}\n${event.seller_id ?? ''}`))].sort();
      const readers = keys.map((key) => {
        const own = reads.filter(({ event }) => `${event.actor_id}\n${event.seller_id ?? ''}` === key);
        const open = own.filter(({ explained }) => explained !== 'yes');
        const [actor, seller] = key.split('\n') as [string, string];
        const last_ms = Math.max(...(open.length > 0 ? open : own).map(({ event }) => event.occurred_at));
        const actor_kind =
          own
            .map(({ event }) => event.actor_kind)
            .sort()
            .at(-1) ?? 'employee';
        return {
          actor_id: actor,
          actor_kind,
          seller_id: seller,
          reads: own.length,
          unexplained: open.length,
          orders_read: ordersReadBy(actor),
          last_ms,
        };
      });
      return { complaint_id, customer_id, seller_id, received_ms: received_at, readers };
    });
}

function complaintDays(
  complaints: readonly CustomerComplaint[],
  accesses: readonly OracleAccess[],
): World['complaints'] {
  const days = new Set(complaints.map((one) => dayOf(one.received_at)));
  return (day) => (days.has(day) ? { version: 1n, complaints: complaintsOf(day, complaints, accesses) } : undefined);
}
