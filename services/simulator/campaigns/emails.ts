// Selling customers' addresses: in a burst, a few a day, shared among colleagues, with canaries among them, or a single one.

import { complain } from '../honest/background.js';
import { type Person, teamOn } from '../organisation/people.js';
import type { Buyer } from '../organisation/sellers.js';
import { logUniform } from '../random/distributions.js';
import { DAY_MS } from '../time.js';
import { complaintsAfter, readEmails, type Wanted, wantedOf } from './harvest.js';
import type { Plan, Plot, Trace } from './plot.js';

const READERS = { support_agent: 6, review_moderator: 2, risk_investigator: 2, appeals_agent: 2, account_manager: 1 };

export function bulkEmail(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(1, 4);
  const person = plot.recruit(span, READERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const count = Math.round(logUniform(random, 60, 400));
      const wanted = order(plot, person, span.fromDay, count);
      const trace = readEmails(plot, person, span, wanted, random.pick([1, 1, 3, 8]));
      complaintsAfter(plot, wanted, trace.lastMs, random.between(0.01, 0.1));
      return [trace];
    },
  };
}

export function slowEmail(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(16, 38);
  const person = plot.recruit(span, READERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const shifts = plot.desks(person, span).length;
      const wanted = order(plot, person, span.fromDay, Math.max(4, Math.round(shifts * random.between(2, 7))));
      const trace = readEmails(plot, person, span, wanted, 1);
      complaintsAfter(plot, wanted, trace.lastMs, random.between(0.02, 0.12));
      return [trace];
    },
  };
}

export function sharedEmail(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(3, 10);
  const first = plot.recruit(span, READERS);
  const { members, place } = teamOn(first, span.fromDay);
  const office = plot.world.organisation.staff.people.filter((one) => teamOn(one, span.fromDay).place === place);
  const helpers = Array.from({ length: random.int(2, 5) }, () => plot.recruit(span, READERS, members, office));
  return {
    readyDay: span.fromDay,
    offenders: helpers.length + 1,
    run() {
      const people = [first, ...helpers];
      const wanted = order(plot, first, span.fromDay, Math.round(people.length * logUniform(random, 15, 60)));
      const part = Math.ceil(wanted.length / people.length);
      const traces = people.map((person, at) =>
        readEmails(plot, person, span, wanted.slice(at * part, (at + 1) * part), random.pick([1, 1, 4])),
      );
      complaintsAfter(plot, wanted, Math.max(...traces.map((trace) => trace.lastMs)), random.between(0.02, 0.1));
      return traces;
    },
  };
}

export function canary(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(1, 5);
  const person = plot.recruit(span, READERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const seller = plot.sellerWith(teamOn(person, span.fromDay).place.marketplace, 400);
      const wanted = wantedOf(plot, seller, Math.round(logUniform(random, 30, 150)), {
        main: random.between(0.5, 0.95),
        low: random.between(0.2, 0.8),
      });
      for (const id of random.sample(world.organisation.sellers.canaryIds, random.int(1, 4))) {
        const planted: Buyer = { id, review: { id: `r-${random.id()}`, rating: random.int(1, 2) } };
        wanted[random.int(0, wanted.length - 1)] = { seller, buyer: planted };
      }
      return [readEmails(plot, person, span, wanted, random.pick([1, 5, 20]))];
    },
  };
}

/**
 * One customer for one seller, who uses the address some days later, so that the customer complains. The read alone looks like any
 * other; the campaign lasts until the address was used, and only the complaint connects the two.
 */
export function singleRead(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(3, 3);
  const person = plot.recruit(span, READERS);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const wanted = order(plot, person, span.fromDay, 1).slice(0, 1);
      const trace: Trace = readEmails(plot, person, span, wanted, 1);
      if (!trace.happened) return [trace];
      for (const { buyer, seller } of wanted) {
        const atMs = trace.lastMs + random.between(0.5, 6) * DAY_MS;
        const usedMs = Math.min(atMs, (trace.lastMs + world.endMs) / 2);
        complain(world, random, buyer, seller, usedMs);
        trace.add(usedMs, seller, [buyer]);
      }
      return [trace];
    },
  };
}

function order(plot: Plot, person: Person, day: number, count: number): Wanted[] {
  const { random } = plot;
  const seller = plot.sellerWith(teamOn(person, day).place.marketplace, count * 12);
  return wantedOf(plot, seller, count, { main: random.between(0.85, 1), low: random.between(0.55, 0.95) });
}
