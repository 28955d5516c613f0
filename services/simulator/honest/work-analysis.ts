// Analysts: figures about many sellers of a niche, by the nature of the job.

import type { Work } from './work.js';

export const analysis: Work = {
  routineShare: 0.6,
  draft(desk) {
    return { kind: 'support', seller: desk.anySeller(), buyers: [] };
  },
  handle(desk, held, caseId) {
    desk.access('sales_metrics.read', { seller: held.seller, caseId });
    if (desk.random.chance(0.4))
      desk.access('sales_metrics.export', { seller: held.seller, caseId, records: desk.random.int(50, 3_000) });
  },
  routine(desk) {
    const { random, world } = desk;
    const first = desk.anySeller();
    const rivals = world.organisation.sellers.of(first.marketplace).filter((one) => one.category === first.category);
    for (const seller of random.sample(rivals, random.int(1, 5))) {
      if (random.chance(0.35)) desk.access('sales_metrics.export', { seller, records: random.int(50, 3_000) });
      else desk.access('sales_metrics.read', { seller });
    }
  },
};
