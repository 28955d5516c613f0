// The kind `conduct`: every actor's conduct in one window of one detection, side by side, weighed against their own past and peers.
// A pure function of days, directory, links and sellers; events and words are left to finding.ts.

import type { ConductDefinition } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import type { Day } from '../../time.js';
import { memberOf } from '../baseline.js';
import { SAMPLE_SIZE } from '../calibration.js';
import { type Conduct, type ConductFigures, conductOf, emptyFigures } from '../conduct.js';
import { combined, type EvidenceContext, weigh } from '../evidence.js';
import { conductFinding } from '../finding.js';
import { type Assessed, type Kind, type RawSheet, topOf, type Unscored } from '../kind.js';
import { positionOf } from '../measures.js';
import { createSurge, type Past, pastOf, type Surge } from '../past.js';
import { sellersOf } from '../places.js';
import { sheetRange, windowStart } from '../read-set.js';
import type { World } from '../world.js';
import { type Candidate, weighedPlaces } from './conduct-places.js';

export const conduct: Kind<Conduct> = {
  parts: ['frames', 'directory', 'clusters', 'sellers'],
  rangeRead: (definition, day) => sheetRange(day, definition.window.days),
  judge: (definition, day, world) => judgeConduct(conductOf(definition), day, world),
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: [detail.actorId],
    actions: conductOf(definition).judge.actions,
  }),
  finding: conductFinding,
};

const NOTHING: RawSheet<Conduct> = { judged: 0, top: [], unscored: [] };

function judgeConduct(definition: ConductDefinition, day: Day, world: World): RawSheet<Conduct> {
  const { judge, window } = definition;
  const past = pastOf(world, judge, day, window.days);
  const today = past?.window.at(-1)?.measure;
  if (past === null || today === undefined) return NOTHING;
  const { names } = world;
  const amounts = amountsOf(past);
  const unscored: Unscored[] = [];
  const candidates: Candidate[] = [];
  let judged = 0;
  for (let i = 0; i < today.size; i++) {
    const actor = today.actor[i] as number;
    if (today.amount[i] === 0 || (judge.who === 'leavers' && !past.teams.isLeaving(actor))) continue;
    const reason = past.hasEnough ? past.cannotJudge(actor) : 'no_history';
    const entity = names.actors.textOf(actor);
    if (reason !== null) {
      const isMachine = reason === 'not_in_directory' && today.isPerson[i] === 0;
      unscored.push({ entity, reason: isMachine ? 'not_a_person' : reason });
      continue;
    }
    judged++;
    if ((amounts[actor] as number) >= judge.at_least)
      candidates.push({ actor, figures: figuresOf(past, actor, world) });
  }
  unscored.sort((a, b) => (a.entity < b.entity ? -1 : 1));
  return { judged, top: topOf(assess(definition, past, candidates, amounts, day, world), SAMPLE_SIZE), unscored };
}

function assess(
  { judge, window }: ConductDefinition,
  past: Past,
  candidates: readonly Candidate[],
  amounts: Float64Array,
  day: Day,
  world: World,
): Assessed<Conduct>[] {
  if (candidates.length === 0) return [];
  const nameOf = (actor: number): string => world.names.actors.textOf(actor);
  const { places, othersAmountOf } = weighedPlaces(judge, past, candidates, day, world);
  const surges = new Map<string, Surge>();
  return candidates.map(({ actor, figures }, i) => {
    const history = past.historyOf(actor);
    const group = past.groupOf(actor);
    const surge = ensure(surges, group.name, () => createSurge(group, past, (one) => amounts[one] ?? 0));
    const context: EvidenceContext = {
      history,
      own: memberOf(history),
      group,
      activeDays: window.days === 1 ? 1 : past.activeDaysOf(actor),
      surge: Math.max(surge.without(actor), past.busynessOf(actor)),
      othersAmount: othersAmountOf(actor),
      places: places[i] as EvidenceContext['places'],
    };
    const evidence = weigh(judge.evidence, figures, context);
    const actorId = nameOf(actor);
    return {
      key: `actor ${actorId}`,
      surprise: combined(evidence, judge),
      detail: { actorId, figures, context, evidence },
    };
  });
}

/** Amounts in the window by actor id. */
function amountsOf(past: Past): Float64Array {
  let size = 0;
  for (const { measure } of past.window) size = Math.max(size, (measure.actor[measure.size - 1] ?? -1) + 1);
  const amounts = new Float64Array(size);
  for (const { measure } of past.window) {
    for (let i = 0; i < measure.size; i++) {
      const actor = measure.actor[i] as number;
      amounts[actor] = (amounts[actor] as number) + (measure.amount[i] as number);
    }
  }
  return amounts;
}

function figuresOf(past: Past, actor: number, { names }: World): ConductFigures {
  const figures = emptyFigures();
  for (const { measure } of past.window) {
    const at = positionOf(measure, actor);
    if (at < 0) continue;
    figures.amount += measure.amount[at] as number;
    figures.counted += measure.counted[at] as number;
    figures.low += measure.low[at] as number;
    figures.events += measure.events[at] as number;
    figures.explained_no += measure.no[at] as number;
    figures.explained_late += measure.late[at] as number;
    figures.explained_self += measure.self[at] as number;
    figures.unapproved += measure.unapproved[at] as number;
  }
  for (const [seller, share] of sellersOf(past.window, actor)) figures.sellers.set(names.sellers.textOf(seller), share);
  return figures;
}
