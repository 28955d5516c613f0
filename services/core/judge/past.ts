// Own histories and peer groups of one measure before (and, for peers, when there is little before: in) a window. A group with too
// few members widens to the department, then to everyone.

import { ensure, push } from '../maps.js';
import type { Day } from '../time.js';
import {
  emptyHistory,
  type GroupBaseline,
  groupBaseline,
  type Member,
  memberOf,
  type OwnHistory,
  predict,
} from './baseline.js';
import type { DayFrame } from './frame.js';
import type { UnscoredReason } from './kind.js';
import { activeOn, type DayMeasure, type Measure, measureKey, measureOf } from './measures.js';
import type { FrameNames } from './names.js';
import { baselineRange } from './read-set.js';
import { appTeams, type Teams, teamsAsOf } from './teams.js';
import type { World } from './world.js';

const MIN_DAYS = 5;
const MIN_PEERS = 3;
const MIN_OWN_DAYS = 5;
/** With fewer days of baseline than this, peers are also compared within the window. */
const ENOUGH_BASELINE = 14;

export interface MeasuredDay {
  readonly frame: DayFrame;
  readonly measure: DayMeasure;
}

export interface Past {
  readonly teams: Teams;
  readonly baseline: readonly MeasuredDay[];
  /** the days that peers are compared over */
  readonly reference: readonly MeasuredDay[];
  readonly window: readonly MeasuredDay[];
  readonly hasEnough: boolean;
  historyOf(actor: number): OwnHistory;
  groupOf(actor: number): GroupBaseline;
  /** those with a reference history, ascending by name */
  membersOf(group: string): readonly number[];
  paceOf(actor: number): Member;
  activeDaysOf(actor: number): number;
  cannotJudge(actor: number): UnscoredReason | null;
}

const remembered = new WeakMap<DayFrame, Map<string, { reads: readonly unknown[]; past: Past }>>();

/** The past of the window of `days` days that ends with `day`; shared by detections of one measure while the world is the same. */
export function pastOf(world: World, measure: Measure, day: Day, days: number): Past | null {
  const last = world.frame(day);
  if (last === undefined) return null;
  const { from, to } = baselineRange(day - days + 1);
  const reads: unknown[] = [world.directory];
  for (let d = from; d <= day; d++) reads.push(world.frame(d));
  const key = `${days} ${measureKey(measure)}`;
  const ofFrame = ensure(remembered, last, () => new Map<string, { reads: readonly unknown[]; past: Past }>());
  const known = ofFrame.get(key);
  if (known?.reads.every((one, i) => one === reads[i])) return known.past;
  const baseline = measured(world, measure, from, to);
  const window = measured(world, measure, day - days + 1, day + 1);
  const teams =
    measure.who === 'seller_apps' ? appTeams : teamsAsOf(world.directory, world.names.actors, day - days + 1, day + 1);
  const past = createPast(world.names, teams, baseline, window);
  ofFrame.set(key, { reads, past });
  return past;
}

function measured(world: World, measure: Measure, from: Day, to: Day): MeasuredDay[] {
  const days: MeasuredDay[] = [];
  for (let day = from; day < to; day++) {
    const frame = world.frame(day);
    if (frame !== undefined) days.push({ frame, measure: measureOf(frame, world.names, measure) });
  }
  return days;
}

function createPast(
  names: FrameNames,
  teams: Teams,
  baseline: readonly MeasuredDay[],
  window: readonly MeasuredDay[],
): Past {
  const reference = baseline.length >= ENOUGH_BASELINE ? baseline : [...baseline, ...window];
  const own = historiesOf(baseline, teams);
  const ofReference = reference === baseline ? own : historiesOf(reference, teams);
  const paces: Member[] = [];
  const paceOf = (actor: number): Member => {
    paces[actor] ??= memberOf(ofReference[actor] ?? emptyHistory());
    return paces[actor] as Member;
  };
  const members = lazily(() => membersBy(names, teams, ofReference));
  const groups = new Map<string, GroupBaseline>();
  const groupBy = (name: string): GroupBaseline =>
    ensure(groups, name, () => groupBaseline(name, (members().get(name) ?? []).map(paceOf)));
  const groupOf = (actor: number): GroupBaseline => {
    const circles = teams.circlesOf(actor);
    for (const circle of circles) {
      const group = groupBy(circle);
      if (group.members >= MIN_PEERS) return group;
    }
    return groupBy(circles.at(-1) ?? 'everyone');
  };
  const activeDays = lazily(() => countActive(window));
  const historyOf = (actor: number): OwnHistory => own[actor] ?? emptyHistory();
  return {
    teams,
    baseline,
    reference,
    window,
    hasEnough: baseline.length + window.length - 1 >= MIN_DAYS,
    historyOf,
    groupOf,
    membersOf: (group) => members().get(group) ?? [],
    paceOf,
    activeDaysOf: (actor) => activeDays()[actor] ?? 0,
    cannotJudge(actor) {
      if (teams.circlesOf(actor).length === 0) return 'not_in_directory';
      if (groupOf(actor).members < MIN_PEERS && historyOf(actor).activeDays < MIN_OWN_DAYS) return 'no_peers';
      return null;
    },
  };
}

/** Histories by actor id of everybody active in these days, with zero days counted. */
function historiesOf(days: readonly MeasuredDay[], teams: Teams): (OwnHistory | undefined)[] {
  const histories: (OwnHistory | undefined)[] = [];
  for (const { frame, measure } of days) {
    const active = activeOn(frame);
    for (let i = 0; i < active.length; i++) {
      const actor = active[i] as number;
      if (frame.day < teams.sinceDay(actor)) continue;
      let history = histories[actor];
      if (history === undefined) {
        history = emptyHistory();
        histories[actor] = history;
      }
      history.activeDays++;
    }
    for (let i = 0; i < measure.size; i++) {
      const history = histories[measure.actor[i] as number];
      if (history === undefined || frame.day < teams.sinceDay(measure.actor[i] as number)) continue;
      history.events += measure.events[i] as number;
      history.counted += measure.counted[i] as number;
      history.unexplained += (measure.no[i] as number) + (measure.late[i] as number) + (measure.self[i] as number);
      history.doubtful += (measure.late[i] as number) + (measure.self[i] as number);
      history.unapproved += measure.unapproved[i] as number;
      history.low += measure.low[i] as number;
      const amount = measure.amount[i] as number;
      if (amount > 0) history.amounts.push(amount);
    }
  }
  return histories;
}

/** By circle; a circle's members ascend by name, so that sums over them are made in one order. */
function membersBy(
  names: FrameNames,
  teams: Teams,
  histories: readonly (OwnHistory | undefined)[],
): Map<string, number[]> {
  const known: { actor: number; name: string }[] = [];
  histories.forEach((history, actor) => {
    if (history !== undefined && teams.circlesOf(actor).length > 0)
      known.push({ actor, name: names.actors.textOf(actor) });
  });
  known.sort((a, b) => (a.name < b.name ? -1 : 1));
  const members = new Map<string, number[]>();
  for (const { actor } of known) for (const circle of teams.circlesOf(actor)) push(members, circle, actor);
  return members;
}

function countActive(window: readonly MeasuredDay[]): number[] {
  const days: number[] = [];
  for (const { frame } of window) for (const actor of activeOn(frame)) days[actor] = (days[actor] ?? 0) + 1;
  return days;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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
