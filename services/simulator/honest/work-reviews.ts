// Review moderation: disputes by sellers spread over all of them, and the clean-up after fake-review attacks on one.

import type { Buyer, Review, SellerFacts } from '../organisation/sellers.js';
import { shiftOn } from '../organisation/shifts.js';
import { Random } from '../random/random.js';
import { HOUR_MS } from '../time.js';
import { PORTAL } from './cases.js';
import { Desk } from './desk.js';
import type { Draft, Work } from './work.js';

export const moderation: Work = {
  routineShare: 0.05,
  draft(desk) {
    const attacked = desk.random.chance(0.35) ? attackedReview(desk) : null;
    return attacked ?? dispute(desk);
  },
  handle(desk, held, caseId) {
    const { random } = desk;
    const buyer = held.buyers[0] ?? null;
    const subject = buyer ?? disputed(desk, held.seller);
    const touch = { seller: held.seller, caseId, review: subject?.review ?? null };
    if (buyer) desk.access('order_history.read', { ...touch, buyers: [buyer] });
    if (buyer && random.chance(0.35)) desk.access('customer_email.read', { ...touch, buyers: [buyer] });
    if (touch.review && random.chance(touch.review.rating <= 2 ? 0.45 : 0.15)) {
      const approverId = desk.secondPerson(desk.shift.team.secondPerson.deletion);
      desk.access('review.delete', { ...touch, approverId });
      if (random.chance(0.03)) desk.access('review.restore', { ...touch, approverId });
      else appealed(desk, held.seller, touch.review);
    }
    if (random.chance(0.15)) desk.access('enforcement_notes.read', { seller: held.seller, caseId });
    if (random.chance(0.003))
      desk.access('sales_metrics.export', { seller: held.seller, caseId, records: random.int(20, 300) });
  },
  routine(desk) {
    const seller = desk.anySeller();
    const buyer = disputed(desk, seller);
    if (buyer) desk.access('order_history.read', { seller, buyers: [buyer], review: buyer.review });
    else desk.left--;
  },
};

/** Now and then an honest deletion does not stand either. Drawn apart, so that nothing else hangs on it. */
function appealed(desk: Desk, seller: SellerFacts | null, review: Review): void {
  const { size, parameters } = desk.world.organisation;
  const random = Random.stream(size.seed, 'restored', desk.person.index, Math.round(desk.now));
  if (seller && random.chance(parameters.restoredShare))
    restoreLater(desk, random, seller, review, desk.shift.day + random.int(1, 20));
}

/** Another moderator of the marketplace puts a review back, on the first of their shifts from that day on. */
export function restoreLater(desk: Desk, random: Random, seller: SellerFacts, review: Review, fromDay: number): void {
  const { world } = desk;
  const { staff, rota } = world.organisation;
  const teams = staff.teams.filter((team) => team.facts.role === 'review_moderator');
  const near = teams.filter((team) => team.place.marketplace === seller.marketplace);
  const others = (near.length > 0 ? near : teams).flatMap((team) => team.members).filter((one) => one !== desk.person);
  if (others.length === 0) return;
  const moderator = random.pick(others);
  for (let day = fromDay; day < fromDay + 10; day++) {
    const shift = shiftOn(rota, moderator, day);
    if (!shift) continue;
    const theirs = new Desk(world, moderator, shift, random, 1);
    theirs.flawed = false;
    theirs.now = Math.round(random.between(shift.startMs, shift.endMs));
    if (theirs.now >= world.endMs) return;
    const held = world.cases.open(random, {
      kind: 'review_dispute',
      openedMs: theirs.now - HOUR_MS,
      openedBy: PORTAL,
      assigneeId: moderator.id,
      seller,
      buyers: [],
    });
    theirs.access('review.restore', { seller, review, caseId: held.id });
    return;
  }
}

/** Most disputes name the author too, so that the order may be looked up. */
function dispute(desk: Desk): Draft {
  const seller = desk.anySeller();
  const author = desk.random.chance(0.65) ? disputed(desk, seller) : null;
  return { kind: 'review_dispute', seller, buyers: author ? [author] : [] };
}

function attackedReview(desk: Desk): Draft | null {
  const { calendar, sellers } = desk.world.organisation;
  const attack = calendar.attackOn(desk.marketplace, desk.shift.day);
  if (!attack) return null;
  const buyer = sellers.buyer(attack.seller, desk.random.pick(attack.customers));
  const planted = { id: buyer.id, review: { id: buyer.review?.id ?? `r-${desk.random.id()}`, rating: 1 } };
  return { kind: 'review_dispute', seller: attack.seller, buyers: [planted] };
}

/** Sellers dispute what hurts: a low rating when a few tries find one. */
function disputed(desk: Desk, seller: SellerFacts | null): Buyer | null {
  if (!seller) return null;
  let found: Buyer | null = null;
  for (let attempt = 0; attempt < 12; attempt++) {
    const buyer = desk.world.organisation.sellers.anyBuyer(desk.random, seller);
    if (buyer.review && (!found || buyer.review.rating < (found.review?.rating ?? 6))) found = buyer;
    if (found?.review && found.review.rating <= 2) break;
  }
  return found;
}
