// A sheet: every actor's conduct in one window of one detection, judged side by side. A pure function of the days it is
// given, the directory and earlier samples; it names suspects with all figures, and leaves events and words to finding.ts.

import type { ConductDefinition } from '../detections/definition.js';
import { ensure, push } from '../maps.js';
import { type Day, startOf } from '../time.js';
import { actorDays, type DaySum } from './actor-days.js';
import { emptyHistory, type GroupBaseline, groupBaseline, type OwnHistory, predict } from './baseline.js';
import { type Calibration, calibrate, expectedPerDay, SAMPLE_SIZE, type Sample } from './calibration.js';
import type { Clusters } from './clusters.js';
import { addRow, type ConductFigures, emptyFigures } from './conduct.js';
import type { DayBlock } from './day.js';
import type { Directory } from './directory.js';
import { combined, type Evidence, type EvidenceContext, weigh } from './evidence.js';
import { type Severity, severity } from './scale.js';
import { createTraffic } from './traffic.js';

export interface SheetInput {
  readonly definition: ConductDefinition;
  readonly start: Day;
  /** the window's days that have data, ascending */
  readonly window: readonly DayBlock[];
  /** the baseline's days that have data, ascending */
  readonly baseline: readonly DayBlock[];
  readonly directory: Directory;
  readonly clusters: Clusters;
  readonly samples: readonly Sample[];
  /** alarms a day that this detection may raise */
  readonly budgetShare: number;
}

export interface Unscored {
  readonly entity: string;
  readonly reason: UnscoredReason;
}
export type UnscoredReason = 'no_history' | 'not_in_directory' | 'no_peers' | 'not_a_person';

/** An actor whose conduct is worth a row, with everything its reasoning needs. */
export interface Suspect {
  readonly actor_id: string;
  readonly figures: ConductFigures;
  readonly context: EvidenceContext;
  readonly evidence: readonly Evidence[];
  readonly surprise: number;
  readonly alarmsPerDay: number;
  readonly severity: Severity;
}

export interface Sheet {
  readonly sample: Sample;
  readonly calibration: Calibration;
  /** ascending by actor_id */
  readonly suspects: readonly Suspect[];
  readonly unscored: readonly Unscored[];
}

const MIN_BASELINE_DAYS = 5;
const MIN_PEERS = 3;
const MIN_OWN_DAYS = 5;
/** Peers' busy-ness is damped by this many units, and one peer counts at most this many times its own expectation. */
const SURGE_DAMPING = 5;
const SURGE_CAP = 4;

export function judgeSheet(input: SheetInput): Sheet {
  const { definition, window } = input;
  const observed = observe(definition, window);
  const unscored: Unscored[] = [];
  if (input.baseline.length < MIN_BASELINE_DAYS) {
    for (const actor of [...observed.keys()].sort()) unscored.push({ entity: actor, reason: 'no_history' });
    return { sample: { entities: 0, surprises: [] }, calibration: calibrate([]), suspects: [], unscored };
  }
  const past = pastOf(input);
  const clustersOf = (seller: string): readonly string[] =>
    input.clusters.of(seller, startOf(input.start + definition.window.days));
  const traffic = createTraffic({ definition, baseline: input.baseline, window, clustersOf });
  const calibration = calibrate(input.samples);
  const surges = new Map<string, Surge>();
  const judged: {
    actor: string;
    figures: ConductFigures;
    context: EvidenceContext;
    evidence: Evidence[];
    surprise: number;
  }[] = [];
  for (const [actor, { figures, isMachine }] of observed) {
    const history = past.histories.get(actor) ?? emptyHistory();
    const reason = past.cannotJudge(actor, history);
    if (reason !== null) {
      unscored.push({ entity: actor, reason: reason === 'not_in_directory' && isMachine ? 'not_a_person' : reason });
      continue;
    }
    const group = past.groupOf(actor);
    const surge = ensure(surges, group.name, () => createSurge(group, observed, past, window));
    const context: EvidenceContext = {
      history,
      group,
      activeDays: activeDaysOf(actor, window),
      surge: surge.without(actor),
      clump: traffic.clump,
      clustersOf,
      ...traffic.of(actor),
    };
    const evidence = weigh(definition.judge.evidence, figures, context);
    judged.push({ actor, figures, context, evidence, surprise: combined(evidence) });
  }
  const suspects: Suspect[] = [];
  for (const { actor, ...rest } of judged) {
    if (rest.figures.amount < definition.judge.at_least) continue;
    const alarmsPerDay = expectedPerDay(rest.surprise, judged.length, definition.window.hop_days, calibration);
    const level = severity(alarmsPerDay, input.budgetShare);
    if (level !== null) suspects.push({ actor_id: actor, ...rest, alarmsPerDay, severity: level });
  }
  suspects.sort((a, b) => (a.actor_id < b.actor_id ? -1 : 1));
  unscored.sort((a, b) => (a.entity < b.entity ? -1 : 1));
  const surprises = judged
    .map((one) => one.surprise)
    .sort((a, b) => b - a)
    .slice(0, SAMPLE_SIZE);
  return { sample: { entities: judged.length, surprises }, calibration, suspects, unscored };
}

/** `isMachine`: no access of the window was made as a person. Who has an employee record is a person all the same. */
type Observed = Map<string, { figures: ConductFigures; isMachine: boolean }>;

function observe(definition: ConductDefinition, window: readonly DayBlock[]): Observed {
  const observed: Observed = new Map();
  for (const block of window) {
    for (const action of definition.judge.actions) {
      for (const row of block.byAction.get(action) ?? []) {
        if (row.events === 0) continue;
        const one = ensure(observed, row.actor_id, newcomer);
        if (row.actor_kind === 'employee' || row.actor_kind === 'contractor') one.isMachine = false;
        addRow(one.figures, row, definition.judge);
      }
    }
  }
  for (const [actor, { figures }] of observed) if (figures.amount === 0) observed.delete(actor);
  return observed;
}

const newcomer = () => ({ figures: emptyFigures(), isMachine: true });

const activeDaysOf = (actor: string, blocks: readonly DayBlock[]): number => {
  let days = 0;
  for (const block of blocks) if (block.active.has(actor)) days++;
  return days;
};

interface Past {
  readonly histories: ReadonlyMap<string, OwnHistory>;
  groupOf(actor: string): GroupBaseline;
  membersOf(group: string): readonly string[];
  cannotJudge(actor: string, history: OwnHistory): UnscoredReason | null;
}

/** Own histories and the peer groups in force when the window began; a group with too few peers widens to the department, then to all. */
function pastOf(input: SheetInput): Past {
  const histories = historiesOf(input);
  const teams = new Map<string, readonly string[]>();
  const teamsOf = (actor: string): readonly string[] => ensure(teams, actor, () => teamsAsOf(input, actor));
  const members = new Map<string, string[]>();
  for (const actor of [...histories.keys()].sort()) for (const team of teamsOf(actor)) push(members, team, actor);
  const baselines = new Map<string, GroupBaseline>();
  const baselineOf = (name: string): GroupBaseline => {
    return ensure(baselines, name, () =>
      groupBaseline(
        name,
        (members.get(name) ?? []).map((actor) => histories.get(actor) ?? emptyHistory()),
      ),
    );
  };
  const groupOf = (actor: string): GroupBaseline => {
    for (const team of teamsOf(actor)) {
      const baseline = baselineOf(team);
      if (baseline.members >= MIN_PEERS) return baseline;
    }
    return baselineOf('everyone');
  };
  return {
    histories,
    groupOf,
    membersOf: (group) => members.get(group) ?? [],
    cannotJudge(actor, history) {
      if (teamsOf(actor).length === 0) return 'not_in_directory';
      if (groupOf(actor).members < MIN_PEERS && history.activeDays < MIN_OWN_DAYS) return 'no_peers';
      return null;
    },
  };
}

/** From the narrowest to everyone; empty when the directory does not know the actor. */
function teamsAsOf({ directory, start }: SheetInput, actor: string): readonly string[] {
  const record = directory.asOf(actor, startOf(start));
  return record === undefined ? [] : [`peer_group ${record.peer_group}`, `department ${record.department}`, 'everyone'];
}

/** Histories of everybody active in the baseline, with zero days counted. Days before a move to another peer group were other work. */
function historiesOf({ definition, baseline, directory, start }: SheetInput): Map<string, OwnHistory> {
  const histories = new Map<string, OwnHistory>();
  const since = new Map<string, number>();
  for (const block of baseline) {
    const dayStart = startOf(block.day);
    const { actors, sums } = actorDays(block, definition.judge);
    for (let i = 0; i < actors.length; i++) {
      const actor = actors[i] as string;
      let from = since.get(actor);
      if (from === undefined) {
        from = directory.inPeerGroupSince(actor, startOf(start));
        since.set(actor, from);
      }
      if (dayStart < from) continue;
      let history = histories.get(actor);
      if (history === undefined) {
        history = emptyHistory();
        histories.set(actor, history);
      }
      addDay(history, sums[i] as DaySum);
    }
  }
  return histories;
}

function addDay(history: OwnHistory, day: DaySum): void {
  history.activeDays++;
  if (day.events === 0) return;
  history.events += day.events;
  history.counted += day.counted;
  history.unexplained += day.unexplained;
  history.unapproved += day.unapproved;
  history.low += day.low;
  if (day.amount > 0) history.amounts.push(day.amount);
}

interface Surge {
  without(actor: string): number;
}

/** How much busier a group is in this window than its members' own rates say: a sale or an outage is part of the expectation. */
function createSurge(group: GroupBaseline, observed: Observed, past: Past, window: readonly DayBlock[]): Surge {
  const seen = new Map<string, { capped: number; expected: number }>();
  let cappedSum = 0;
  let expectedSum = 0;
  let peers = 0;
  for (const actor of past.membersOf(group.name)) {
    const days = activeDaysOf(actor, window);
    if (days === 0) continue;
    const expected = predict(past.histories.get(actor) ?? emptyHistory(), group, days, 1).mean;
    const capped = Math.min(observed.get(actor)?.figures.amount ?? 0, SURGE_CAP * expected + SURGE_CAP);
    seen.set(actor, { capped, expected });
    cappedSum += capped;
    expectedSum += expected;
    peers++;
  }
  return {
    without(actor) {
      const own = seen.get(actor) ?? { capped: 0, expected: 0 };
      if (peers - (seen.has(actor) ? 1 : 0) < MIN_PEERS) return 1;
      return Math.max(1, (cappedSum - own.capped + SURGE_DAMPING) / (expectedSum - own.expected + SURGE_DAMPING));
    },
  };
}
