// Which marketplace and category a seller belongs to, as of a time. Often unknown, as before its first record: then it is in no niche.

import type { Seller } from '../feeds/records.js';
import { push } from '../maps.js';

export interface Niche {
  readonly marketplace: string;
  readonly category: string;
}

export interface Sellers {
  /** the latest record up to the time counts; null when there is none */
  nicheOf(sellerId: string, timeMs: number): Niche | null;
  readonly version: bigint;
}

export function createSellers(records: readonly Seller[], version: bigint): Sellers {
  const bySeller = new Map<string, Seller[]>();
  for (const record of records) push(bySeller, record.seller_id, record);
  for (const list of bySeller.values()) list.sort((a, b) => a.valid_from - b.valid_from);
  return {
    version,
    nicheOf(sellerId, timeMs) {
      return bySeller.get(sellerId)?.findLast(({ valid_from }) => valid_from <= timeMs) ?? null;
    },
  };
}
