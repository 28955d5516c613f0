// One synthetic organisation, complete before its first day: places, staff, careers, sellers, calendar. A function of seed, size and period.

import { drawParameters, type Parameters } from '../parameters.js';
import { shares } from '../random/distributions.js';
import { Random } from '../random/random.js';
import { Calendar } from './calendar.js';
import { drawCareers } from './careers.js';
import { hirePeople, type Staff, teamOn } from './people.js';
import { type Place, placesFor } from './places.js';
import { Sellers } from './sellers.js';
import type { Rota } from './shifts.js';

export interface Size {
  readonly seed: number;
  readonly employees: number;
  readonly days: number;
  readonly startMs: number;
  /** Accesses of people, over all employees and calendar days, on average. */
  readonly eventsPerEmployeeDay: number;
}

export interface Organisation {
  readonly size: Size;
  readonly parameters: Parameters;
  readonly places: readonly Place[];
  readonly staff: Staff;
  readonly sellers: Sellers;
  readonly calendar: Calendar;
  readonly rota: Rota;
  /** Multiplies every role's accesses a day so that the asked average comes true. */
  readonly scale: number;
}

/** Share of calendar days on which somebody works, all told, and the accesses that bulk tasks and surges add. */
const WORKDAY_SHARE = 0.63;

export function createOrganisation(size: Size): Organisation {
  const parameters = drawParameters(Random.stream(size.seed, 'parameters'));
  const places = placesFor(size.employees);
  const mix = shares(
    Random.stream(size.seed, 'places'),
    places.map((one) => one.size),
    parameters.mixEvidence * 2,
  );
  const shared = places.map((place, at) => ({ place, share: mix[at] as number }));
  const staff = hirePeople(size.seed, size.employees, shared, parameters);
  drawCareers(size.seed, staff, places, size.days, parameters);
  const sellers = new Sellers(size.seed, size.employees, shared, parameters, size.startMs);
  assignPortfolios(size.seed, staff, sellers);
  const expected = staff.people.reduce(
    (sum, person) => sum + teamOn(person, 0).facts.accessesPerDay * person.habits.rate * WORKDAY_SHARE,
    0,
  );
  return {
    size,
    parameters,
    places,
    staff,
    sellers,
    calendar: new Calendar(size.seed, size.days, places, staff.teams, sellers, parameters),
    rota: { seed: size.seed, startMs: size.startMs, sickShare: parameters.sickShare },
    scale: (size.eventsPerEmployeeDay * size.employees) / expected,
  };
}

/** Account managers look after some sellers, the first of whom takes most of their time; anybody may become one by a move. */
function assignPortfolios(seed: number, staff: Staff, sellers: Sellers): void {
  for (const person of staff.people) {
    const post = person.posts.find((one) => one.team.facts.role === 'account_manager');
    if (!post) continue;
    const random = Random.stream(seed, 'portfolio', person.index);
    const count = random.int(4, 25);
    person.portfolio = Array.from({ length: count }, () => sellers.popular(random, post.team.place.marketplace));
  }
}
