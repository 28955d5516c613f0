// Who works where: teams by office and role, their managers, and each person's habits. Careers (hires, leave, moves) are careers.ts;
// what happens on a workday is honest/.

import type { BulkJob } from '../honest/bulk.js';
import type { OpenCase } from '../honest/cases.js';
import type { Parameters } from '../parameters.js';
import { beta, gamma, shares } from '../random/distributions.js';
import { Random } from '../random/random.js';
import type { Place } from './places.js';
import { ROLES, type RoleFacts } from './roles.js';
import type { SellerFacts } from './sellers.js';

export interface Team {
  readonly name: string;
  readonly place: Place;
  readonly facts: RoleFacts;
  readonly peerGroup: string;
  readonly sevenDay: boolean;
  /** Local hour at which the shift usually begins. */
  readonly startHour: number;
  /** The team's own habit of asking a second person. */
  readonly secondPerson: { readonly reinstatement: number; readonly suspension: number; readonly deletion: number };
  readonly members: Person[];
  managerId: string | null;
}

export interface Habits {
  /** Multiple of the role's usual accesses a day; mean 1. */
  readonly rate: number;
  readonly dispersion: number;
  readonly forget: number;
  readonly selfOpen: number;
  readonly late: number;
  readonly wrongCase: number;
  /** Multiple of the team's habit of asking a second person; at most 1. */
  readonly secondPerson: number;
  /** Weight of Sunday to Saturday. */
  readonly weekdays: readonly number[];
  /** Where in a seven-day rota this person's free days lie. */
  readonly rota: number;
  readonly startHour: number;
  readonly shiftHours: number;
}

export interface Post {
  readonly fromDay: number;
  readonly team: Team;
}

export interface Trip {
  readonly fromDay: number;
  readonly toDay: number;
  readonly place: Place;
}

export interface Person {
  readonly index: number;
  readonly id: string;
  readonly kind: 'employee' | 'contractor';
  readonly posts: Post[];
  readonly habits: Habits;
  /** Days count from the start of the period; before it they are negative. */
  hiredDay: number;
  noticeDay: number | null;
  leftDay: number | null;
  absence: { readonly fromDay: number; readonly toDay: number } | null;
  trip: Trip | null;
  /** Sellers that an account manager looks after. */
  portfolio: readonly SellerFacts[];
  /** Cases waiting on this desk; bounded by honest/shift-work.ts. */
  readonly backlog: OpenCase[];
  bulk: BulkJob | null;
}

export function teamOn(person: Person, day: number): Team {
  const post = person.posts.findLast((one) => one.fromDay <= day) ?? person.posts[0];
  if (!post) throw new RangeError('a person without a post');
  return post.team;
}

export interface Staff {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
}

/** Largest remainders: whole numbers in proportion to the shares, with exactly this sum. */
export function apportion(total: number, parts: readonly number[]): number[] {
  const exact = parts.map((part) => part * total);
  const whole = exact.map(Math.floor);
  const order = exact.map((_, at) => at).sort((a, b) => ((exact[b] as number) % 1) - ((exact[a] as number) % 1));
  let rest = total - whole.reduce((sum, one) => sum + one, 0);
  for (const at of order) if (rest-- > 0) whole[at] = (whole[at] as number) + 1;
  return whole;
}

export function hirePeople(
  seed: number,
  employees: number,
  places: readonly { place: Place; share: number }[],
  parameters: Parameters,
): Staff {
  const random = Random.stream(seed, 'staff');
  const cells = places.flatMap(({ place, share }) =>
    shares(
      random,
      ROLES.map((one) => one.share),
      parameters.mixEvidence * 3,
    ).map((part, at) => ({ place, facts: ROLES[at] as RoleFacts, part: part * share })),
  );
  const sizes = apportion(
    employees,
    cells.map((cell) => cell.part),
  );
  const numbers = random.sample(
    Array.from({ length: employees }, (_, at) => at),
    employees,
  );
  const people: Person[] = [];
  const teams: Team[] = [];
  cells.forEach(({ place, facts }, cell) => {
    let left = sizes[cell] as number;
    while (left > 0) {
      const size = left <= 16 ? left : random.int(6, 14);
      const team = createTeam(random, teams.length, place, facts, parameters);
      for (let at = 0; at < size; at++) {
        const person = createPerson(random, people.length, numbers[people.length] as number, team, parameters);
        team.members.push(person);
        people.push(person);
      }
      teams.push(team);
      left -= size;
    }
  });
  for (const team of teams) team.managerId = team.members[0]?.id ?? null;
  return { people, teams };
}

/** Everybody's manager leads their team, team leads answer to their office's first lead, those to the first office's. */
export function managerOf(person: Person, team: Team, staff: Staff): string | null {
  if (team.managerId !== person.id) return team.managerId;
  const office = staff.teams.find((one) => one.place === team.place);
  const head = office?.managerId ?? null;
  if (head !== person.id) return head;
  const top = staff.teams[0]?.managerId ?? null;
  return top === person.id ? null : top;
}

function createTeam(random: Random, index: number, place: Place, facts: RoleFacts, parameters: Parameters): Team {
  const night = random.chance(facts.nightShare);
  const near = (mean: number): number => beta(random, mean, 40);
  return {
    name: `${facts.peerGroup}-${place.office}-${index + 1}`,
    place,
    facts,
    peerGroup: `${facts.peerGroup}-${place.marketplace.toLowerCase()}`,
    sevenDay: random.chance(facts.sevenDayShare),
    startHour: night ? random.int(20, 22) : random.pick([6, 7, 8, 9, 9, 10, 13]),
    secondPerson: {
      reinstatement: near(parameters.secondPersonOnReinstatement),
      suspension: near(parameters.secondPersonOnSuspension),
      deletion: near(parameters.secondPersonOnDeletion),
    },
    members: [],
    managerId: null,
  };
}

function createPerson(random: Random, index: number, number: number, team: Team, parameters: Parameters): Person {
  return {
    index,
    id: `e-${String(10_000 + number * 7 + random.int(0, 6))}`,
    kind: random.chance(parameters.contractorShare) ? 'contractor' : 'employee',
    posts: [{ fromDay: Number.NEGATIVE_INFINITY, team }],
    habits: drawHabits(random, team, parameters),
    hiredDay: -random.int(90, 2_500),
    noticeDay: null,
    leftDay: null,
    absence: null,
    trip: null,
    portfolio: [],
    backlog: [],
    bulk: null,
  };
}

function drawHabits(random: Random, team: Team, parameters: Parameters): Habits {
  const careless = random.chance(parameters.carelessShare);
  const opener = random.chance(parameters.selfOpenerShare);
  const weekend = team.sevenDay ? random.between(0.7, 1.2) : 1;
  const weekdays = Array.from({ length: 7 }, (_, day) => (day === 0 || day === 6 ? weekend : random.between(0.8, 1.2)));
  return {
    rate: Math.max(0.05, gamma(random, parameters.rateShape, 1 / parameters.rateShape)),
    dispersion: parameters.dayDispersion * random.between(0.6, 1.7),
    forget: careless ? Math.min(1, random.between(0.5, 1.2)) : beta(random, parameters.forgetMean, 12),
    selfOpen: beta(random, opener ? parameters.selfOpenerMean : parameters.selfMean, 30),
    late: beta(random, parameters.lateMean, 40),
    wrongCase: beta(random, parameters.wrongCaseMean, 60),
    secondPerson: random.chance(0.1) ? random.between(0.6, 1) : 1,
    weekdays,
    rota: random.int(0, 6),
    startHour: team.startHour + random.between(-1, 1),
    shiftHours: random.between(7, 9.5),
  };
}
