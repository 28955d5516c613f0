// The places that the evidence of a sheet weighs: of each candidate the largest sellers, clusters or niches, with everybody's traffic.

import type { Conduct as Judged } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { type Day, startOf } from '../../time.js';
import { type Clumps, clumpsOf } from '../clumps.js';
import type { ConductFigures } from '../conduct.js';
import { PARTS } from '../measures.js';
import type { Past } from '../past.js';
import {
  MAX_PLACES_WEIGHED,
  MIN_CONCENTRATION,
  type PlaceAmount,
  type PlaceKind,
  type Places,
  shareOf,
  WAYS,
  type WeighedPlace,
} from '../place-evidence.js';
import { clumpsOfPiles, clumpsUnderSellers, type Pile, PlaceTraffics, type Spot, samplePiles } from '../places.js';
import type { World } from '../world.js';

export interface Candidate {
  readonly actor: number;
  readonly figures: ConductFigures;
}

const PLACE_KINDS: readonly PlaceKind[] = ['concentration', 'cluster', 'niche'];
const NOTHING: PlaceAmount = { amount: 0, unchecked: 0, doubtful: 0, visits: 0 };
const NO_PLACES: Places = {
  candidates: NOTHING,
  clumps: clumpsOf(new Map()),
  visits: null,
  largest: [],
  amountUnder: () => ({ place: NOTHING, whole: NOTHING }),
};

/** The places of one sort that a seller belongs to. */
type Belongs = (seller: string) => readonly Spot[];

export interface WeighedPlaces {
  /** one for each candidate */
  readonly places: readonly Readonly<Record<PlaceKind, Places>>[];
  othersAmountOf(actor: number): number;
}

export function weighedPlaces(
  { evidence, amount, counts }: Pick<Judged, 'evidence' | 'amount' | 'counts'>,
  past: Past,
  candidates: readonly Candidate[],
  day: Day,
  world: World,
): WeighedPlaces {
  const places = candidates.map(() => ({ concentration: NO_PLACES, cluster: NO_PLACES, niche: NO_PLACES }));
  let first: PlaceTraffics | null = null;
  for (const kind of PLACE_KINDS) {
    if (!evidence.includes(kind)) continue;
    const { traffics, ofCandidates } = ofKind(kind, belonging(kind, day, world), past, candidates, world, {
      amount,
      counts,
    });
    first ??= traffics;
    for (let i = 0; i < candidates.length; i++)
      (places[i] as Record<PlaceKind, Places>)[kind] = ofCandidates[i] as Places;
  }
  const all = first;
  return { places, othersAmountOf: (actor) => (all === null ? 0 : all.all - all.allOf(actor)) };
}

/** By links and records up to the end of the day. */
function belonging(kind: PlaceKind, day: Day, { clusters, sellers }: World): Belongs {
  const lastMs = startOf(day + 1) - 1;
  if (kind === 'concentration') return (id) => [{ id, within: null }];
  if (kind === 'cluster') return (seller) => clusters.of(seller, lastMs).map((id) => ({ id, within: null }));
  return (seller) => {
    const niche = sellers.nicheOf(seller, lastMs);
    return niche === null ? [] : [{ id: `${niche.marketplace} ${niche.category}`, within: niche.marketplace }];
  };
}

function ofKind(
  kind: PlaceKind,
  belongs: Belongs,
  past: Past,
  candidates: readonly Candidate[],
  { names }: World,
  { amount, counts }: Pick<Judged, 'amount' | 'counts'>,
): { traffics: PlaceTraffics; ofCandidates: Places[] } {
  const spots: (readonly Spot[])[] = [];
  const spotsOf = (seller: number): readonly Spot[] => {
    spots[seller] ??= belongs(names.sellers.textOf(seller));
    return spots[seller] as readonly Spot[];
  };
  const nameOf = (actor: number): string => names.actors.textOf(actor);
  const chosen = candidates.map(({ figures }) => largestOf(amountsBy(belongs, figures)));
  const areDaysOfSellers = kind === 'concentration' && past.window.length <= 1;
  const piles = areDaysOfSellers ? [] : samplePiles(past, nameOf, spotsOf);
  const numbers = new Numbers([...chosen.flatMap(({ largest }) => largest), ...piles]);
  const traffics = new PlaceTraffics(past, numbers.index(spotsOf));
  const explained = piles.map((pile) => ({ ...pile, mean: shareOfColleagues(kind, pile, numbers, traffics) }));
  const oneByOne = (found: Clumps): Clumps => (counts === 'all' ? { ...found, logAtLeast: NEVER } : found);
  const clumps = oneByOne(
    areDaysOfSellers
      ? clumpsUnderSellers(past, nameOf)
      : clumpsOfPiles(explained, ({ amount: own, whole, mean }) => own - whole * mean),
  );
  const visits =
    amount === 'events' && past.window.length > 1
      ? oneByOne(clumpsOfPiles(explained, ({ visits: own, wholeVisits, mean }) => own - wholeVisits * mean))
      : null;
  const ofCandidates = chosen.map(({ count, largest }, i): Places => {
    const { actor } = candidates[i] as Candidate;
    return {
      candidates: count,
      clumps,
      visits,
      largest: largest.map((spot): WeighedPlace => {
        const [place, within] = numbers.of(spot);
        return {
          id: String(spot.id),
          traffic: traffics.of(actor, place),
          within: within === null ? null : traffics.of(actor, within),
        };
      }),
      amountUnder: (id, figures) => amountUnder(belongs, id, figures),
    };
  });
  return { traffics, ofCandidates };
}

/** What colleagues who worked on the pile's place as well gave it: a common incident's share. */
function shareOfColleagues(kind: PlaceKind, pile: Pile, numbers: Numbers, traffics: PlaceTraffics): number {
  const [place, within] = numbers.of(pile);
  const whole = { amount: pile.whole, whole: pile.whole };
  const others = within === null ? traffics.all - pile.whole : traffics.besides(within, whole).others;
  return shareOf(kind, traffics.besides(place, pile), { own: 0, others }).mean;
}

/** Places, and what they are within, by number. */
class Numbers {
  private readonly places = new Map<string | number, number>();
  private readonly withins = new Map<string, number>();

  constructor(spots: readonly Spot[]) {
    let count = 0;
    for (const { id, within } of spots) {
      ensure(this.places, id, () => count++);
      if (within !== null) ensure(this.withins, within, () => count++);
    }
  }

  of({ id, within }: Spot): readonly [number, number | null] {
    return [this.places.get(id) ?? -1, within === null ? null : (this.withins.get(within) ?? -1)];
  }

  index(spotsOf: (seller: number) => readonly Spot[]) {
    const known: (readonly number[] | undefined)[] = [];
    return {
      count: this.places.size + this.withins.size,
      of: (seller: number): readonly number[] => {
        known[seller] ??= this.numbersOf(spotsOf(seller));
        return known[seller] as readonly number[];
      },
    };
  }

  private numbersOf(spots: readonly Spot[]): readonly number[] {
    const own = spots.flatMap(({ id }) => this.places.get(id) ?? []);
    const within = [...new Set(spots.map((spot) => spot.within))].flatMap((one) => this.withins.get(one ?? '') ?? []);
    return own.length + within.length === 0 ? NONE : [...own, ...within];
  }
}

const NONE: readonly number[] = [];
/** Decisions are made one by one: a forgotten case does not make a clump of them. */
const NEVER = (): number => Number.NEGATIVE_INFINITY;

/** A seller in several clusters counts in each. */
function amountsBy(belongs: Belongs, figures: ConductFigures): Map<string | number, Spot & Writable> {
  const amounts = new Map<string | number, Spot & Writable>();
  for (const [seller, share] of figures.sellers) {
    for (const spot of belongs(seller))
      add(
        ensure(amounts, spot.id, () => ({ ...spot, ...NOTHING })),
        share,
      );
  }
  return amounts;
}

type Writable = { -readonly [K in keyof PlaceAmount]: number };

function amountUnder(belongs: Belongs, id: string, figures: ConductFigures) {
  const place = { ...NOTHING };
  const within = { ...NOTHING };
  const all = { ...NOTHING };
  let marketplace: string | null = null;
  for (const [seller, share] of figures.sellers) {
    add(all, share);
    const spot = belongs(seller).find((one) => one.id === id);
    if (spot === undefined) continue;
    add(place, share);
    marketplace = spot.within;
  }
  if (marketplace === null) return { place: inWholes(place), whole: inWholes({ ...all, amount: figures.amount }) };
  for (const [seller, share] of figures.sellers)
    if (belongs(seller).some((one) => one.within === marketplace)) add(within, share);
  return { place: inWholes(place), whole: inWholes(within) };
}

const inWholes = (counted: PlaceAmount): PlaceAmount => ({
  ...counted,
  unchecked: counted.unchecked / PARTS,
  doubtful: counted.doubtful / PARTS,
});

function add(into: Writable, { amount, unchecked, doubtful, visits }: PlaceAmount): void {
  into.amount += amount;
  into.unchecked += unchecked;
  into.doubtful += doubtful;
  into.visits += visits;
}

function largestOf(amounts: ReadonlyMap<string | number, Spot & PlaceAmount>) {
  const count = { ...NOTHING };
  for (const one of amounts.values()) for (const way of WAYS) if (one[way] > 0) count[way]++;
  const largest = [...amounts.values()]
    .filter(({ amount }) => amount >= MIN_CONCENTRATION)
    .sort((a, b) => b.amount - a.amount || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_PLACES_WEIGHED);
  return { count, largest };
}
