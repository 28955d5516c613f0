// A broker's standing customers at several desks: employees of different roles, none of whom does much, each a few favours over weeks
// for sellers of one cluster: reopening, deleting, reading notes, figures of rivals, addresses.

import { type Person, teamOn } from '../organisation/people.js';
import type { Role } from '../organisation/roles.js';
import type { Cluster, SellerFacts } from '../organisation/sellers.js';
import { DAY_MS } from '../time.js';
import { Cover, drawStyle } from './cover.js';
import { moments, plausible, reinstate, suspendedBefore } from './favours.js';
import { complaintsAfter, type Wanted } from './harvest.js';
import { type DaySpan, type Plan, type Plot, PREPARATION_DAYS, type Trace } from './plot.js';

type Favour = 'reopen' | 'delete' | 'notes' | 'figures' | 'addresses';

/** What somebody in a role can be paid for without touching tools that are strange to them. */
const FAVOURS: Readonly<Partial<Record<Role, readonly Favour[]>>> = {
  appeals_agent: ['reopen', 'notes', 'addresses'],
  risk_investigator: ['notes', 'addresses', 'reopen'],
  review_moderator: ['delete', 'addresses', 'notes'],
  account_manager: ['figures', 'addresses'],
  support_agent: ['addresses'],
  analyst: ['figures'],
};

const DESKS = [
  { appeals_agent: 1 },
  { review_moderator: 1 },
  { risk_investigator: 1 },
  { support_agent: 1 },
  { account_manager: 1 },
];

export function broker(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(14, 34);
  const wanted = random.sample(DESKS, random.int(2, 4));
  const people = wanted.map((roles) => plot.recruit(span, roles));
  return {
    readyDay: Math.max(0, span.fromDay - PREPARATION_DAYS),
    offenders: people.length,
    run() {
      const first = people[0] as Person;
      const cluster = plot.cluster(teamOn(first, span.fromDay).place.marketplace, 4);
      return people.map((person) => serve(plot, person, span, cluster));
    },
  };
}

function serve(plot: Plot, person: Person, span: DaySpan, cluster: Cluster): Trace {
  const { random } = plot;
  const trace = plot.trace(person.id);
  const { role } = teamOn(person, span.fromDay).facts;
  const favours = FAVOURS[role] ?? ['addresses'];
  const cover = new Cover(drawStyle(random));
  const customers: Wanted[] = [];
  moments(plot, person, span, random.int(6, 20)).forEach((desk, at) => {
    const seller = random.pick(cluster.members);
    const favour = random.chance(0.7) ? (favours[0] as Favour) : random.pick(favours);
    switch (favour) {
      case 'reopen':
        suspendedBefore(plot, seller, { fromDay: desk.shift.day, toDay: desk.shift.day });
        reinstate(plot, desk, trace, seller, { selfShare: 0.4, secondShare: 0.2, again: 0.4 });
        return;
      case 'delete': {
        const review = lowReview(plot, seller, at);
        const caseId = plausible(plot, desk, 'review_dispute', seller, 0.3);
        plot.act(desk, trace, 'review.delete', { seller, caseId, review });
        return;
      }
      case 'notes':
        plot.act(desk, trace, 'enforcement_notes.read', {
          seller,
          caseId: cover.reason(desk, 'investigation', seller, []),
        });
        return;
      case 'figures': {
        const rival = rivalOf(plot, seller);
        const records = random.int(20, 400);
        plot.act(desk, trace, 'sales_metrics.export', {
          seller: rival,
          caseId: cover.reason(desk, 'support', rival, []),
          records,
        });
        return;
      }
      case 'addresses':
        for (const buyer of plot.world.organisation.sellers.harvest(random, seller, random.int(2, 8), 0.8)) {
          const caseId = cover.reason(desk, 'support', seller, [buyer]);
          plot.act(desk, trace, 'customer_email.read', { seller, buyers: [buyer], review: buyer.review, caseId });
          customers.push({ seller, buyer });
        }
    }
  });
  trace.concern(cluster.members);
  complaintsAfter(plot, customers, trace.firstMs + DAY_MS, random.between(0.02, 0.1));
  return trace;
}

function lowReview(plot: Plot, seller: SellerFacts, at: number) {
  const low = plot.world.organisation.sellers
    .harvest(plot.random, seller, 20, 1)
    .filter((one) => (one.review?.rating ?? 5) <= 2);
  return low[at % Math.max(1, low.length)]?.review ?? { id: `r-${plot.random.id()}`, rating: plot.random.int(1, 2) };
}

function rivalOf(plot: Plot, seller: SellerFacts): SellerFacts {
  const near = plot.world.organisation.sellers.of(seller.marketplace);
  const rivals = near.filter((one) => one.category === seller.category && one !== seller);
  return plot.random.pick(rivals.length > 0 ? rivals : near);
}
