// The places that the evidence of a sheet weighs: of each candidate the largest sellers, clusters or niches, with everybody's traffic.

import type { EvidenceKind } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { type Day, startOf } from '../../time.js';
import type { ConductFigures } from '../conduct.js';
import { MAX_PLACES_WEIGHED, MIN_CONCENTRATION, type PlaceKind, type Places } from '../evidence.js';
import type { Past } from '../past.js';
import { clumpOf, type PlaceIndex, PlaceTraffics } from '../places.js';
import type { World } from '../world.js';

export interface Candidate {
  readonly actor: number;
  readonly figures: ConductFigures;
}

const PLACE_KINDS: readonly PlaceKind[] = ['concentration', 'cluster', 'niche'];
const NO_PLACES: Places = { candidates: 0, clump: 1, largest: [], amountUnder: () => 0 };
const NONE: readonly number[] = [];

/** Ids of the places that a seller belongs to, of one sort. */
type Belongs = (seller: string) => readonly string[];

export interface WeighedPlaces {
  /** one for each candidate */
  readonly places: readonly Readonly<Record<PlaceKind, Places>>[];
  othersAmountOf(actor: number): number;
}

export function weighedPlaces(
  evidence: readonly EvidenceKind[],
  past: Past,
  candidates: readonly Candidate[],
  day: Day,
  world: World,
): WeighedPlaces {
  const places = candidates.map(() => ({ concentration: NO_PLACES, cluster: NO_PLACES, niche: NO_PLACES }));
  let first: PlaceTraffics | null = null;
  for (const kind of PLACE_KINDS) {
    if (!evidence.includes(kind)) continue;
    const { traffics, ofCandidates } = ofKind(kind, belonging(kind, day, world), past, candidates, world);
    first ??= traffics;
    for (let i = 0; i < candidates.length; i++)
      (places[i] as Record<PlaceKind, Places>)[kind] = ofCandidates[i] as Places;
  }
  const all = first;
  return { places, othersAmountOf: (actor) => (all === null ? 0 : all.all - all.allOf(actor)) };
}

/** By links and records up to the end of the day. */
function belonging(kind: PlaceKind, day: Day, { clusters, sellers }: World): Belongs {
  const endMs = startOf(day + 1);
  if (kind === 'concentration') return (seller) => [seller];
  if (kind === 'cluster') return (seller) => clusters.of(seller, endMs);
  return (seller) => {
    const niche = sellers.nicheOf(seller, endMs);
    return niche === '' ? [] : [niche];
  };
}

function ofKind(
  kind: PlaceKind,
  belongs: Belongs,
  past: Past,
  candidates: readonly Candidate[],
  { names }: World,
): { traffics: PlaceTraffics; ofCandidates: Places[] } {
  const numbers = new Map<string, number>();
  const chosen = candidates.map(({ figures }) => {
    const amounts = amountsBy(belongs, figures);
    const largest = largestOf(amounts);
    for (const id of largest) ensure(numbers, id, () => numbers.size);
    return { candidates: amounts.size, largest };
  });
  const traffics = new PlaceTraffics(
    past,
    indexOf(belongs, numbers, (seller) => names.sellers.textOf(seller)),
  );
  const clump = clumpOf(
    past,
    (actor) => names.actors.textOf(actor),
    kind === 'concentration' ? null : (seller) => belongs(names.sellers.textOf(seller)),
  );
  const ofCandidates = chosen.map(({ candidates: touched, largest }, i): Places => {
    const { actor } = candidates[i] as Candidate;
    return {
      candidates: touched,
      clump,
      largest: largest.map((id) => ({ id, traffic: traffics.of(actor, numbers.get(id) as number) })),
      amountUnder: (id, figures) => amountUnder(belongs, id, figures),
    };
  });
  return { traffics, ofCandidates };
}

function indexOf(
  belongs: Belongs,
  numbers: ReadonlyMap<string, number>,
  nameOf: (seller: number) => string,
): PlaceIndex {
  const known: (readonly number[] | undefined)[] = [];
  return {
    count: numbers.size,
    of(seller) {
      const cached = known[seller];
      if (cached !== undefined) return cached;
      const own = belongs(nameOf(seller)).flatMap((id) => numbers.get(id) ?? []);
      const kept = own.length === 0 ? NONE : own;
      known[seller] = kept;
      return kept;
    },
  };
}

/** A seller in several clusters counts in each. */
function amountsBy(belongs: Belongs, figures: ConductFigures): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [seller, { amount }] of figures.sellers) {
    for (const id of belongs(seller)) amounts.set(id, (amounts.get(id) ?? 0) + amount);
  }
  return amounts;
}

function amountUnder(belongs: Belongs, id: string, figures: ConductFigures): number {
  let sum = 0;
  for (const [seller, { amount }] of figures.sellers) if (belongs(seller).includes(id)) sum += amount;
  return sum;
}

const largestOf = (amounts: ReadonlyMap<string, number>): string[] =>
  [...amounts]
    .filter(([, amount]) => amount >= MIN_CONCENTRATION)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_PLACES_WEIGHED)
    .map(([id]) => id);
