// When somebody is at work: a pure function of person and day, in the local time of where they are then.

import { Random } from '../random/random.js';
import { DAY_MS, HOUR_MS, weekdayOf, zoneOffsetMs } from '../time.js';
import { type Person, type Team, teamOn } from './people.js';
import type { Place } from './places.js';

export interface Shift {
  readonly day: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly team: Team;
  /** Where the person works that day: elsewhere than the team when travelling. */
  readonly place: Place;
  /** 0 is Sunday, in local time. */
  readonly weekday: number;
}

/** No shift begins earlier than this before its local day does in UTC, whatever the zone. */
export const EARLIEST_START_MS = -10 * HOUR_MS;

export function employedOn(person: Person, day: number): boolean {
  const away = person.absence !== null && day >= person.absence.fromDay && day < person.absence.toDay;
  return day >= person.hiredDay && (person.leftDay === null || day < person.leftDay) && !away;
}

export interface Rota {
  readonly seed: number;
  readonly startMs: number;
  readonly sickShare: number;
}

export function shiftOn(rota: Rota, person: Person, day: number): Shift | null {
  if (!employedOn(person, day)) return null;
  const trip = person.trip && day >= person.trip.fromDay && day <= person.trip.toDay ? person.trip : null;
  if (trip && (day === trip.fromDay || day === trip.toDay)) return null;
  const team = teamOn(person, day);
  const dayMs = rota.startMs + day * DAY_MS;
  const weekday = weekdayOf(dayMs);
  const random = Random.stream(rota.seed, 'shift', person.index, day);
  const free = team.sevenDay ? (day + person.habits.rota) % 7 >= 5 : weekday === 0 || weekday === 6;
  if (free && !random.chance(0.01)) return null;
  if (random.chance(rota.sickShare)) return null;
  const place = trip ? trip.place : team.place;
  const hour = person.habits.startHour - (team === person.posts[0]?.team ? 0 : 1) + random.between(-0.6, 0.6);
  const startMs = Math.round(dayMs + Math.max(0, hour) * HOUR_MS - zoneOffsetMs(place.timeZone, dayMs));
  return { day, startMs, endMs: startMs + person.habits.shiftHours * HOUR_MS, team, place, weekday };
}
