// What one measure's window is weighed against: own histories and peer groups before it (and, for peers, when there is little before:
// in it). Baselines are remembered while their days and the directory are the same, for they are dear and tomorrow's look needs
// them again.

import type { Day } from '../time.js';
import { type GroupBaseline, type Member, type OwnHistory, predict } from './baseline.js';
import { Habits, MIN_PEERS } from './habits.js';
import type { UnscoredReason } from './kind.js';
import { eventsOn, type Measure, type MeasuredDay, measureKey, measureOf, positionOf } from './measures.js';
import type { FrameNames } from './names.js';
import { baselineRange } from './read-set.js';
import { appTeams, type Circles, type Teams, teamsAsOf } from './teams.js';
import type { World } from './world.js';

const MIN_DAYS = 5;
const MIN_OWN_DAYS = 5;
/** With fewer days of baseline than this, peers are also compared within the window. */
const ENOUGH_BASELINE = 14;

export interface Past {
  readonly teams: Teams;
  readonly baseline: readonly MeasuredDay[];
  readonly window: readonly MeasuredDay[];
  readonly hasEnough: boolean;
  historyOf(actor: number): OwnHistory;
  groupOf(actor: number): GroupBaseline;
  /** the group of somebody in these circles, whose own they need not be */
  groupIn(circles: Circles): GroupBaseline;
  /** those with a reference history, ascending by name */
  membersOf(group: string): readonly number[];
  paceOf(actor: number): Member;
  /** days of the window */
  activeDaysOf(actor: number): number;
  /** how much busier somebody is in the window than usual with everything that the measure does not count, from 1 on */
  busynessOf(actor: number): number;
  cannotJudge(actor: number): UnscoredReason | null;
}

/** The past of the window of `days` days that ends with `day`. */
export function pastOf(world: World, measure: Measure, day: Day, days: number): Past | null {
  if (world.frame(day) === undefined) return null;
  const start = day - days + 1;
  const { from, to } = baselineRange(start);
  const baseline = measured(world, measure, from, to);
  const window = measured(world, measure, start, day + 1);
  const teams =
    measure.who === 'seller_apps' ? appTeams : teamsAsOf(world.directory, world.names.actors, start, day + 1);
  const habits = (of: readonly MeasuredDay[]): Habits => rememberedHabits(world, measure, teams, of);
  const own = habits(baseline);
  const peers = baseline.length >= ENOUGH_BASELINE ? own : habits([...baseline, ...window]);
  const activeDays = lazily(() => countActive(window));
  return {
    teams,
    baseline,
    window,
    hasEnough: baseline.length + window.length - 1 >= MIN_DAYS,
    historyOf: (actor) => own.historyOf(actor),
    groupOf: (actor) => peers.groupOf(actor),
    groupIn: (circles) => peers.groupIn(circles),
    membersOf: (group) => peers.membersOf(group),
    paceOf: (actor) => peers.paceOf(actor),
    activeDaysOf: (actor) => activeDays()[actor] ?? 0,
    busynessOf: (actor) => busyness(actor, own, window),
    cannotJudge(actor) {
      if (teams.circlesOf(actor).length === 0) return 'not_in_directory';
      if (peers.groupOf(actor).members < MIN_PEERS && own.activeDaysOf(actor) < MIN_OWN_DAYS) return 'no_peers';
      return null;
    },
  };
}

function measured(world: World, measure: Measure, from: Day, to: Day): MeasuredDay[] {
  const key = measureKey(measure);
  const days: MeasuredDay[] = [];
  for (let day = from; day < to; day++) {
    const frame = world.frame(day);
    if (frame !== undefined) days.push({ frame, measure: measureOf(frame, world.names, measure, key) });
  }
  return days;
}

interface Remembered {
  readonly teams: Teams;
  readonly days: readonly MeasuredDay[];
  readonly habits: Habits;
}

/** More than the measures and window lengths of one day; the least recently used go first. */
const MAX_REMEMBERED = 32;
const MAX_REMEMBERED_BYTES = 48_000_000;
const remembered = new WeakMap<FrameNames, Map<string, Remembered>>();

function rememberedHabits({ names }: World, measure: Measure, teams: Teams, days: readonly MeasuredDay[]): Habits {
  const ofWorld = remembered.get(names) ?? new Map<string, Remembered>();
  remembered.set(names, ofWorld);
  const key = `${days[0]?.frame.day} ${days.length} ${measureKey(measure)}`;
  const known = ofWorld.get(key);
  ofWorld.delete(key);
  const isSame = known?.teams === teams && known.days.every((one, i) => one.measure === days[i]?.measure);
  const kept =
    isSame && known.days.length === days.length ? known : { teams, days, habits: new Habits(names, teams, days) };
  ofWorld.set(key, kept);
  shrink(ofWorld);
  return kept.habits;
}

function shrink(ofWorld: Map<string, Remembered>): void {
  let bytes = 0;
  for (const { habits } of ofWorld.values()) bytes += habits.bytes;
  for (const [key, { habits }] of ofWorld) {
    if (ofWorld.size <= 1 || (ofWorld.size <= MAX_REMEMBERED && bytes <= MAX_REMEMBERED_BYTES)) return;
    ofWorld.delete(key);
    bytes -= habits.bytes;
  }
}

function countActive(window: readonly MeasuredDay[]): number[] {
  const days: number[] = [];
  for (const { frame } of window) {
    eventsOn(frame).forEach((events, actor) => {
      if (events > 0) days[actor] = (days[actor] ?? 0) + 1;
    });
  }
  return days;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Below so many days of history nobody's usual day is known. */
const MIN_USUAL_DAYS = 5;

/** Work beside the counted, in the window's active days against the baseline's; a usual day is added to both. */
function busyness(actor: number, before: Habits, window: readonly MeasuredDay[]): number {
  const usual = before.besideOf(actor) / before.activeDaysOf(actor);
  if (before.activeDaysOf(actor) < MIN_USUAL_DAYS || usual === 0) return 1;
  let days = 0;
  let events = 0;
  for (const { frame, measure } of window) {
    const all = eventsOn(frame)[actor] ?? 0;
    if (all === 0) continue;
    const at = positionOf(measure, actor);
    days++;
    events += all - (at < 0 ? 0 : (measure.counted[at] as number));
  }
  return Math.min(SURGE_CAP, Math.max(1, (events + usual) / ((days + 1) * usual)));
}

/** Peers' busy-ness is damped by this many units, and one peer counts at most this many times its own expectation. */
const SURGE_DAMPING = 5;
const SURGE_CAP = 4;

export interface Surge {
  without(actor: number): number;
}

/** How much busier a group is in this window than its members' own rates say: a sale or an outage is part of the expectation. */
export function createSurge(group: GroupBaseline, past: Past, amountOf: (actor: number) => number): Surge {
  const seen = new Map<number, { capped: number; expected: number }>();
  let cappedSum = 0;
  let expectedSum = 0;
  for (const actor of past.membersOf(group.name)) {
    const days = past.activeDaysOf(actor);
    if (days === 0) continue;
    const expected = predict(past.paceOf(actor), group, days, 1).mean;
    const capped = Math.min(amountOf(actor), SURGE_CAP * expected + SURGE_CAP);
    seen.set(actor, { capped, expected });
    cappedSum += capped;
    expectedSum += expected;
  }
  return {
    without(actor) {
      const own = seen.get(actor);
      if (seen.size - (own === undefined ? 0 : 1) < MIN_PEERS) return 1;
      const capped = cappedSum - (own?.capped ?? 0);
      const expected = expectedSum - (own?.expected ?? 0);
      return Math.max(1, (capped + SURGE_DAMPING) / (expected + SURGE_DAMPING));
    },
  };
}
