// The kind `handover`: a seller that somebody who leaves worked on without reasons turns up with a colleague, who works on it without
// reasons too. Either alone may be moderate; that the one follows the other is the surprise.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { type Day, startOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Finding } from '../finding.js';
import { type Assessed, type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { type MeasuredDay, positionOf } from '../measures.js';
import { type Past, pastOf } from '../past.js';
import { firstOnDay, type Piece, percent, surpriseOf, tell } from '../pieces.js';
import { placeTail, usualShare } from '../place-evidence.js';
import { clumpsUnderSellers, PlaceTraffics, sellersOf } from '../places.js';
import { sheetRange, windowStart } from '../read-set.js';
import type { World } from '../world.js';

interface Handover {
  readonly actorId: string;
  readonly leaver: string;
  readonly seller: string;
  readonly amount: number;
  readonly whole: number;
  readonly leaversAmount: number;
  readonly leaversWhole: number;
  readonly pieces: readonly Piece[];
}

export const handover: Kind<Handover> = {
  parts: ['frames', 'directory'],
  rangeRead: (definition, day) => sheetRange(day, definition.window.days),
  judge: judgeHandovers,
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: [detail.actorId],
    sellers: [detail.seller],
    actions: judgeOf(definition, 'handover').actions,
  }),
  finding: handoverFinding,
};

/** A leaver's seller: at least so much of it, and such a share of what the leaver did without reasons. */
const MIN_LEFT = 5;
const MIN_LEFT_SHARE = 0.2;

interface Left {
  readonly actor: number;
  readonly seller: number;
  readonly amount: number;
  readonly whole: number;
}

function judgeHandovers(definition: Definition, day: Day, world: World): RawSheet<Handover> {
  const judge = judgeOf(definition, 'handover');
  const past = pastOf(world, judge, day, definition.window.days);
  const today = past?.window.at(-1)?.measure;
  if (past === null || today === undefined || !past.hasEnough) return { judged: 0, top: [], unscored: [] };
  const days = [...past.baseline, ...past.window];
  const left = leftBehind(past, days);
  if (left.length === 0) return { judged: 0, top: [], unscored: [] };
  const { names } = world;
  const numbers = new Map([...new Set(left.map((one) => one.seller))].map((seller, i) => [seller, i]));
  const traffics = new PlaceTraffics(past, {
    count: numbers.size,
    of: (seller) => (numbers.has(seller) ? [numbers.get(seller) as number] : []),
  });
  const clump = clumpsUnderSellers(past, (actor) => names.actors.textOf(actor)).mean;
  const weigh = (actor: number, seller: number, amount: number, whole: number) => {
    const traffic = traffics.of(actor, numbers.get(seller) as number);
    return { usual: usualShare(traffic.others, traffics.all), amount, whole };
  };
  const best = new Map<string, Assessed<Handover>>();
  for (const one of left) {
    for (let i = 0; i < today.size; i++) {
      const actor = today.actor[i] as number;
      if (actor === one.actor || past.teams.circlesOf(actor).length === 0) continue;
      if (!touches(today, i, one.seller)) continue;
      const own = sellersOf(past.window, actor);
      const amount = own.get(one.seller)?.amount ?? 0;
      if (amount < judge.at_least) continue;
      let whole = 0;
      for (const share of own.values()) whole += share.amount;
      const pieces = [piece(weigh(actor, one.seller, amount, whole), clump, Math.log(left.length))];
      const actorId = names.actors.textOf(actor);
      const found: Assessed<Handover> = {
        key: `actor ${actorId}`,
        surprise: surpriseOf(pieces),
        detail: {
          actorId,
          leaver: names.actors.textOf(one.actor),
          seller: names.sellers.textOf(one.seller),
          amount,
          whole,
          leaversAmount: one.amount,
          leaversWhole: one.whole,
          pieces,
        },
      };
      const known = best.get(found.key);
      if (known === undefined || isBetter(found, known)) best.set(found.key, found);
    }
  }
  return { judged: today.size, top: topOf([...best.values()], SAMPLE_SIZE), unscored: [] };
}

const isBetter = (a: Assessed<Handover>, b: Assessed<Handover>): boolean =>
  a.surprise > b.surprise ||
  (a.surprise === b.surprise && `${a.detail.seller} ${a.detail.leaver}` < `${b.detail.seller} ${b.detail.leaver}`);

function touches(measure: MeasuredDay['measure'], at: number, seller: number): boolean {
  for (let i = measure.entryFrom[at] as number; i < (measure.entryFrom[at + 1] as number); i++) {
    if (measure.seller[i] === seller) return true;
  }
  return false;
}

/** Sellers that those who leave gave much of what they did without reasons. */
function leftBehind(past: Past, days: readonly MeasuredDay[]): Left[] {
  const leavers = new Set<number>();
  for (const { measure } of days)
    for (const actor of measure.actor) if (past.teams.isLeaving(actor)) leavers.add(actor);
  const left: Left[] = [];
  for (const actor of leavers) {
    let whole = 0;
    for (const { measure } of days) {
      const at = positionOf(measure, actor);
      if (at >= 0) whole += measure.amount[at] as number;
    }
    for (const [seller, { amount }] of sellersOf(days, actor)) {
      if (amount >= MIN_LEFT && amount >= MIN_LEFT_SHARE * whole) left.push({ actor, seller, amount, whole });
    }
  }
  return left;
}

/** What the leaver did only says where to look; the evidence is the colleague's. */
function piece(
  { usual, amount, whole }: { usual: number; amount: number; whole: number },
  clump: number,
  logCandidates: number,
): Piece {
  return {
    name: 'colleague',
    observed: amount,
    expected: whole * usual,
    logP: Math.min(0, placeTail(amount, whole, clump, usual) + logCandidates),
    inputs: { of: whole, usual_share: usual, clump },
  };
}

function handoverFinding(input: FindingInput<Handover>): Finding {
  const { definition, day, assessed, accesses } = input;
  const { actorId, leaver, seller, amount, whole, leaversAmount, leaversWhole, pieces } = assessed.detail;
  const did = definition.words.did.replace('{amount}', String(amount));
  return tell(input, {
    summary: `${actorId} ${did} of seller ${seller} in ${definition.window.days} days, ${percent(amount / Math.max(1, whole))} of those without a case; ${leaver}, who is leaving, had read ${leaversAmount} of the same seller, ${percent(leaversAmount / Math.max(1, leaversWhole))} of theirs`,
    seller,
    pieces,
    observed: { amount, whole, leaver, leaversAmount, leaversWhole },
    detectedAt: firstOnDay(accesses, startOf(day)),
  });
}
