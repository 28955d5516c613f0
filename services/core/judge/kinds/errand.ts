// The kind `errand`: a place, a seller or a cluster, on which several people each did a clump of work without reasons. Split among
// colleagues one job stays near everybody's norm; together they meet on one place far oftener than chance would have it.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { logFisher, round } from '../../stats/combine.js';
import { logNegativeBinomialTail } from '../../stats/tails.js';
import { type Day, startOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Clumps } from '../clumps.js';
import type { Finding } from '../finding.js';
import { type Assessed, type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { MIN_CLUMP, measureOf } from '../measures.js';
import { type Past, pastOf } from '../past.js';
import { entityOf, firstOnDay, type Piece, percent, surpriseOf, tell } from '../pieces.js';
import { usualShare } from '../place-evidence.js';
import { clumpsUnderSellers, sellersOf } from '../places.js';
import { sheetRange, windowStart } from '../read-set.js';
import type { World } from '../world.js';

interface Errand {
  /** those with a clump on the place, most first */
  readonly people: readonly { readonly actorId: string; readonly amount: number; readonly whole: number }[];
  readonly sellers: readonly string[];
  readonly pieces: readonly Piece[];
}

export const errand: Kind<Errand> = {
  parts: ['frames', 'directory', 'clusters'],
  rangeRead: (definition, day) => sheetRange(day, definition.window.days),
  judge: judgeErrands,
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: detail.people.map(({ actorId }) => actorId),
    sellers: detail.sellers,
    actions: judgeOf(definition, 'errand').actions,
  }),
  finding: errandFinding,
};

/** Places differ in how often people meet on them: the size of the negative binomial of their number. */
const MEETING_SIZE = 0.5;

function judgeErrands(definition: Definition, day: Day, world: World): RawSheet<Errand> {
  const judge = judgeOf(definition, 'errand');
  const past = pastOf(world, judge, day, definition.window.days);
  const today = past?.window.at(-1)?.measure;
  if (past === null || today === undefined || !past.hasEnough) return { judged: 0, top: [], unscored: [] };
  const { names } = world;
  const placesOf = (seller: string): readonly string[] =>
    judge.place === 'seller' ? [seller] : world.clusters.of(seller, startOf(day + 1) - 1);
  const placesOfId = remember((id) => placesOf(names.sellers.textOf(id)));
  const touchedToday = new Set<string>();
  for (const seller of today.seller) for (const place of placesOfId(seller)) touchedToday.add(place);
  const places = new Map<string, { actor: number; amount: number; whole: number }[]>();
  const sellersOfPlace = new Map<string, Set<string>>();
  let pairs = 0;
  for (const actor of presentIn(past)) {
    if (past.teams.circlesOf(actor).length === 0) continue;
    const under = new Map<string, number>();
    let whole = 0;
    for (const [seller, { amount }] of sellersOf(past.window, actor)) {
      whole += amount;
      for (const place of placesOfId(seller)) {
        under.set(place, (under.get(place) ?? 0) + amount);
        ensure(sellersOfPlace, place, () => new Set<string>()).add(names.sellers.textOf(seller));
      }
    }
    for (const [place, amount] of under) {
      if (amount < MIN_CLUMP) continue;
      pairs++;
      ensure(places, place, (): { actor: number; amount: number; whole: number }[] => []).push({
        actor,
        amount,
        whole,
      });
    }
  }
  const traffic = trafficBy(past, placesOfId);
  const incident = peopleOnIncidents(judge.incident_actions, definition, day, world, placesOfId);
  const clumps = clumpsUnderSellers(past, (actor) => names.actors.textOf(actor));
  const assessed: Assessed<Errand>[] = [];
  for (const [place, everybody] of places) {
    const onIncident = incident.get(place);
    const clumped = onIncident === undefined ? everybody : everybody.filter(({ actor }) => !onIncident.has(actor));
    if (clumped.length < judge.at_least || !touchedToday.has(place)) continue;
    const people = clumped
      .map(({ actor, amount, whole }) => ({ actorId: names.actors.textOf(actor), amount, whole }))
      .sort((a, b) => b.amount - a.amount || (a.actorId < b.actorId ? -1 : 1));
    const pieces = weighErrand(people, traffic.of(place), traffic.all, pairs, clumps);
    const sellers = [...(sellersOfPlace.get(place) ?? [])].sort();
    assessed.push({
      key: `${judge.place} ${place}`,
      surprise: surpriseOf(pieces),
      detail: { people, sellers, pieces },
    });
  }
  return { judged: Math.max(places.size, touchedToday.size), top: topOf(assessed, SAMPLE_SIZE), unscored: [] };
}

/** How many met on the place, beyond the first; and how seldom clumps are as large as theirs, the first left out. */
function weighErrand(people: Errand['people'], ofPlace: number, all: number, pairs: number, clumps: Clumps): Piece[] {
  const amount = people.reduce((sum, one) => sum + one.amount, 0);
  const usual = usualShare(Math.max(0, ofPlace - amount), all);
  const expected = Math.max(0.01, pairs * usual);
  const others = people.slice(1);
  const under = others.reduce((sum, one) => sum + one.amount, 0);
  return [
    {
      name: 'people',
      observed: people.length,
      expected: 1 + expected,
      logP: logNegativeBinomialTail(others.length, expected, MEETING_SIZE),
      inputs: { clumps_of_anybody: pairs, usual_share: usual, size: MEETING_SIZE },
    },
    {
      name: 'clumps',
      observed: under,
      expected: others.length * MIN_CLUMP,
      logP: logFisher(others.map((one) => Math.min(0, clumps.logAtLeast(one.amount) - clumps.logAtLeast(MIN_CLUMP)))),
      inputs: {
        people: others.length,
        share_of_clumps_as_large: round(Math.exp(clumps.logAtLeast(under / others.length)), 8),
      },
    },
  ];
}

/** Who did one of these actions in the window, by place. */
function peopleOnIncidents(
  actions: readonly string[],
  { window }: Definition,
  day: Day,
  world: World,
  placesOf: (seller: number) => readonly string[],
): Map<string, Set<number>> {
  const people = new Map<string, Set<number>>();
  if (actions.length === 0) return people;
  for (let d = windowStart(day, window.days); d <= day; d++) {
    const frame = world.frame(d);
    if (frame === undefined) continue;
    const { actor, entryFrom, seller } = measureOf(frame, world.names, {
      actions: [...actions],
      amount: 'events',
      counts: 'all',
    });
    for (let i = 0; i < actor.length; i++) {
      for (let entry = entryFrom[i] as number; entry < (entryFrom[i + 1] as number); entry++) {
        for (const place of placesOf(seller[entry] as number)) {
          ensure(people, place, () => new Set<number>()).add(actor[i] as number);
        }
      }
    }
  }
  return people;
}

/** Everybody's amounts by place, baseline and window. */
function trafficBy(
  past: Past,
  placesOf: (seller: number) => readonly string[],
): { all: number; of(place: string): number } {
  const bySeller = new Map<number, number>();
  let all = 0;
  for (const { measure } of [...past.baseline, ...past.window]) {
    all += measure.all;
    const { seller, amount } = measure.places;
    for (let i = 0; i < seller.length; i++) {
      bySeller.set(seller[i] as number, (bySeller.get(seller[i] as number) ?? 0) + (amount[i] as number));
    }
  }
  const byPlace = new Map<string, number>();
  for (const [seller, amount] of bySeller) {
    for (const place of placesOf(seller)) byPlace.set(place, (byPlace.get(place) ?? 0) + amount);
  }
  return { all, of: (place) => byPlace.get(place) ?? 0 };
}

function presentIn({ window }: Past): Set<number> {
  const present = new Set<number>();
  for (const { measure } of window) for (const actor of measure.actor) present.add(actor);
  return present;
}

function remember<T>(of: (id: number) => T): (id: number) => T {
  const known: T[] = [];
  return (id) => {
    known[id] ??= of(id);
    return known[id] as T;
  };
}

function errandFinding(input: FindingInput<Errand>): Finding {
  const { definition, day, assessed, accesses } = input;
  const { people, sellers, pieces } = assessed.detail;
  const { kind, id } = entityOf(assessed.key);
  const amount = people.reduce((sum, one) => sum + one.amount, 0);
  const whole = people.reduce((sum, one) => sum + one.whole, 0);
  const names = people.slice(0, 5).map((one) => `${one.actorId} (${one.amount})`);
  const more = people.length > 5 ? ` and ${people.length - 5} more` : '';
  const unexplained = accesses.filter((access) => access.explained !== 'yes').length;
  const did = definition.words.did.replace('{amount}', String(amount));
  return tell(input, {
    summary: `${people.length} people ${did} of ${kind} ${id} in ${definition.window.days} days, ${percent(amount / Math.max(1, whole))} of what they did so: ${names.join(', ')}${more}; no good case for ${unexplained} of ${accesses.length}`,
    pieces,
    observed: { people, sellers, amount, unit: definition.words.unit },
    detectedAt: firstOnDay(accesses, startOf(day)),
  });
}
