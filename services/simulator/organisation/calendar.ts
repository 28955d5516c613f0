// What happens to whole marketplaces and teams: sales, outages and rushes that multiply a day's work, and fake-review attacks on a seller.

import type { Parameters } from '../parameters.js';
import { poisson } from '../random/distributions.js';
import { Random } from '../random/random.js';
import type { Team } from './people.js';
import type { Place } from './places.js';
import type { SellerFacts, Sellers } from './sellers.js';

export interface Surge {
  readonly fromDay: number;
  readonly toDay: number;
  readonly factor: number;
}

/** Somebody floods a seller with bad reviews; several moderators clean up after it. */
export interface BotAttack {
  readonly marketplace: string;
  readonly seller: SellerFacts;
  readonly fromDay: number;
  readonly toDay: number;
  /** The seller's customer numbers whose reviews were planted. */
  readonly customers: readonly number[];
}

export class Calendar {
  private readonly byMarketplace = new Map<string, Surge[]>();
  private readonly byTeam = new Map<string, Surge[]>();
  readonly attacks: readonly BotAttack[];

  constructor(
    seed: number,
    days: number,
    places: readonly Place[],
    teams: readonly Team[],
    sellers: Sellers,
    parameters: Parameters,
  ) {
    const random = Random.stream(seed, 'calendar');
    const months = days / 30;
    const surges = (mean: number, longest: number): Surge[] =>
      Array.from({ length: poisson(random, mean * months) }, () => {
        const fromDay = random.int(0, days - 1);
        return {
          fromDay,
          toDay: fromDay + random.int(0, longest - 1),
          factor: random.between(parameters.surgeLow, parameters.surgeHigh),
        };
      });
    for (const place of places) this.byMarketplace.set(place.marketplace, surges(parameters.salesPerMonth, 3));
    for (const team of teams) this.byTeam.set(team.name, surges(parameters.rushesPerMonth, 2));
    const first = places[0];
    if (first && ![...this.byMarketplace.values()].some((list) => list.length > 0)) {
      const fromDay = random.int(0, days - 1);
      this.byMarketplace.set(first.marketplace, [{ fromDay, toDay: fromDay, factor: parameters.surgeHigh }]);
    }
    this.attacks = places.flatMap(({ marketplace }) =>
      Array.from({ length: poisson(random, parameters.botAttacksPerMonth * months) }, () => {
        const seller = sellers.popular(random, marketplace);
        const fromDay = random.int(0, days - 1);
        const size = Math.min(seller.customers, random.int(6, 25));
        const customers = Array.from({ length: size }, () => random.int(0, seller.customers - 1));
        return { marketplace, seller, fromDay, toDay: fromDay + random.int(2, 9), customers };
      }),
    );
  }

  /** How many times a usual day's work lands on the team. */
  factor(team: Team, day: number): number {
    const all = [...(this.byMarketplace.get(team.place.marketplace) ?? []), ...(this.byTeam.get(team.name) ?? [])];
    return all.reduce((most, one) => (one.fromDay <= day && day <= one.toDay ? Math.max(most, one.factor) : most), 1);
  }

  /** Days and factors of a marketplace's sales. */
  salesOf(marketplace: string): readonly Surge[] {
    return this.byMarketplace.get(marketplace) ?? [];
  }

  attackOn(marketplace: string, day: number): BotAttack | null {
    return (
      this.attacks.find((one) => one.marketplace === marketplace && one.fromDay <= day && day <= one.toDay) ?? null
    );
  }
}
