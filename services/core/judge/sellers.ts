// Which marketplace and category a seller belongs to, as of a time. Often unknown: then it is in no niche.

import type { Seller } from '../feeds/records.js';
import { push } from '../maps.js';

export interface Niche {
  readonly marketplace: string;
  readonly category: string;
}

export interface Sellers {
  /** null when the seller is unknown; the latest record up to the time counts, else the first */
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
      const list = bySeller.get(sellerId);
      let found = list?.[0];
      for (const record of list ?? []) {
        if (record.valid_from > timeMs) break;
        found = record;
      }
      return found ?? null;
    },
  };
}
