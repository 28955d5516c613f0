// Invented organisations for leak tracing: who reads whom, who complains by chance, and who was sold by a source.
// Its own generator with its own, wide parameters, so that tracing is not tested on the suppositions it is made of.

import { drawsFrom } from '../../../services/core/leak/draws.js';
import type { Complaint, EarlierRead, LeakInput, SellerVolume, Volume } from '../../../services/core/leak/input.js';
import { DAY_MS } from '../../../services/core/time.js';

export interface WorldShape {
  readonly seed: number;
  readonly candidates: number;
  readonly background: number;
  /** Complaints of customers whom the source sold; none when there is no leak. */
  readonly leaked: number;
  /** Spread of volumes: standard deviation of their logarithm. */
  readonly volumeSpread: number;
  /** Readers with 10 to 100 times the median volume. */
  readonly giants: number;
  readonly places: number;
  readonly sellers: number;
  /** Exponent of sellers' popularity. */
  readonly popularity: number;
  /** Complaints by chance are about customers of popular sellers even beyond their number. */
  readonly complaintsFollowPopularity: boolean;
  /** Part of a seller's reads made by its own few account managers. */
  readonly managed: number;
  /** Part of the complaints that say whom they are about. */
  readonly sellerGiven: number;
  /** Complaints come with times; else every read counts. */
  readonly timed: boolean;
  /** Complaints by chance follow soon on some read, as when a contact was about the complaint's cause. */
  readonly provoked: boolean;
  /** What is sold: customers of one seller, read in few days on top of ordinary work; or some of those read anyway. */
  readonly harvest: boolean;
}

const DAYS = 60;
const START_MS = Date.UTC(2026, 0, 5);

interface Customer {
  readonly seller: number;
  readonly reads: EarlierRead[];
}

export interface LeakWorld {
  readonly input: LeakInput;
  readonly source: string | null;
}

export function leakWorld(shape: WorldShape): LeakWorld {
  const next = drawsFrom(`${shape.seed} ${JSON.stringify(shape)}`);
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const actorName = (at: number): string => (at % 20 === 7 ? `app-${at}` : `e-${at}`);
  const weights = Array.from({ length: shape.candidates }, (_, at) =>
    at < shape.giants ? 10 ** (1 + next()) : Math.exp(shape.volumeSpread * normal()),
  );
  const places = weights.map(() => int(0, shape.places - 1));
  const sellers = Array.from({ length: shape.sellers }, (_, at) => {
    const place = int(0, shape.places - 1);
    const locals = places.flatMap((one, actor) => (one === place ? [actor] : []));
    const managers = Array.from({ length: int(1, 3) }, () => locals[int(0, Math.max(0, locals.length - 1))] ?? 0);
    return { place, managers, weight: (at + 1) ** -shape.popularity };
  });
  const pickWeighted = (sums: readonly number[]): number => {
    const target = next() * (sums.at(-1) ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const sumsOf = (values: readonly number[]): number[] => {
    let sum = 0;
    return values.map((value) => {
      sum += value;
      return sum;
    });
  };
  const sellerSums = sumsOf(sellers.map((one) => one.weight));
  const readerSums = Array.from({ length: shape.places }, (_, place) => {
    const ids = places.flatMap((one, actor) => (one === place ? [actor] : []));
    return { ids, sums: sumsOf(ids.map((actor) => weights[actor] as number)) };
  });
  const timeOf = (): number => START_MS + next() * DAYS * DAY_MS;
  const read = (actor: number, atMs: number, seller: number): EarlierRead => ({
    actorId: actorName(actor),
    atMs,
    sellerId: `s-${seller}`,
  });
  const count = Math.max(4 * (shape.background + shape.leaked), 6 * shape.candidates);
  const customers = Array.from({ length: count }, (): Customer => {
    const seller = pickWeighted(sellerSums);
    const { place, managers } = sellers[seller] as (typeof sellers)[number];
    const local = readerSums[place] as (typeof readerSums)[number];
    const wanted = int(2, 6);
    const readers = new Set<number>();
    for (let attempt = 0; readers.size < Math.min(wanted, local.ids.length) && attempt < 60; attempt++) {
      const managed = next() < shape.managed;
      readers.add(
        managed ? (managers[int(0, managers.length - 1)] as number) : (local.ids[pickWeighted(local.sums)] ?? 0),
      );
    }
    return { seller, reads: [...readers].map((actor) => read(actor, timeOf(), seller)) };
  });
  const complaints: Complaint[] = [];
  const complain = (customer: Customer, atMs: number): void => {
    const reads = customer.reads.filter((one) => !shape.timed || one.atMs < atMs);
    complaints.push({
      atMs: shape.timed ? atMs : null,
      sellerId: next() < shape.sellerGiven ? `s-${customer.seller}` : null,
      place: `m-${sellers[customer.seller]?.place}`,
      reads,
    });
  };
  const taken = new Set<Customer>();
  let source: number | null = null;
  if (shape.leaked > 0) {
    const ordinary = weights.flatMap((weight, actor) =>
      actor >= shape.giants && weight > 0.2 && weight < 2 ? [actor] : [],
    );
    source = ordinary[int(0, ordinary.length - 1)] ?? 0;
    const name = actorName(source);
    const own = customers.filter((one) => one.reads.some((earlier) => earlier.actorId === name));
    if (shape.harvest) {
      const sold = own[int(0, Math.max(0, own.length - 1))]?.seller ?? 0;
      const fromMs = START_MS + next() * 0.6 * DAYS * DAY_MS;
      for (const customer of customers.filter((one) => one.seller === sold).slice(0, int(2, 4) * shape.leaked)) {
        if (!customer.reads.some((one) => one.actorId === name))
          customer.reads.push(read(source, fromMs + next() * 4 * DAY_MS, sold));
      }
      own.splice(
        0,
        own.length,
        ...customers.filter((one) => one.seller === sold && one.reads.some((earlier) => earlier.actorId === name)),
      );
    }
    while (own.length < shape.leaked) {
      const customer = customers[int(0, customers.length - 1)] as Customer;
      if (customer.reads.some((one) => one.actorId === name)) continue;
      customer.reads.push(read(source, timeOf(), customer.seller));
      own.push(customer);
    }
    for (let left = shape.leaked; left > 0; left--) {
      const customer = own.splice(int(0, own.length - 1), 1)[0] as Customer;
      taken.add(customer);
      const readMs = customer.reads.find((one) => one.actorId === name)?.atMs ?? START_MS;
      complain(customer, readMs + (0.5 + 18 * next()) * DAY_MS);
    }
  }
  while (complaints.length < shape.background + shape.leaked) {
    const customer = customers[int(0, customers.length - 1)] as Customer;
    if (taken.has(customer)) continue;
    if (shape.complaintsFollowPopularity && next() > Math.min(1, 30 * (sellers[customer.seller]?.weight ?? 0)))
      continue;
    taken.add(customer);
    const after = customer.reads[int(0, customer.reads.length - 1)];
    complain(customer, shape.provoked && after ? after.atMs + next() * 6 * DAY_MS : timeOf() + 0.3 * DAYS * DAY_MS);
  }
  return {
    input: { complaints, ...volumesOf(customers, sellers) },
    source: source === null ? null : actorName(source),
  };
}

function volumesOf(
  customers: readonly Customer[],
  sellers: readonly { readonly place: number }[],
): { volumes: Volume[]; sellerVolumes: SellerVolume[] } {
  const volumes = new Map<string, Volume>();
  const sellerVolumes = new Map<string, SellerVolume>();
  for (const customer of customers) {
    for (const { actorId, atMs, sellerId } of customer.reads) {
      const day = Math.floor(atMs / DAY_MS);
      const place = `m-${sellers[customer.seller]?.place}`;
      const key = `${actorId} ${day} ${place}`;
      volumes.set(key, { actorId, day, place, customers: (volumes.get(key)?.customers ?? 0) + 1 });
      const ofSeller = `${actorId} ${sellerId}`;
      const before = sellerVolumes.get(ofSeller)?.customers ?? 0;
      sellerVolumes.set(ofSeller, { actorId, sellerId: sellerId ?? '', customers: before + 1 });
    }
  }
  return { volumes: [...volumes.values()], sellerVolumes: [...sellerVolumes.values()] };
}

/**
 * A shape of its own for each seed: everything drawn from wide ranges, as long as the leak is more than twice what chance brings an
 * ordinary reader (four readers a customer).
 */
export function anyShape(seed: number, leak: boolean): WorldShape {
  const next = drawsFrom(`shape ${seed}`);
  const between = (low: number, high: number): number => low + (high - low) * next();
  const logBetween = (low: number, high: number): number => Math.round(low * (high / low) ** next());
  const background = logBetween(200, 2_000);
  const candidates = Math.max(logBetween(400, 3_000), Math.round(1.25 * background));
  const byChance = (4 * background) / candidates;
  return {
    seed,
    background,
    candidates,
    leaked: leak ? Math.round(between(Math.max(5, 2 * byChance), 20)) : 0,
    volumeSpread: between(0.3, 1.2),
    giants: Math.round(between(0, 12)),
    places: Math.round(between(1, 8)),
    sellers: logBetween(50, 3_000),
    popularity: between(0, 1),
    complaintsFollowPopularity: next() < 0.3,
    managed: next() < 0.5 ? 0 : between(0, 0.5),
    sellerGiven: next() < 0.3 ? 0 : between(0.2, 1),
    timed: next() < 0.8,
    provoked: next() < 0.3,
    harvest: next() < 0.4,
  };
}
