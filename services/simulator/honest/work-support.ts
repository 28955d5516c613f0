// Customer service: one customer, one order, one ticket; now and then an engineer looks at the same data on call.

import type { Desk } from './desk.js';
import type { Draft, Work } from './work.js';

function ticket(desk: Desk): Draft {
  const seller = desk.anySeller();
  return { kind: 'support', seller, buyers: [desk.world.organisation.sellers.anyBuyer(desk.random, seller)] };
}

export const support: Work = {
  routineShare: 0.04,
  draft: ticket,
  handle(desk, held, caseId) {
    const { random } = desk;
    const touch = { seller: held.seller, buyers: held.buyers, caseId };
    const looks = random.int(1, 3);
    for (let look = 0; look < looks; look++) desk.access('order_history.read', touch);
    const emails = random.chance(0.55) ? random.int(1, 2) : 0;
    const review = random.chance(0.3) ? (held.buyers[0]?.review ?? null) : null;
    for (let email = 0; email < emails; email++) desk.access('customer_email.read', { ...touch, review });
    if (random.chance(0.01)) desk.access('customer_contact.export', touch);
    if (random.chance(0.004)) desk.access('sales_metrics.read', { seller: held.seller, caseId });
    if (random.chance(0.002))
      desk.access('sales_metrics.export', { seller: held.seller, caseId, records: random.int(20, 400) });
  },
  routine(desk) {
    const seller = desk.anySeller();
    const buyers = [desk.world.organisation.sellers.anyBuyer(desk.random, seller)];
    desk.access(desk.random.chance(0.7) ? 'order_history.read' : 'customer_email.read', { seller, buyers });
  },
};

export const engineering: Work = {
  routineShare: 0.5,
  draft: ticket,
  handle(desk, held, caseId) {
    desk.access('order_history.read', { seller: held.seller, buyers: held.buyers, caseId });
    if (desk.random.chance(0.2)) desk.access('sales_metrics.read', { seller: held.seller, caseId });
  },
  routine(desk) {
    const seller = desk.anySeller();
    const buyers = [desk.world.organisation.sellers.anyBuyer(desk.random, seller)];
    desk.access('order_history.read', { seller, buyers });
  },
};
