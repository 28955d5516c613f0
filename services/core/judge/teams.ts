// Who is compared with whom in a window: the peer groups in force when it began, from the narrowest to everyone. People need a record
// in the directory; sellers' apps are compared with one another.

import type { Employee } from '../feeds/records.js';
import { ensure } from '../maps.js';
import { type Day, startOf } from '../time.js';
import { type Directory, latest, samePeersSince } from './directory.js';
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

/** Of one directory under one set of names. */
interface Memory {
  readonly teams: Map<string, Teams>;
  /** by actor id */
  readonly records: (readonly Employee[])[];
  /** by actor id, of those whose circles never change */
  readonly steady: (Circles | undefined)[];
  /** one array for all who are in the same circles */
  readonly circles: Map<string, Circles>;
}

const remembered = new WeakMap<Directory, WeakMap<Names, Memory>>();

/** @param start first day of the window @param end first day after it */
export function teamsAsOf(directory: Directory, names: Names, start: Day, end: Day): Teams {
  const ofDirectory = ensure(remembered, directory, () => new WeakMap<Names, Memory>());
  const memory = ensure(
    ofDirectory,
    names,
    (): Memory => ({
      teams: new Map(),
      records: [],
      steady: [],
      circles: new Map(),
    }),
  );
  const key = `${start} ${end}`;
  const known = memory.teams.get(key);
  if (known !== undefined) return known;
  while (memory.teams.size >= 8) memory.teams.delete(memory.teams.keys().next().value as string);
  const teams = createTeams(recordsById(directory, names, memory), memory, start, end);
  memory.teams.set(key, teams);
  return teams;
}

/** A name is looked up once, not once for each window. */
const recordsById =
  (directory: Directory, names: Names, { records }: Memory) =>
  (actor: number): readonly Employee[] => {
    records[actor] ??= directory.recordsOf(names.textOf(actor));
    return records[actor] as readonly Employee[];
  };

function createTeams(
  records: (actor: number) => readonly Employee[],
  { steady, circles: shared }: Memory,
  start: Day,
  end: Day,
): Teams {
  const circles: Circles[] = [];
  const since: Day[] = [];
  const leaving: boolean[] = [];
  const atMs = startOf(start);
  const endMs = startOf(end) - 1;
  return {
    circlesOf(actor) {
      const known = steady[actor] ?? circles[actor];
      if (known !== undefined) return known;
      const all = records(actor);
      const record = latest(all, atMs);
      const own =
        record === undefined
          ? NOBODY
          : ensure(shared, `${record.peer_group} ${record.department}`, () => [
              `peer_group ${record.peer_group}`,
              `department ${record.department}`,
              'everyone',
            ]);
      (all.length <= 1 ? steady : circles)[actor] = own;
      return own;
    },
    sinceDay(actor) {
      if (records(actor).length <= 1) return Number.NEGATIVE_INFINITY;
      const known = since[actor];
      if (known !== undefined) return known;
      const sinceMs = samePeersSince(records(actor), atMs);
      const day = sinceMs === Number.NEGATIVE_INFINITY ? sinceMs : Math.ceil(sinceMs / startOf(1));
      since[actor] = day;
      return day;
    },
    isLeaving(actor) {
      leaving[actor] ??= isLeavingAt(latest(records(actor), endMs), end);
      return leaving[actor] as boolean;
    },
  };
}

function isLeavingAt(record: Employee | undefined, end: Day): boolean {
  if (record === undefined) return false;
  if (record.status === 'notice') return true;
  const gone = record.status === 'left' ? (record.left_at ?? record.valid_from) : null;
  return gone !== null && gone > startOf(end - LEFT_DAYS);
}
