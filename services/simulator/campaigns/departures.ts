// Harvests around people who leave: during notice, handed over to a colleague, or made with a colleague's account.

import type { Employee } from '../../core/feeds/records.js';
import { machineOf } from '../honest/desk.js';
import { employeeRecords } from '../organisation/careers.js';
import { type Person, teamOn } from '../organisation/people.js';
import { shiftOn } from '../organisation/shifts.js';
import { logUniform } from '../random/distributions.js';
import { hashPair } from '../random/random.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.js';
import { exportNiche } from './figures.js';
import { complaintsAfter, mainSellers, readEmails, wantedOf } from './harvest.js';
import { type DaySpan, type Plan, type Plot, PREPARATION_DAYS, type Trace } from './plot.js';

const ANY_READER = {
  support_agent: 4,
  appeals_agent: 2,
  review_moderator: 2,
  risk_investigator: 2,
  account_manager: 2,
};

/** Somebody who is on notice during the span; failing that, somebody who hands it in just before. */
function leaverDuring(plot: Plot, span: DaySpan): { person: Person; tell(): void } {
  const { staff, size } = plot.world.organisation;
  const leaving = staff.people.filter(
    (one) => one.noticeDay !== null && one.noticeDay <= span.fromDay && (one.leftDay ?? 0) > span.toDay,
  );
  const untaken = leaving.filter((one) => !plot.isTaken(one.id) && plot.desks(one, span).length > 0);
  if (untaken.length > 0) return { person: plot.recruit(span, ANY_READER, untaken), tell: () => undefined };
  const person = plot.recruit(
    span,
    ANY_READER,
    staff.people.filter((one) => one.noticeDay === null && one.hiredDay < span.fromDay - 3),
  );
  const tell = (): void => {
    const validFrom = size.startMs + (span.fromDay - 1) * DAY_MS + 9 * HOUR_MS;
    const now = employeeRecords(person, staff, size.startMs).findLast((one) => one.valid_from <= validFrom);
    if (!now) return;
    const notice: Employee = { ...now, status: 'notice', left_at: validFrom + 40 * DAY_MS, valid_from: validFrom };
    plot.world.timeline.context('employees', validFrom, notice);
  };
  return { person, tell };
}

const readyFor = (span: DaySpan): number => Math.max(0, span.fromDay - PREPARATION_DAYS);

export function leaver(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(2, 8);
  const { person, tell } = leaverDuring(plot, span);
  return {
    readyDay: readyFor(span),
    offenders: 1,
    run() {
      tell();
      const { marketplace } = teamOn(person, span.fromDay).place;
      const seller = plot.sellerWith(marketplace, 500);
      const wanted = wantedOf(plot, seller, Math.round(logUniform(random, 40, 200)), {
        main: random.between(0.6, 1),
        low: random.between(0.2, 0.8),
      });
      const trace = readEmails(plot, person, span, wanted, random.pick([1, 4, 10]));
      if (!random.chance(0.6)) return [trace];
      return [joined(trace, exportNiche(plot, person, span, random.int(5, 30)))];
    },
  };
}

/** First the leaver looks after a seller's orders; then a colleague goes on with the same sellers. */
export function handover(plot: Plot): Plan {
  const { random } = plot;
  const span = plot.span(12, 26);
  const middle = Math.floor((span.fromDay + span.toDay) / 2);
  const before = { fromDay: span.fromDay, toDay: middle };
  const after = { fromDay: Math.min(middle + 1, span.toDay), toDay: span.toDay };
  const { person: first, tell } = leaverDuring(plot, before);
  const team = teamOn(first, middle).members.filter((one) => !plot.isTaken(one.id));
  const heir = plot.recruit(after, ANY_READER, team);
  return {
    readyDay: readyFor(span),
    offenders: 2,
    run() {
      tell();
      const seller = plot.sellerWith(teamOn(first, span.fromDay).place.marketplace, 1_000);
      const part = (person: Person, during: DaySpan): Trace => {
        const shifts = plot.desks(person, during).length;
        const wanted = wantedOf(plot, seller, Math.max(6, Math.round(shifts * random.between(4, 14))), {
          main: random.between(0.85, 1),
          low: random.between(0.4, 0.9),
        });
        const trace = readEmails(plot, person, during, wanted, 1);
        complaintsAfter(plot, wanted, trace.lastMs, random.between(0.02, 0.08));
        return trace;
      };
      return [part(first, before), part(heir, after)];
    },
  };
}

/** Somebody at another machine uses the account while its owner is off duty; the account is what a log can name. */
export function borrowedAccount(plot: Plot): Plan {
  const { random, world } = plot;
  const span = plot.span(2, 6);
  const owner = plot.recruit(span, ANY_READER);
  const thief = plot.recruit(span, ANY_READER);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const trace = plot.trace(owner.id);
      const { marketplace } = teamOn(owner, span.fromDay).place;
      const seller = plot.sellerWith(marketplace, 600);
      const wanted = wantedOf(plot, seller, Math.round(logUniform(random, 30, 150)), {
        main: random.between(0.7, 1),
        low: random.between(0.3, 0.9),
      });
      const desks = plot.desks(owner, span);
      trace.concern(mainSellers(wanted));
      desks.forEach((desk, at) => {
        const theirs = shiftOn(world.organisation.rota, thief, desk.shift.day) ?? desk.shift;
        desk.machine = {
          ...machineOf(thief, theirs),
          sessionId: `t-${hashPair(thief.index + 7_919, desk.shift.day).toString(16)}`,
        };
        desk.now = desk.shift.endMs + random.int(40, 180) * MINUTE_MS;
        const share = wanted.slice(
          Math.floor((at * wanted.length) / desks.length),
          Math.floor(((at + 1) * wanted.length) / desks.length),
        );
        for (const one of share) {
          desk.now += random.int(5, 60) * SECOND_MS;
          plot.act(
            desk,
            trace,
            'customer_email.read',
            {
              seller: one.seller,
              buyers: [one.buyer],
              review: one.buyer.review,
            },
            null,
          );
        }
      });
      return [trace];
    },
  };
}

function joined(into: Trace, other: Trace): Trace {
  into.firstMs = Math.min(into.firstMs, other.firstMs);
  into.lastMs = Math.max(into.lastMs, other.lastMs);
  for (const id of other.sellerIds) into.sellerIds.add(id);
  return into;
}
