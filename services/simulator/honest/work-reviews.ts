// Review moderation: disputes by sellers spread over all of them, and the clean-up after fake-review attacks on one.

import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import type { Desk } from './desk.js';
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
