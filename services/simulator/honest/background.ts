// What there is before the first day (people, sellers, links, canaries, suspensions), and what happens around the company
// every day: complaints of customers whom nobody sold.

import { employeeRecords } from '../organisation/careers.js';
import type { Organisation } from '../organisation/organisation.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import { poisson } from '../random/distributions.js';
import { Random } from '../random/random.js';
import { DAY_MS } from '../time.js';
import { record, type World } from './world.js';

export function writeGround(world: World): void {
  const { staff, sellers, size, parameters } = world.organisation;
  const random = Random.stream(size.seed, 'ground');
  for (const person of staff.people) {
    for (const version of employeeRecords(person, staff, size.startMs)) {
      world.timeline.context('employees', version.valid_from, version);
    }
  }
  for (const seller of sellers.all) {
    const { id, marketplace, category, sinceMs } = seller;
    world.timeline.context('sellers', sinceMs, { seller_id: id, marketplace, category, valid_from: sinceMs });
  }
  for (const cluster of sellers.clusters) {
    for (const seller of cluster.members) {
      const linkedMs = size.startMs - random.int(10, 300) * DAY_MS;
      world.timeline.context('seller-links', linkedMs, {
        seller_id: seller.id,
        cluster_id: cluster.id,
        basis: cluster.basis,
        valid_from: linkedMs,
      });
    }
  }
  for (const [at, id] of sellers.canaryIds.entries()) {
    const plantedMs = size.startMs - random.int(20, 400) * DAY_MS;
    world.timeline.context('canaries', plantedMs, {
      customer_id: id,
      label: `canary-${at + 1}`,
      planted_at: plantedMs,
    });
  }
  for (const seller of sellers.all) {
    const inBrokers = sellers.clusterOf(seller)?.basis === 'broker';
    if (!random.chance(parameters.suspendedShare * (inBrokers ? 3 : 1))) continue;
    record(world, random, {
      seller,
      kind: 'suspended',
      atMs: size.startMs - random.int(1, 120) * DAY_MS,
      caseId: null,
      decidedBy: null,
    });
    world.suspended.add(seller);
  }
}

export function complainToday(world: World, organisation: Organisation, day: number): void {
  const { size, parameters, places, sellers } = organisation;
  const random = Random.stream(size.seed, 'complaints', day);
  const count = poisson(random, (parameters.complaintsPerHundred * size.employees) / 100);
  for (let at = 0; at < count; at++) {
    const seller = sellers.popular(random, random.pick(places).marketplace);
    const buyer = sellers.anyBuyer(random, seller);
    complain(world, random, buyer, random.chance(0.6) ? seller : null, size.startMs + (day + random.unit()) * DAY_MS);
  }
}

export function complain(world: World, random: Random, buyer: Buyer, seller: SellerFacts | null, atMs: number): void {
  world.timeline.context('customer-complaints', Math.round(atMs), {
    complaint_id: `p-${random.id()}`,
    customer_id: buyer.id,
    seller_id: seller?.id ?? null,
    received_at: Math.round(atMs),
    kind: random.pick(['off_platform_contact', 'off_platform_contact', 'review_pressure', 'other'] as const),
    channel: random.pick(['web-form', 'phone', 'mail'] as const),
  });
}
