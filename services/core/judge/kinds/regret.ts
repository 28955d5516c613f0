// The kind `regret`: decisions that somebody else had to undo soon. Some regret is everybody's; a decider whose reinstated sellers are
// banned again far oftener than those of others decided for another reason.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { round } from '../../stats/combine.js';
import { logBetaBinomialTail } from '../../stats/tails.js';
import { type Day, dayOf, startOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Finding } from '../finding.js';
import { type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { type Piece, surpriseOf, tell } from '../pieces.js';
import { windowStart } from '../read-set.js';
import type { Decision, World } from '../world.js';

interface Regret {
  readonly actorId: string;
  readonly decided: number;
  readonly undone: number;
  readonly undoneMs: number;
  readonly sellers: readonly string[];
  readonly pieces: readonly Piece[];
}

export const regret: Kind<Regret> = {
  parts: ['decisions'],
  rangeRead: (definition, day) => ({ from: windowStart(day, definition.window.days), to: day + 1 }),
  judge: judgeRegrets,
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: [detail.actorId],
    sellers: detail.sellers,
    actions: judgeOf(definition, 'regret').actions,
  }),
  finding: regretFinding,
};

/** How many decisions' worth the others' share of undone ones counts. */
const PRIOR = 8;
const MIN_DECISIONS = 20;

interface Tally {
  decided: number;
  undone: number;
}

function judgeRegrets(definition: Definition, day: Day, world: World): RawSheet<Regret> {
  const judge = judgeOf(definition, 'regret');
  const end = startOf(day + 1);
  const isUndone = ({ undone_ms: at }: Decision): boolean => at !== null && at < end;
  const byActor = new Map<string, Decision[]>();
  const all = new Map<string, Tally>();
  let decisions = 0;
  for (let d = windowStart(day, definition.window.days); d <= day; d++) {
    for (const one of world.decisions(d)?.decisions ?? []) {
      if (!judge.actions.includes(one.action)) continue;
      ensure(byActor, one.actor_id, (): Decision[] => []).push(one);
      count(all, one, isUndone(one));
      decisions++;
    }
  }
  if (decisions < MIN_DECISIONS) return { judged: 0, top: [], unscored: [] };
  const assessed = [...byActor].flatMap(([actorId, own]) => {
    const undone = own.filter(isUndone);
    if (undone.length < judge.at_least) return [];
    const undoneToday = undone.map((one) => one.undone_ms ?? 0).filter((at) => dayOf(at) === day);
    if (undoneToday.length === 0) return [];
    const pieces = [weighRegret(own, undone.length, all, isUndone)];
    const sellers = [...new Set(undone.map((one) => one.seller_id))].filter((id) => id !== '').sort();
    const detail = {
      actorId,
      decided: own.length,
      undone: undone.length,
      undoneMs: Math.min(...undoneToday),
      sellers,
      pieces,
    };
    return [{ key: `actor ${actorId}`, surprise: surpriseOf(pieces), detail }];
  });
  return { judged: byActor.size, top: topOf(assessed, SAMPLE_SIZE), unscored: [] };
}

function count(tallies: Map<string, Tally>, { action }: Decision, isUndone: boolean): void {
  const tally = ensure(tallies, action, () => ({ decided: 0, undone: 0 }));
  tally.decided++;
  if (isUndone) tally.undone++;
}

/** Undone of all own decisions; expected by the share that others had to undo, for the same mix of decisions. */
function weighRegret(
  own: readonly Decision[],
  undone: number,
  all: ReadonlyMap<string, Tally>,
  isUndone: (one: Decision) => boolean,
): Piece {
  const mine = new Map<string, Tally>();
  for (const one of own) count(mine, one, isUndone(one));
  let expected = 0;
  for (const [action, tally] of [...mine].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const others = all.get(action) ?? tally;
    expected += (tally.decided * (others.undone - tally.undone + 0.5)) / (others.decided - tally.decided + 1);
  }
  const mean = Math.min(0.999, Math.max(1e-4, expected / own.length));
  return {
    name: 'regret',
    observed: undone,
    expected,
    logP: logBetaBinomialTail(undone, own.length, PRIOR * mean, PRIOR * (1 - mean)),
    inputs: { of: own.length, others_share: round(mean, 8), prior_weight: PRIOR },
  };
}

function regretFinding(input: FindingInput<Regret>): Finding {
  const { definition } = input;
  const { actorId, decided, undone, undoneMs, sellers, pieces } = input.assessed.detail;
  const usual = pieces[0]?.expected ?? 0;
  const did = definition.words.did.replace('{amount}', String(decided));
  return tell(input, {
    summary: `${actorId} ${did} in ${definition.window.days} days; ${undone} of them were undone since, where others' record would say ${round(usual, 1)}`,
    seller: sellers.length === 1 ? (sellers[0] as string) : '',
    pieces,
    observed: { decided, undone, sellers: sellers.length, unit: definition.words.unit },
    detectedAt: undoneMs,
  });
}
