// Who is compared with whom in a window: the peer groups in force when it began, from the narrowest to everyone. People need a record
// in the directory; sellers' apps are compared with one another.

import { ensure } from '../maps.js';
import { type Day, startOf } from '../time.js';
import type { Directory } from './directory.js';
import type { Names } from './names.js';

/** Narrowest first; empty when the directory does not know the actor. */
export type Circles = readonly string[];

export interface Teams {
  circlesOf(actor: number): Circles;
  /** days before this one were other work: the actor was in another peer group */
  sinceDay(actor: number): Day;
  /** on notice, or gone since at most so many days, when the window ends */
  isLeaving(actor: number): boolean;
}

const NOBODY: Circles = [];
const APPS: Circles = ['seller apps'];
/** Days after the last one on which somebody still counts as leaving. */
const LEFT_DAYS = 30;

export const appTeams: Teams = {
  circlesOf: () => APPS,
  sinceDay: () => Number.NEGATIVE_INFINITY,
  isLeaving: () => false,
};

const remembered = new WeakMap<Directory, Map<string, Teams>>();

/** @param start first day of the window @param end first day after it */
export function teamsAsOf(directory: Directory, names: Names, start: Day, end: Day): Teams {
  const ofDirectory = ensure(remembered, directory, () => new Map<string, Teams>());
  const key = `${start} ${end}`;
  const known = ofDirectory.get(key);
  if (known !== undefined) return known;
  while (ofDirectory.size >= 8) ofDirectory.delete(ofDirectory.keys().next().value as string);
  const teams = createTeams(directory, names, start, end);
  ofDirectory.set(key, teams);
  return teams;
}

function createTeams(directory: Directory, names: Names, start: Day, end: Day): Teams {
  const circles: Circles[] = [];
  const since: Day[] = [];
  const atMs = startOf(start);
  const shared = new Map<string, Circles>();
  return {
    circlesOf(actor) {
      const known = circles[actor];
      if (known !== undefined) return known;
      const record = directory.asOf(names.textOf(actor), atMs);
      const own =
        record === undefined
          ? NOBODY
          : ensure(shared, `${record.peer_group} ${record.department}`, () => [
              `peer_group ${record.peer_group}`,
              `department ${record.department}`,
              'everyone',
            ]);
      circles[actor] = own;
      return own;
    },
    sinceDay(actor) {
      const known = since[actor];
      if (known !== undefined) return known;
      const sinceMs = directory.inPeerGroupSince(names.textOf(actor), atMs);
      const day = sinceMs === Number.NEGATIVE_INFINITY ? sinceMs : Math.ceil(sinceMs / startOf(1));
      since[actor] = day;
      return day;
    },
    isLeaving(actor) {
      const record = directory.asOf(names.textOf(actor), startOf(end) - 1);
      if (record === undefined) return false;
      if (record.status === 'notice') return true;
      const gone = record.status === 'left' ? (record.left_at ?? record.valid_from) : null;
      return gone !== null && gone > startOf(end - LEFT_DAYS);
    },
  };
}
