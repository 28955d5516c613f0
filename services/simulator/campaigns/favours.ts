// Decisions for sale: reviews deleted, sellers reopened, rivals suspended, notes read for a cluster that then appeals.

import { PORTAL } from '../honest/cases.js';
import type { Desk } from '../honest/desk.js';
import { restoreLater } from '../honest/work-reviews.js';
import { suspendAgain } from '../honest/work-sellers.js';
import { record } from '../honest/world.js';
import { type Person, teamOn } from '../organisation/people.js';
import type { Review, SellerFacts } from '../organisation/sellers.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.js';
import { type DaySpan, type Plan, type Plot, PREPARATION_DAYS, type Trace } from './plot.js';

/** Desks for `count` deeds at random moments of the person's shifts in the span, in order of time. */
export function moments(plot: Plot, person: Person, span: DaySpan, count: number): Desk[] {
  const desks = plot.desks(person, span);
  const picked = Array.from({ length: count }, () => plot.random.int(0, desks.length - 1)).sort((a, b) => a - b);
  return picked.flatMap((at) => {
    const day = desks[at]?.shift.day;
    const [desk] = day === undefined ? [] : plot.desks(person, { fromDay: day, toDay: day });
    if (desk) desk.now = Math.round(plot.random.between(desk.shift.startMs + 30 * MINUTE_MS, desk.shift.endMs));
    return desk ? [desk] : [];
  });
}

/** A case that looks right: opened by the seller through the portal, or by the offender. */
export function plausible(
  plot: Plot,
  desk: Desk,
  kind: 'appeal' | 'review_dispute' | 'investigation',
  seller: SellerFacts,
  selfShare: number,
): string {
  if (plot.random.chance(selfShare)) return desk.openOwn({ kind, seller, buyers: [] }).id;
  const openedMs = Math.round(desk.now - plot.random.between(0.5, 20) * HOUR_MS);
  return plot.world.cases.open(plot.random, {
    kind,
    seller,
    buyers: [],
    openedMs,
    openedBy: PORTAL,
    assigneeId: desk.person.id,
  }).id;
}

/** Suspended some days earlier by the company, so that there is something to undo. */
export function suspendedBefore(plot: Plot, seller: SellerFacts, span: DaySpan): void {
  const { size } = plot.world.organisation;
  const day = plot.random.between(Math.max(0, span.fromDay - PREPARATION_DAYS), Math.max(0, span.fromDay - 1));
  record(plot.world, plot.random, {
    seller,
    kind: 'suspended',
    atMs: size.startMs + day * DAY_MS,
    caseId: null,
    decidedBy: null,
  });
}

const readyFor = (span: DaySpan): number => Math.max(0, span.fromDay - PREPARATION_DAYS);

export function reviewDeletion(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(7, 28);
  const person = plot.recruit(span, { review_moderator: 6, appeals_agent: 1 });
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const trace = plot.trace(person.id);
      const seller = plot.sellerWith(teamOn(person, span.fromDay).place.marketplace, 300);
      const low = world.organisation.sellers
        .harvest(random, seller, 300, 1)
        .filter((one) => one.review !== null && one.review.rating <= 2);
      const count = random.int(5, 15);
      const selfShare = random.between(0, 0.6);
      const deleted: { readonly desk: Desk; readonly review: Review }[] = [];
      moments(plot, person, span, count).forEach((desk, at) => {
        const review = low[at]?.review ?? { id: `r-${random.id()}`, rating: random.int(1, 2) };
        const caseId = plausible(plot, desk, 'review_dispute', seller, selfShare);
        plot.act(desk, trace, 'review.delete', {
          seller,
          caseId,
          review,
          approverId: random.chance(0.25) ? desk.secondPerson(1) : null,
        });
        deleted.push({ desk, review });
      });
      const regretted = random.between(0, 0.5);
      for (const { desk, review } of deleted) {
        if (random.chance(regretted)) restoreLater(desk, random, seller, review, desk.shift.day + random.int(1, 12));
      }
      return [trace];
    },
  };
}

/** Reopens a seller for money; some are banned again by somebody honest. */
export function reinstate(
  plot: Plot,
  desk: Desk,
  trace: Trace,
  seller: SellerFacts,
  shares: { readonly selfShare: number; readonly secondShare: number; readonly again: number },
): void {
  const { random, world } = plot;
  const caseId = random.chance(0.1) ? null : plausible(plot, desk, 'appeal', seller, shares.selfShare);
  const atMs = desk.now;
  plot.act(desk, trace, 'account.reinstate', {
    seller,
    caseId,
    approverId: random.chance(shares.secondShare) ? desk.secondPerson(1) : null,
  });
  record(world, random, { seller, kind: 'reinstated', atMs, caseId, decidedBy: desk.person.id });
  if (random.chance(shares.again)) suspendAgain(desk, seller, desk.shift.day + random.int(2, 14));
}

export function accountReinstatement(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(4, 25);
  const person = plot.recruit(span, { appeals_agent: 6, risk_investigator: 1 });
  return {
    readyDay: readyFor(span),
    offenders: 1,
    run() {
      const trace = plot.trace(person.id);
      const cluster = plot.cluster(teamOn(person, span.fromDay).place.marketplace, random.int(3, 7));
      const reopened = random.sample(cluster.members, random.int(3, 10));
      const selfShare = random.between(0.2, 0.9);
      const secondShare = random.chance(0.6) ? 0 : random.between(0, 0.3);
      const again = random.between(0.2, 0.7);
      const desks = moments(plot, person, span, reopened.length);
      reopened.forEach((seller, at) => {
        const desk = desks[at];
        if (!desk) return;
        suspendedBefore(plot, seller, span);
        reinstate(plot, desk, trace, seller, { selfShare, secondShare, again });
      });
      return [trace];
    },
  };
}

export function rivalSuspension(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(7, 28);
  const person = plot.recruit(span, { risk_investigator: 6, appeals_agent: 1 });
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const trace = plot.trace(person.id);
      const cluster = plot.cluster(teamOn(person, span.fromDay).place.marketplace, 3);
      const niches = new Set(cluster.members.slice(0, 2).map((one) => one.category));
      const rivals = world.organisation.sellers
        .of(cluster.marketplace)
        .filter((one) => niches.has(one.category) && !cluster.members.includes(one));
      const harmed = random.sample(rivals, random.int(3, 8));
      const selfShare = random.between(0.2, 0.8);
      const desks = moments(plot, person, span, harmed.length);
      harmed.forEach((seller, at) => {
        const desk = desks[at];
        if (!desk) return;
        const caseId = plausible(plot, desk, 'investigation', seller, selfShare);
        const atMs = desk.now;
        plot.act(desk, trace, 'account.suspend', {
          seller,
          caseId,
          approverId: random.chance(0.2) ? desk.secondPerson(1) : null,
        });
        record(world, random, { seller, kind: 'suspended', atMs, caseId, decidedBy: person.id });
      });
      trace.concern(cluster.members);
      return [trace];
    },
  };
}

/** Notes of one cluster's suspended sellers; within days each appeals, in terms only the notes could have taught. */
export function notesRead(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(1, 10);
  const person = plot.recruit(span, { appeals_agent: 4, risk_investigator: 4, review_moderator: 1 });
  return {
    readyDay: readyFor(span),
    offenders: 1,
    run() {
      const trace = plot.trace(person.id);
      const cluster = plot.cluster(teamOn(person, span.fromDay).place.marketplace, 4);
      const desks = moments(plot, person, span, random.int(Math.max(8, cluster.members.length), 40));
      desks.forEach((desk, at) => {
        const seller = cluster.members[at % cluster.members.length];
        if (!seller) return;
        if (at < cluster.members.length) suspendedBefore(plot, seller, span);
        const caseId = random.chance(0.15) ? desk.openOwn({ kind: 'investigation', seller, buyers: [] }).id : null;
        plot.act(desk, trace, 'enforcement_notes.read', { seller, caseId });
      });
      if (!trace.happened) return [trace];
      const clerk = plot.random.pick(world.organisation.staff.people);
      for (const seller of cluster.members) {
        const openedMs = Math.round(trace.lastMs + random.between(0.5, 6) * DAY_MS);
        world.cases.open(random, {
          kind: 'appeal',
          seller,
          buyers: [],
          openedMs,
          openedBy: PORTAL,
          assigneeId: clerk.id,
        });
      }
      return [trace];
    },
  };
}
