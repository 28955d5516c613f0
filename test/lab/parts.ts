// The parts of a world beside action buckets, folded plainly from explained accesses: presence, decisions, complaints, feeds.

import type { ActorKind, CustomerComplaint, SellerEnforcement } from '../../services/core/feeds/records.js';
import type {
  ComplaintDay,
  ComplaintFacts,
  Decision,
  DecisionDay,
  EarlierReader,
  FeedDay,
  PresenceDay,
} from '../../services/core/judge/world.js';
import { DAY_MS, type Day, dayOf } from '../../services/core/time.js';
import type { ExplainedAccess } from './fold.js';

const SENSITIVE = new Set([
  'customer_email.read',
  'customer_contact.export',
  'order_history.read',
  'order_report.export',
  'sales_metrics.read',
  'sales_metrics.export',
]);
const CONTACT_DATA = new Set(['customer_email.read', 'customer_contact.export', 'order_report.export']);
const LOOK_BACK_MS = 60 * DAY_MS;

function ensureIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

export function presenceDays(accesses: readonly ExplainedAccess[]): Map<Day, PresenceDay> {
  interface Seen {
    readonly actor: string;
    readonly ip: string;
    readonly country: string;
    events: number;
    unexplained: number;
    first: number;
    last: number;
  }
  const days = new Map<Day, Map<string, Seen>>();
  for (const one of accesses) {
    if (one.outcome !== 'allowed') continue;
    const day = ensureIn(days, dayOf(one.occurred_at), () => new Map<string, Seen>());
    const ip = one.source_ip ?? '';
    const country = one.country ?? '';
    const seen = ensureIn(day, `${one.actor_id} ${ip} ${country}`, () => ({
      actor: one.actor_id,
      ip,
      country,
      events: 0,
      unexplained: 0,
      first: one.occurred_at,
      last: one.occurred_at,
    }));
    seen.events++;
    if (one.explained !== 'yes' && SENSITIVE.has(one.action)) seen.unexplained++;
    seen.first = Math.min(seen.first, one.occurred_at);
    seen.last = Math.max(seen.last, one.occurred_at);
  }
  return new Map(
    [...days].map(([day, rows]) => {
      const list = [...rows.values()];
      return [
        day,
        {
          version: BigInt(list.length),
          actor_id: list.map((row) => row.actor),
          source_ip: list.map((row) => row.ip),
          country: list.map((row) => row.country),
          events: list.map((row) => row.events),
          unexplained: list.map((row) => row.unexplained),
          first_ms: list.map((row) => row.first),
          last_ms: list.map((row) => row.last),
        },
      ];
    }),
  );
}

const UNDOES: Readonly<Record<string, readonly SellerEnforcement['kind'][]>> = {
  'account.reinstate': ['suspended', 'closed'],
  'account.suspend': ['reinstated'],
};

export function decisionDays(
  accesses: readonly ExplainedAccess[],
  enforcements: readonly SellerEnforcement[],
): Map<Day, DecisionDay> {
  const ofSeller = new Map<string, SellerEnforcement[]>();
  for (const one of enforcements) ensureIn(ofSeller, one.seller_id, (): SellerEnforcement[] => []).push(one);
  const restored = new Map<string, number[]>();
  for (const one of accesses) {
    if (one.action !== 'review.restore' || one.outcome !== 'allowed' || one.review_id === null) continue;
    ensureIn(restored, one.review_id, (): number[] => []).push(one.occurred_at);
  }
  const days = new Map<Day, Decision[]>();
  for (const one of accesses) {
    if (one.outcome !== 'allowed') continue;
    if (one.action !== 'account.reinstate' && one.action !== 'account.suspend' && one.action !== 'review.delete')
      continue;
    const kinds = UNDOES[one.action] ?? [];
    const undone =
      one.action === 'review.delete'
        ? (restored.get(one.review_id ?? '') ?? [])
        : (ofSeller.get(one.seller_id ?? '') ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ at }) => at);
    const after = undone.filter((at) => at > one.occurred_at);
    ensureIn(days, dayOf(one.occurred_at), (): Decision[] => []).push({
      actor_id: one.actor_id,
      action: one.action,
      seller_id: one.seller_id ?? '',
      at_ms: one.occurred_at,
      undone_ms: after.length === 0 ? null : Math.min(...after),
    });
  }
  return new Map([...days].map(([day, decisions]) => [day, { version: BigInt(decisions.length), decisions }]));
}

export function complaintDays(
  accesses: readonly ExplainedAccess[],
  complaints: readonly CustomerComplaint[],
): Map<Day, ComplaintDay> {
  const wanted = new Map<string, ExplainedAccess[]>();
  for (const { customer_id } of complaints) wanted.set(customer_id, []);
  for (const one of accesses) {
    if (one.outcome !== 'allowed' || !CONTACT_DATA.has(one.action) || one.actor_kind === 'service') continue;
    for (const customer of one.customer_ids) wanted.get(customer)?.push(one);
  }
  const orders = new Map<string, number[]>();
  for (const one of accesses) {
    if (one.outcome !== 'allowed' || one.action !== 'order_history.read') continue;
    for (const customer of one.customer_ids) {
      if (wanted.has(customer))
        ensureIn(orders, `${one.actor_id} ${customer}`, (): number[] => []).push(one.occurred_at);
    }
  }
  const days = new Map<Day, ComplaintFacts[]>();
  for (const one of complaints) {
    if (one.kind === 'other') continue;
    ensureIn(days, dayOf(one.received_at), (): ComplaintFacts[] => []).push({
      complaint_id: one.complaint_id,
      customer_id: one.customer_id,
      seller_id: one.seller_id,
      received_ms: one.received_at,
      readers: readersOf(wanted.get(one.customer_id) ?? [], one.received_at).map((reader) => ({
        ...reader,
        orders_read: (orders.get(`${reader.actor_id} ${one.customer_id}`) ?? []).filter(
          (at) => at < one.received_at && at >= one.received_at - LOOK_BACK_MS,
        ).length,
      })),
    });
  }
  return new Map([...days].map(([day, facts]) => [day, { version: BigInt(facts.length), complaints: facts }]));
}

function readersOf(reads: readonly ExplainedAccess[], before: number): EarlierReader[] {
  const readers = new Map<
    string,
    {
      actor_id: string;
      actor_kind: ActorKind;
      seller_id: string;
      reads: number;
      unexplained: number;
      last: number;
      bad: number;
    }
  >();
  for (const one of reads) {
    if (one.occurred_at >= before || one.occurred_at < before - LOOK_BACK_MS) continue;
    const seller_id = one.seller_id ?? '';
    const reader = ensureIn(readers, `${one.actor_id} ${seller_id}`, () => ({
      actor_id: one.actor_id,
      actor_kind: one.actor_kind,
      seller_id,
      reads: 0,
      unexplained: 0,
      last: 0,
      bad: 0,
    }));
    reader.reads++;
    reader.last = Math.max(reader.last, one.occurred_at);
    if (one.explained === 'yes') continue;
    reader.unexplained++;
    reader.bad = Math.max(reader.bad, one.occurred_at);
  }
  return [...readers.values()].map(({ last, bad, ...reader }) => ({ ...reader, last_ms: bad > 0 ? bad : last }));
}

export function feedDays(accesses: readonly ExplainedAccess[]): Map<Day, FeedDay> {
  const days = new Map<Day, Map<string, { tool: string; marketplace: string; events: number }>>();
  for (const { occurred_at, tool, marketplace } of accesses) {
    const day = ensureIn(
      days,
      dayOf(occurred_at),
      () => new Map<string, { tool: string; marketplace: string; events: number }>(),
    );
    ensureIn(day, `${tool}\n${marketplace}`, () => ({ tool, marketplace, events: 0 })).events++;
  }
  return new Map(
    [...days].map(([day, rows]) => {
      const list = [...rows.values()];
      return [
        day,
        {
          version: BigInt(list.length),
          tool: list.map((row) => row.tool),
          marketplace: list.map((row) => row.marketplace),
          events: list.map((row) => row.events),
        },
      ];
    }),
  );
}
