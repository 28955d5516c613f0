// Work for and against sellers: appeals and reinstatements, account management, investigations and suspensions.
// A reinstated seller is sometimes suspended again by the risk team: a base rate that no person answers for.

import type { Person } from '../organisation/people.js';
import type { SellerFacts } from '../organisation/sellers.js';
import { shiftOn } from '../organisation/shifts.js';
import { exponential } from '../random/distributions.js';
import { HOUR_MS } from '../time.js';
import { Desk } from './desk.js';
import type { Work } from './work.js';
import { record } from './world.js';

export const appeals: Work = {
  routineShare: 0.06,
  draft(desk) {
    const suspended = desk.random.chance(0.55) ? desk.world.suspended.any(desk.random, desk.marketplace) : null;
    if (suspended) return { kind: 'appeal', seller: suspended, buyers: [] };
    const seller = desk.anySeller();
    const about = desk.random.chance(0.6) ? [desk.world.organisation.sellers.anyBuyer(desk.random, seller)] : [];
    return { kind: 'support', seller, buyers: about };
  },
  handle(desk, held, caseId) {
    const { random } = desk;
    const touch = { seller: held.seller, caseId };
    if (held.kind === 'appeal') {
      const notes = random.int(1, 3);
      for (let note = 0; note < notes; note++) desk.access('enforcement_notes.read', touch);
      if (random.chance(0.05)) desk.access('order_history.read', touch);
      if (held.seller && random.chance(0.13) && desk.world.suspended.has(held.seller))
        reinstate(desk, held.seller, caseId);
      return;
    }
    const looks = random.int(1, 2);
    for (let look = 0; look < looks; look++) {
      if (held.buyers.length > 0) desk.access('order_history.read', { ...touch, buyers: held.buyers });
      else desk.access('sales_metrics.read', touch);
    }
    if (random.chance(0.15)) desk.access('enforcement_notes.read', touch);
    if (random.chance(0.01)) desk.access('sales_metrics.export', { ...touch, records: random.int(30, 600) });
  },
  routine(desk) {
    desk.access(desk.random.chance(0.5) ? 'sales_metrics.read' : 'enforcement_notes.read', {
      seller: desk.anySeller(),
    });
  },
};

function reinstate(desk: Desk, seller: SellerFacts, caseId: string | null): void {
  const { world, random } = desk;
  const { parameters } = world.organisation;
  const approverId = desk.secondPerson(desk.shift.team.secondPerson.reinstatement);
  const atMs = desk.now;
  world.suspended.remove(seller);
  desk.access('account.reinstate', { seller, caseId, approverId });
  record(world, random, { seller, kind: 'reinstated', atMs, caseId, decidedBy: desk.person.id });
  if (!random.chance(parameters.resuspendedShare)) return;
  suspendAgain(desk, seller, desk.shift.day + 1 + Math.floor(exponential(random, parameters.resuspendedAfterDays)));
}

/** Some investigator of the marketplace finds the same faults again, on the first of their shifts from that day on. */
export function suspendAgain(desk: Desk, seller: SellerFacts, fromDay: number): void {
  const { world, random } = desk;
  const { staff, rota } = world.organisation;
  const teams = staff.teams.filter((team) => team.facts.role === 'risk_investigator');
  const near = teams.filter((team) => team.place.marketplace === seller.marketplace);
  const team = near[0] ?? teams[0];
  if (!team) return;
  const investigator: Person = random.pick(near.length > 0 ? random.pick(near).members : team.members);
  for (let day = fromDay; day < fromDay + 10; day++) {
    const shift = shiftOn(rota, investigator, day);
    if (!shift) continue;
    const theirs = new Desk(world, investigator, shift, random, 1);
    theirs.now = Math.round(random.between(shift.startMs, shift.endMs));
    if (theirs.now >= world.endMs) return;
    const held = world.cases.open(random, {
      kind: 'investigation',
      openedMs: theirs.now - HOUR_MS,
      openedBy: 'svc-risk',
      assigneeId: investigator.id,
      seller,
      buyers: [],
    });
    suspend(theirs, seller, held.id);
    return;
  }
}

export function suspend(desk: Desk, seller: SellerFacts, caseId: string | null): void {
  const approverId = desk.secondPerson(desk.shift.team.secondPerson.suspension);
  const atMs = desk.now;
  desk.access('account.suspend', { seller, caseId, approverId });
  record(desk.world, desk.random, { seller, kind: 'suspended', atMs, caseId, decidedBy: desk.person.id });
}

export const risk: Work = {
  routineShare: 0.05,
  draft(desk) {
    const { random, world } = desk;
    const seller = random.pick(world.organisation.sellers.of(desk.marketplace));
    const witnesses = random.chance(0.5) ? random.int(1, 5) : 0;
    const buyers = Array.from({ length: witnesses }, () => world.organisation.sellers.anyBuyer(random, seller));
    return { kind: 'investigation', seller, buyers };
  },
  handle(desk, held, caseId) {
    const { random } = desk;
    const touch = { seller: held.seller, caseId };
    const notes = random.int(1, 3);
    for (let note = 0; note < notes; note++) desk.access('enforcement_notes.read', touch);
    for (const buyer of held.buyers) {
      desk.access('order_history.read', { ...touch, buyers: [buyer] });
      if (random.chance(0.35)) desk.access('customer_email.read', { ...touch, buyers: [buyer], review: buyer.review });
    }
    if (random.chance(0.3)) desk.access('sales_metrics.read', touch);
    if (random.chance(0.02)) desk.access('sales_metrics.export', { ...touch, records: random.int(30, 900) });
    if (held.seller && random.chance(0.12) && !desk.world.suspended.has(held.seller)) {
      suspend(desk, held.seller, caseId);
      desk.world.suspended.add(held.seller);
    }
  },
  routine(desk) {
    desk.access('enforcement_notes.read', { seller: desk.anySeller() });
  },
};

export const accounts: Work = {
  routineShare: 0.5,
  draft(desk) {
    return { kind: 'support', seller: ownSeller(desk), buyers: [] };
  },
  handle(desk, held, caseId) {
    const { random } = desk;
    const touch = { seller: held.seller, caseId };
    const looks = random.int(1, 3);
    for (let look = 0; look < looks; look++) desk.access('sales_metrics.read', touch);
    if (random.chance(0.05)) desk.access('order_history.read', touch);
    if (random.chance(0.08)) desk.access('sales_metrics.export', { ...touch, records: random.int(50, 1_500) });
    if (held.seller && random.chance(0.05))
      desk.access('order_report.export', { ...touch, records: random.int(10, 400) });
  },
  routine(desk) {
    const seller = ownSeller(desk);
    const looks = desk.random.int(1, 3);
    for (let look = 0; look < looks; look++) desk.access('sales_metrics.read', { seller });
    if (desk.random.chance(0.03)) desk.access('sales_metrics.export', { seller, records: desk.random.int(50, 1_500) });
  },
};

/** The first of the portfolio most of all: some look at one seller every day. */
function ownSeller(desk: Desk): SellerFacts {
  const { portfolio } = desk.person;
  return portfolio[Math.floor(desk.random.unit() ** 2.5 * portfolio.length)] ?? desk.anySeller();
}
