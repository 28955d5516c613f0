// What the database knows of the customers who complained: who had read them before, and how much everybody reads.
// A read is an allowed access that returned the customer, of whatever action; services are nobody's source.

import type { Complaint, EarlierRead, LeakInput, SellerVolume, Volume } from '../../core/leak/input.js';
import { ensure } from '../../core/maps.js';
import { dayFromText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64 } from '../../platform/clickhouse/time.js';
import type { Complained } from './complaints.js';

const READS = `FROM {db}.accesses WHERE outcome = 'allowed' AND actor_kind != 'service' AND notEmpty(customer_ids)`;

export async function readLeakInput(
  ch: ClickHouse,
  complained: readonly Complained[],
  say: (step: string, done: number) => void,
): Promise<LeakInput> {
  say('reading who had read them', 0);
  const complaints = await readComplaints(ch, complained);
  say('reading how much everybody reads', 1);
  const volumes = await readVolumes(ch);
  const sellers = new Set(complaints.flatMap((one) => one.reads.map((read) => read.sellerId ?? '')));
  say('reading who works on which sellers', 2);
  const sellerVolumes = await readSellerVolumes(ch, [...sellers].filter((id) => id !== '').sort());
  return { complaints, volumes, sellerVolumes };
}

async function readComplaints(ch: ClickHouse, complained: readonly Complained[]): Promise<Complaint[]> {
  const rows = await ch.query<{
    customer: string;
    actor_id: string;
    at: string;
    seller_id: string | null;
    marketplace: string;
  }>(
    `SELECT arrayJoin(customer_ids) AS customer, actor_id, occurred_at AS at, seller_id, marketplace
     ${READS} AND hasAny(customer_ids, {customers:Array(String)}) AND customer IN (SELECT arrayJoin({customers:Array(String)}))`,
    { customers: complained.map((one) => one.customerId) },
  );
  const timeOf = new Map(complained.map((one) => [one.customerId, one.atMs]));
  const found = new Map<string, { reads: Map<string, EarlierRead>; places: Map<string, number> }>();
  for (const { customer, actor_id, at, seller_id, marketplace } of rows) {
    const atMs = fromDateTime64(at);
    if (atMs >= (timeOf.get(customer) ?? Number.POSITIVE_INFINITY)) continue;
    const { reads, places } = ensure(found, customer, () => ({ reads: new Map(), places: new Map() }));
    places.set(marketplace, (places.get(marketplace) ?? 0) + 1);
    const known = reads.get(actor_id);
    const isLast =
      known === undefined || atMs > known.atMs || (atMs === known.atMs && (seller_id ?? '') < (known.sellerId ?? ''));
    if (isLast) reads.set(actor_id, { actorId: actor_id, atMs, sellerId: seller_id });
  }
  return complained.map(({ customerId, sellerId, atMs }) => {
    const { reads, places } = found.get(customerId) ?? {
      reads: new Map<string, EarlierRead>(),
      places: new Map<string, number>(),
    };
    const [place] = [...places].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return { atMs, sellerId, place: place?.[0] ?? '', reads: [...reads.values()] };
  });
}

async function readVolumes(ch: ClickHouse): Promise<Volume[]> {
  const rows = await ch.query<{ actor_id: string; day: string; marketplace: string; customers: string }>(
    `SELECT actor_id, toDate(occurred_at, 'UTC') AS day, marketplace, uniqExactArray(customer_ids) AS customers
     ${READS} GROUP BY actor_id, day, marketplace`,
  );
  return rows.map(({ actor_id, day, marketplace, customers }) => ({
    actorId: actor_id,
    day: dayFromText(day),
    place: marketplace,
    customers: Number(customers),
  }));
}

async function readSellerVolumes(ch: ClickHouse, sellers: readonly string[]): Promise<SellerVolume[]> {
  const rows = await ch.query<{ actor_id: string; seller_id: string; customers: string }>(
    `SELECT actor_id, seller_id, uniqExactArray(customer_ids) AS customers
     ${READS} AND seller_id IN (SELECT arrayJoin({sellers:Array(String)})) GROUP BY actor_id, seller_id`,
    { sellers },
  );
  return rows.map((row) => ({ actorId: row.actor_id, sellerId: row.seller_id, customers: Number(row.customers) }));
}
