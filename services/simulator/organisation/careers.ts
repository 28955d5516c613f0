// What changes in people's working lives during the period: hires, notice and leaving, moves between teams, leave, travel;
// and the employee records that tell of it.

import type { Employee } from '../../core/feeds/records.js';
import type { Parameters } from '../parameters.js';
import { Random } from '../random/random.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import { managerOf, type Person, type Staff, type Team, teamOn } from './people.js';
import type { Place } from './places.js';

/** Draws everybody's career; at least one person hands in notice, so that no organisation is without leavers. */
export function drawCareers(
  seed: number,
  staff: Staff,
  places: readonly Place[],
  days: number,
  parameters: Parameters,
): void {
  const share = Math.min(3, days / 60);
  for (const person of staff.people) {
    const random = Random.stream(seed, 'career', person.index);
    const leads = teamOn(person, 0).managerId === person.id;
    if (!leads && random.chance(parameters.hireShare * share)) person.hiredDay = random.int(1, days - 1);
    else if (!leads && random.chance(parameters.leaverShare * share)) resign(person, random, days);
    else if (!leads && random.chance(parameters.moveShare * share)) move(person, random, staff.teams, days);
    if (random.chance(parameters.leaveShare * share)) {
      const fromDay = random.int(1, days);
      person.absence = { fromDay, toDay: fromDay + random.int(4, 30) };
    }
    if (places.length > 1 && random.chance(parameters.travelShare * share)) {
      const fromDay = random.int(1, days);
      const here = teamOn(person, fromDay).place;
      const place = random.pick(places.filter((one) => one !== here));
      person.trip = { fromDay, toDay: fromDay + random.int(4, 12), place };
    }
  }
  const last = staff.people.at(-1);
  if (last && staff.people.length > 1 && !staff.people.some((one) => one.noticeDay !== null)) {
    last.hiredDay = Math.min(last.hiredDay, -100);
    resign(last, Random.stream(seed, 'career', 'leaver'), days);
  }
}

function resign(person: Person, random: Random, days: number): void {
  person.noticeDay = random.int(Math.floor(days * 0.1), Math.floor(days * 0.8));
  person.leftDay = person.noticeDay + random.int(14, 45);
}

function move(person: Person, random: Random, teams: readonly Team[], days: number): void {
  const from = teamOn(person, 0);
  const others = teams.filter((team) => team !== from && team.place === from.place);
  const team = others.length > 0 ? random.pick(others) : null;
  if (!team) return;
  person.posts.push({ fromDay: random.int(1, days - 1), team });
  team.members.push(person);
}

/** A person's employee records in order of time. */
export function employeeRecords(person: Person, staff: Staff, startMs: number): Employee[] {
  const dayMs = (day: number): number => startMs + day * DAY_MS + 5 * HOUR_MS;
  const versions: { day: number; status: Employee['status'] }[] = [{ day: person.hiredDay, status: 'active' }];
  const move = person.posts[1];
  if (move) versions.push({ day: move.fromDay, status: 'active' });
  if (person.absence) {
    versions.push({ day: person.absence.fromDay, status: 'leave' }, { day: person.absence.toDay, status: 'active' });
  }
  if (person.noticeDay !== null) versions.push({ day: person.noticeDay, status: 'notice' });
  if (person.leftDay !== null) versions.push({ day: person.leftDay, status: 'left' });
  const byDay = new Map(
    versions
      .filter((one) => one.day >= person.hiredDay)
      .sort((a, b) => a.day - b.day)
      .map((one) => [one.day, one.status]),
  );
  return [...byDay].map(([day, status]) => {
    const team = teamOn(person, day);
    return {
      employee_id: person.id,
      manager_id: managerOf(person, team, staff),
      department: team.facts.department,
      role: team.facts.role,
      peer_group: team.peerGroup,
      marketplace: team.place.marketplace,
      office: team.place.office,
      time_zone: team.place.timeZone,
      status: statusOn(person, day, status),
      hired_at: dayMs(person.hiredDay),
      left_at: leavingKnown(person, day) ? dayMs(person.leftDay ?? day) : null,
      valid_from: dayMs(day),
    };
  });
}

/** Whoever has given notice stays on notice when back from leave or moved. */
function statusOn(person: Person, day: number, status: Employee['status']): Employee['status'] {
  if (person.leftDay !== null && day >= person.leftDay) return 'left';
  return status === 'active' && leavingKnown(person, day) ? 'notice' : status;
}

function leavingKnown(person: Person, day: number): boolean {
  return person.noticeDay !== null && day >= person.noticeDay;
}
