// What changes in people's working lives during the period: hires, notice and leaving, moves between teams, leave, travel;
// and the employee records that tell of it.

import type { Employee } from '../../core/feeds/records.js';
import type { Parameters } from '../parameters.js';
import { Random } from '../random/random.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import { managerOf, type Person, type Staff, type Team, teamOn } from './people.js';
import type { Place } from './places.js';

/** Draws everybody's career; where staff and period allow, each kind of change happens to somebody. */
export function drawCareers(
  seed: number,
  staff: Staff,
  places: readonly Place[],
  days: number,
  parameters: Parameters,
): void {
  const share = Math.min(3, days / 60);
  const changes = careerChanges(staff, places, days, parameters);
  for (const person of staff.people) {
    const random = Random.stream(seed, 'career', person.index);
    for (const { chance, applies, apply } of changes) {
      if (random.chance(chance * share) && applies(person)) apply(person, random);
    }
  }
  const random = Random.stream(seed, 'career', 'somebody');
  for (const { applies, apply, happened } of changes) {
    if (staff.people.some(happened)) continue;
    const eligible = staff.people.filter(applies);
    if (eligible.length > 1) apply(random.pick(eligible), random);
  }
}

interface CareerChange {
  readonly chance: number;
  applies(person: Person): boolean;
  apply(person: Person, random: Random): void;
  happened(person: Person): boolean;
}

/** Of hire, notice and move a person has one at most, and leads none; leave and travel come to anybody. */
function careerChanges(
  staff: Staff,
  places: readonly Place[],
  days: number,
  parameters: Parameters,
): readonly CareerChange[] {
  const settled = (person: Person): boolean =>
    teamOn(person, 0).managerId !== person.id &&
    person.hiredDay <= 0 &&
    person.noticeDay === null &&
    person.posts.length === 1;
  return [
    {
      chance: parameters.hireShare,
      applies: settled,
      apply: (person, random) => {
        person.hiredDay = random.int(1, days - 1);
      },
      happened: (person) => person.hiredDay > 0,
    },
    {
      chance: parameters.leaverShare,
      applies: settled,
      apply: (person, random) => {
        person.noticeDay = random.int(Math.floor(days * 0.1), Math.floor(days * 0.8));
        person.leftDay = person.noticeDay + random.int(14, 45);
      },
      happened: (person) => person.noticeDay !== null,
    },
    {
      chance: parameters.moveShare,
      applies: (person) => settled(person) && otherTeams(person, staff.teams).length > 0,
      apply: (person, random) => {
        const team = random.pick(otherTeams(person, staff.teams));
        person.posts.push({ fromDay: random.int(1, days - 1), team });
        team.members.push(person);
      },
      happened: (person) => person.posts.length > 1,
    },
    {
      chance: parameters.leaveShare,
      applies: () => true,
      apply: (person, random) => {
        const fromDay = random.int(1, days);
        person.absence = { fromDay, toDay: fromDay + random.int(4, 30) };
      },
      happened: (person) => person.absence !== null,
    },
    {
      chance: parameters.travelShare,
      applies: () => places.length > 1,
      apply: (person, random) => {
        const fromDay = random.int(1, days);
        const here = teamOn(person, fromDay).place;
        const place = random.pick(places.filter((one) => one !== here));
        person.trip = { fromDay, toDay: fromDay + random.int(4, 12), place };
      },
      happened: (person) => person.trip !== null,
    },
  ];
}

/** Teams of the same office with other work. */
function otherTeams(person: Person, teams: readonly Team[]): Team[] {
  const from = teamOn(person, 0);
  return teams.filter((team) => team.place === from.place && team.peerGroup !== from.peerGroup);
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
