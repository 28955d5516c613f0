// Selling sales figures: exports about the sellers of one niche by somebody whose work seldom needs them, in a burst or slowly.

import { type Person, teamOn } from '../organisation/people.js';
import type { SellerFacts } from '../organisation/sellers.js';
import { logUniform } from '../random/distributions.js';
import { SECOND_MS } from '../time.js';
import { Cover, drawStyle } from './cover.js';
import type { DaySpan, Plan, Plot, Trace } from './plot.js';

const OUTSIDERS = { support_agent: 4, appeals_agent: 4, review_moderator: 3, risk_investigator: 3 };

export function salesExport(plot: Plot): Plan {
  const span = plot.span(1, 4);
  const person = plot.recruit(span, OUTSIDERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run: () => [exportNiche(plot, person, span, Math.round(logUniform(plot.random, 15, 80)))],
  };
}

export function slowSales(plot: Plot): Plan {
  const span = plot.span(16, 38);
  const person = plot.recruit(span, OUTSIDERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const shifts = plot.desks(person, span).length;
      return [exportNiche(plot, person, span, Math.max(3, Math.round(shifts * plot.random.between(1, 3))))];
    },
  };
}

/** `count` exports spread over the person's shifts, about five to thirty rivals in one niche. */
export function exportNiche(plot: Plot, person: Person, span: DaySpan, count: number): Trace {
  const { random } = plot;
  const trace = plot.trace(person.id);
  const rivals = niche(plot, teamOn(person, span.fromDay).place.marketplace);
  const cover = new Cover(drawStyle(random));
  const desks = plot.desks(person, span);
  const records = logUniform(random, 60, 2_000);
  for (let at = 0; at < count; at++) {
    const desk = desks[Math.floor((at * desks.length) / count)];
    const seller = rivals[at % rivals.length];
    if (!desk || !seller) continue;
    const part = ((at * desks.length) / count) % 1;
    const planned =
      desk.shift.startMs + (desk.shift.endMs - desk.shift.startMs) * Math.min(0.98, part + random.between(0, 0.05));
    desk.now = Math.max(Math.round(planned), desk.now + random.int(5, 40) * SECOND_MS);
    const caseId = cover.reason(desk, 'support', seller, []);
    plot.act(desk, trace, 'sales_metrics.export', {
      seller,
      caseId,
      records: Math.max(5, Math.round(records * random.between(0.5, 1.5))),
    });
  }
  return trace;
}

function niche(plot: Plot, marketplace: string): SellerFacts[] {
  const { sellers } = plot.world.organisation;
  const buyer = sellers.popular(plot.random, marketplace);
  const rivals = sellers.of(marketplace).filter((one) => one.category === buyer.category && one !== buyer);
  return plot.random.sample(rivals.length > 0 ? rivals : sellers.of(marketplace), plot.random.int(5, 30));
}
