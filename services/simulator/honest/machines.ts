// Everything that reads without being a person: nightly services of the company, and sellers' third-party tools on the seller API.

import type { ActorKind } from '../../core/feeds/records.js';
import type { Organisation } from '../organisation/organisation.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import { gamma, negativeBinomial } from '../random/distributions.js';
import { Random } from '../random/random.js';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../time.js';
import type { World } from './world.js';

export interface Service {
  readonly index: number;
  readonly id: string;
  readonly action: string;
  readonly marketplace: string;
  readonly callsPerNight: number;
  readonly recordsPerCall: number;
}

export interface SellerApp {
  readonly index: number;
  readonly id: string;
  readonly sellers: readonly SellerFacts[];
  readonly reportsPerDay: number;
  readonly recordsPerReport: number;
  readonly country: string;
  readonly hour: number;
}

export interface Machines {
  readonly services: readonly Service[];
  readonly apps: readonly SellerApp[];
}

const JOBS = [
  ['ledger-sync', 'order_report.export'],
  ['crm-sync', 'customer_contact.export'],
  ['metrics-rollup', 'sales_metrics.export'],
] as const;

/** Of a report's customers, so many are listed at most. */
const LISTED = 20;

export function createMachines(organisation: Organisation): Machines {
  const random = Random.stream(organisation.size.seed, 'machines');
  const services = organisation.places.flatMap(({ marketplace }) =>
    JOBS.filter(() => random.chance(0.8)).map(([job, action], at) => ({
      index: at,
      id: `svc-${job}-${marketplace.toLowerCase()}`,
      action,
      marketplace,
      callsPerNight: random.int(4, 40),
      recordsPerCall: random.int(1_000, 60_000),
    })),
  );
  const count = Math.max(4, Math.round((organisation.size.employees / 100) * organisation.parameters.appsPerHundred));
  const apps = Array.from({ length: count }, (_, index) => {
    const { marketplace } = random.pick(organisation.places);
    const sellers = Array.from({ length: random.int(1, 3) }, () => organisation.sellers.popular(random, marketplace));
    return {
      index,
      id: `app-${random.id().slice(0, 8)}`,
      sellers,
      reportsPerDay: 0.5 + gamma(random, 1.5, 2),
      recordsPerReport: 5 + gamma(random, 1.2, 40),
      country: random.chance(0.6) ? 'CN' : 'US',
      hour: random.int(0, 20),
    };
  });
  return { services, apps };
}

export function runService(world: World, service: Service, day: number): void {
  const random = Random.stream(world.organisation.size.seed, 'service', service.id, day);
  const calls = negativeBinomial(random, service.callsPerNight, 20);
  let atMs = world.organisation.size.startMs + day * DAY_MS + 2 * HOUR_MS;
  for (let call = 0; call < calls; call++) {
    atMs += random.int(5, 120) * SECOND_MS;
    const records = Math.max(1, Math.round(gamma(random, 20, service.recordsPerCall / 20)));
    write(
      world,
      random,
      {
        id: service.id,
        kind: 'service',
        action: service.action,
        tool: 'nightly-jobs',
        marketplace: service.marketplace,
        country: null,
      },
      atMs,
      null,
      [],
      records,
    );
  }
}

export function runApp(world: World, app: SellerApp, day: number): void {
  const random = Random.stream(world.organisation.size.seed, 'app', app.index, day);
  const reports = negativeBinomial(random, app.reportsPerDay, 6);
  let atMs = world.organisation.size.startMs + day * DAY_MS + app.hour * HOUR_MS;
  for (let report = 0; report < reports; report++) {
    atMs += random.int(20, 2_400) * SECOND_MS;
    const seller = random.pick(app.sellers);
    const records = 1 + negativeBinomial(random, app.recordsPerReport, 4);
    exportOrders(world, random, app, seller, atMs, records);
  }
}

/** One order report of a seller; returns the customers it lists. */
export function exportOrders(
  world: World,
  random: Random,
  app: SellerApp,
  seller: SellerFacts,
  atMs: number,
  records: number,
  listed = LISTED,
): Buyer[] {
  const { sellers } = world.organisation;
  const from = random.int(0, Math.max(0, seller.customers - records));
  const count = Math.min(records, listed, seller.customers);
  const buyers = Array.from({ length: count }, (_, at) => sellers.buyer(seller, (from + at) % seller.customers));
  const distinct = [...new Map(buyers.map((buyer) => [buyer.id, buyer])).values()];
  write(
    world,
    random,
    {
      id: app.id,
      kind: 'seller_app',
      action: 'order_report.export',
      tool: 'seller-api',
      marketplace: seller.marketplace,
      country: app.country,
    },
    atMs,
    seller,
    distinct,
    records,
  );
  return distinct;
}

interface Caller {
  readonly id: string;
  readonly kind: ActorKind;
  readonly action: string;
  readonly tool: string;
  readonly marketplace: string;
  readonly country: string | null;
}

function write(
  world: World,
  random: Random,
  caller: Caller,
  atMs: number,
  seller: SellerFacts | null,
  buyers: readonly Buyer[],
  records: number,
): void {
  world.timeline.access({
    event_id: random.id(),
    occurred_at: Math.round(atMs),
    actor_id: caller.id,
    actor_kind: caller.kind,
    action: caller.action,
    outcome: 'allowed',
    tool: caller.tool,
    marketplace: caller.marketplace,
    seller_id: seller?.id ?? null,
    customer_ids: buyers.map((buyer) => buyer.id),
    review_id: null,
    review_rating: null,
    record_count: records,
    case_id: null,
    approver_id: null,
    session_id: null,
    source_ip: null,
    country: caller.country,
  });
}
