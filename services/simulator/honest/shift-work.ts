// A person's day: cases arrive, tasks are taken from the pile or come without one, some cases are kept for another day.
// How much work there is: role × person × weekday × surge × ramp-up, over-dispersed. Memory per person is bounded by the pile.

import type { Person } from '../organisation/people.js';
import type { Role } from '../organisation/roles.js';
import type { Shift } from '../organisation/shifts.js';
import { negativeBinomial, poisson } from '../random/distributions.js';
import { Random } from '../random/random.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.js';
import { giveBulkTask, workOnBulk } from './bulk.js';
import { type OpenCase, PORTAL } from './cases.js';
import { Desk } from './desk.js';
import type { Work } from './work.js';
import { analysis } from './work-analysis.js';
import { moderation } from './work-reviews.js';
import { accounts, appeals, risk } from './work-sellers.js';
import { engineering, support } from './work-support.js';
import type { World } from './world.js';

const WORKS: Readonly<Record<Role, Work>> = {
  support_agent: support,
  appeals_agent: appeals,
  account_manager: accounts,
  review_moderator: moderation,
  risk_investigator: risk,
  analyst: analysis,
  engineer: engineering,
};

const MAX_PILE = 30;

export function workShift(world: World, person: Person, shift: Shift): void {
  const random = Random.stream(world.organisation.size.seed, 'work', person.index, shift.day);
  const mean = expectedAccesses(world, person, shift);
  const planned = negativeBinomial(random, mean, person.habits.dispersion);
  const desk = new Desk(world, person, shift, random, planned);
  const work = WORKS[shift.team.facts.role];
  receiveCases(desk, work, planned);
  bulkWork(desk);
  desk.left = planned;
  while (desk.left > 0) {
    desk.nextTask();
    if (random.chance(work.routineShare)) work.routine(desk);
    else workOnCase(desk, work);
  }
}

function expectedAccesses(world: World, person: Person, shift: Shift): number {
  const { calendar, scale } = world.organisation;
  const { facts } = shift.team;
  const leads = shift.team.managerId === person.id ? 0.4 : 1;
  const since = shift.day - Math.max(person.hiredDay, person.posts.at(-1)?.fromDay ?? Number.NEGATIVE_INFINITY);
  const ramp = since >= 0 && since < 25 ? 0.25 + (0.75 * since) / 25 : 1;
  const weekday = person.habits.weekdays[shift.weekday] ?? 1;
  return (
    facts.accessesPerDay * person.habits.rate * scale * weekday * calendar.factor(shift.team, shift.day) * leads * ramp
  );
}

/** Some wait when the shift begins, the rest come in during it. */
function receiveCases(desk: Desk, work: Work, planned: number): void {
  const { random, shift, person } = desk;
  const expected = (planned / shift.team.facts.accessesPerTask) * (1 - work.routineShare);
  const count = Math.max(0, poisson(random, expected * 1.05) - person.backlog.length);
  for (let at = 0; at < count; at++) {
    const openedMs = Math.round(shift.startMs + random.between(-3 * HOUR_MS, (shift.endMs - shift.startMs) * 0.8));
    person.backlog.push(arrive(desk, work, openedMs));
  }
  person.backlog.sort((a, b) => a.assignedMs - b.assignedMs);
  while (person.backlog.length > MAX_PILE + count) shelve(desk);
}

function arrive(desk: Desk, work: Work, openedMs: number): OpenCase {
  const { kind, seller, buyers } = work.draft(desk);
  const assigneeId = desk.person.id;
  return desk.world.cases.open(desk.random, { kind, seller, buyers, openedMs, openedBy: PORTAL, assigneeId });
}

function shelve(desk: Desk): void {
  const oldest = desk.person.backlog.shift();
  if (oldest) desk.world.cases.close(oldest, desk.now);
}

function workOnCase(desk: Desk, work: Work): void {
  const { person, random, world } = desk;
  const waiting = person.backlog.findIndex((one) => one.assignedMs < desk.now);
  const [taken] = waiting >= 0 ? person.backlog.splice(waiting, 1) : [];
  const held = taken ?? arrive(desk, work, desk.now - Math.round(random.between(45, 90) * MINUTE_MS));
  const before = desk.left;
  work.handle(desk, held, desk.justify(held));
  if (desk.left === before) desk.left--;
  const again = random.chance(world.organisation.parameters.followUpShare) && desk.now < held.openedMs + 6 * DAY_MS;
  if (again) person.backlog.push({ ...held, assignedMs: desk.now + 14 * HOUR_MS });
  else if (random.chance(0.9)) world.cases.close(held, desk.now + Math.round(random.between(1, 30) * MINUTE_MS));
}

/** Support, moderation and analysis are given bulk tasks; a started one goes on first. */
function bulkWork(desk: Desk): void {
  const { person, random, shift, world } = desk;
  const { role } = shift.team.facts;
  const rate =
    world.organisation.parameters.bulkTaskShare *
    (role === 'analyst' ? 10 : role === 'support_agent' || role === 'review_moderator' ? 1 : 0);
  if (!person.bulk && random.chance(rate)) giveBulkTask(desk);
  if (person.bulk) workOnBulk(desk, person.bulk);
  desk.now = shift.startMs;
}
