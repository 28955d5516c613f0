// Sellers: popular by a power law, each in a niche, some tied into clusters, some of those a broker's; and their customers,
// who are never stored: the k-th customer of a seller, and the review, follow from a hash.

import type { Parameters } from '../parameters.js';
import { beta } from '../random/distributions.js';
import { hashPair, hex, Random, unitOfPair } from '../random/random.js';
import { Weighted } from '../random/weighted.js';
import type { Place } from './places.js';

const CATEGORIES = [
  'phone-cases',
  'supplements',
  'kitchen-gadgets',
  'toys',
  'pet-supplies',
  'led-lighting',
  'yoga-gear',
  'car-parts',
  'baby-care',
  'headphones',
  'camping',
  'cosmetics',
  'office-chairs',
  'garden-tools',
] as const;

export interface SellerFacts {
  readonly index: number;
  readonly id: string;
  readonly marketplace: string;
  readonly category: string;
  /** How many customers it ever had. */
  readonly customers: number;
  /** Share of its reviews with one or two stars. */
  readonly lowShare: number;
  readonly sinceMs: number;
}

export interface Cluster {
  readonly id: string;
  readonly marketplace: string;
  readonly basis: 'bank' | 'device' | 'address' | 'broker' | 'manual';
  readonly members: readonly SellerFacts[];
}

export interface Review {
  readonly id: string;
  readonly rating: number;
}

/** A customer as one seller knows it. */
export interface Buyer {
  readonly id: string;
  readonly review: Review | null;
}

/** How many sellers the average customer bought from. */
const CUSTOMERS_SHARED = 6;
/** One-to-one, so ids do not tell who is a canary or who came first. */
const scrambled = (index: number): number => Math.imul(index ^ 0x5f35_6495, 0x9e37_79b1);

export class Sellers {
  readonly all: SellerFacts[] = [];
  readonly clusters: Cluster[] = [];
  private readonly byPlace = new Map<string, { members: SellerFacts[]; popularity: Weighted }>();
  private readonly clusterBySeller = new Map<number, Cluster>();
  readonly customerCount: number;
  readonly canaryIds: readonly string[];

  constructor(
    seed: number,
    employees: number,
    places: readonly { place: Place; share: number }[],
    private readonly parameters: Parameters,
    startMs: number,
  ) {
    const random = Random.stream(seed, 'sellers');
    this.customerCount = Math.min(
      40_000_000,
      Math.max(60_000, Math.round(employees * parameters.customersPerEmployee)),
    );
    const total = Math.min(80_000, Math.max(120, Math.round(employees * parameters.sellersPerEmployee)));
    for (const { place, share } of places) {
      const weights = Array.from(
        { length: Math.max(40, Math.round(total * share)) },
        (_, rank) => 1 / (rank + 8) ** parameters.popularityExponent,
      );
      const popularity = new Weighted(weights);
      const members = weights.map((weight): SellerFacts => {
        const index = this.all.length;
        const seller = {
          index,
          id: `s-${hex(scrambled(index + 0x51e))}`,
          marketplace: place.marketplace,
          category: random.pick(CATEGORIES),
          customers: Math.max(
            40,
            Math.round((weight / popularity.total) * this.customerCount * share * CUSTOMERS_SHARED),
          ),
          lowShare: beta(random, parameters.lowRatingMean, 12),
          sinceMs: startMs - Math.round(random.between(60, 1_500) * 86_400_000),
        };
        this.all.push(seller);
        return seller;
      });
      this.byPlace.set(place.marketplace, { members, popularity });
      this.tie(random, place.marketplace, members);
    }
    const canaries = Math.max(4, Math.round(this.customerCount / 4_000));
    this.canaryIds = Array.from({ length: canaries }, (_, at) => this.customerId(this.customerCount + at));
  }

  private tie(random: Random, marketplace: string, members: readonly SellerFacts[]): void {
    const loose = random.sample(members, Math.max(12, Math.round(members.length * this.parameters.clusteredShare)));
    for (let at = 0; at < loose.length; ) {
      const size = random.int(3, 12);
      const broker = this.clusters.length === 0 || random.chance(this.parameters.brokerShare);
      const cluster: Cluster = {
        id: `k-${random.id().slice(0, 8)}`,
        marketplace,
        basis: broker ? 'broker' : random.pick(['bank', 'device', 'address', 'manual'] as const),
        members: loose.slice(at, at + size),
      };
      for (const member of cluster.members) this.clusterBySeller.set(member.index, cluster);
      this.clusters.push(cluster);
      at += size;
    }
  }

  of(marketplace: string): readonly SellerFacts[] {
    return this.byPlace.get(marketplace)?.members ?? this.all;
  }

  clusterOf(seller: SellerFacts): Cluster | null {
    return this.clusterBySeller.get(seller.index) ?? null;
  }

  /** A seller of the marketplace, the popular ones more often. */
  popular(random: Random, marketplace: string): SellerFacts {
    const place = this.byPlace.get(marketplace);
    return place?.members[place.popularity.pick(random)] ?? random.pick(this.all);
  }

  /** The k-th customer of a seller; popular sellers share customers, because some people buy a lot. */
  buyer(seller: SellerFacts, k: number): Buyer {
    const index = Math.floor(unitOfPair(seller.index + 1, k) ** 1.4 * this.customerCount);
    return { id: this.customerId(index), review: this.review(seller, k) };
  }

  anyBuyer(random: Random, seller: SellerFacts): Buyer {
    return this.buyer(seller, random.int(0, seller.customers - 1));
  }

  /** Up to `count` buyers, of whom `lowShare` rated the seller one or two stars, as far as it has so many. */
  harvest(random: Random, seller: SellerFacts, count: number, lowShare: number): Buyer[] {
    const from = random.int(0, seller.customers - 1);
    const wantedLow = Math.round(count * lowShare);
    const found = new Map<string, Buyer>();
    let low = 0;
    for (let step = 0; step < seller.customers && found.size < count; step++) {
      const buyer = this.buyer(seller, (from + step) % seller.customers);
      const isLow = buyer.review !== null && buyer.review.rating <= 2;
      const room = isLow ? low < wantedLow : found.size - low < count - wantedLow;
      if (!room || found.has(buyer.id)) continue;
      found.set(buyer.id, buyer);
      if (isLow) low++;
    }
    for (let k = 0; k < seller.customers && found.size < count; k++) {
      const buyer = this.buyer(seller, k);
      if (!found.has(buyer.id)) found.set(buyer.id, buyer);
    }
    return random.sample([...found.values()], found.size);
  }

  private review(seller: SellerFacts, k: number): Review | null {
    if (unitOfPair(k + 0x77, seller.index) > this.parameters.reviewedShare) return null;
    const mood = unitOfPair(k + 0x3_0001, seller.index) / seller.lowShare;
    const rating =
      mood < 0.6 ? 1 : mood < 1 ? 2 : 3 + Math.min(2, Math.floor(unitOfPair(k + 0x9_0001, seller.index) * 4));
    return { id: `r-${hex(hashPair(seller.index, k))}${(k & 0xfff).toString(16)}`, rating };
  }

  private customerId(index: number): string {
    return `c-${hex(scrambled(index))}`;
  }
}
