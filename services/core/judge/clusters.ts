// Which sellers belong together, as links say up to a time. A seller may be in several clusters; an unknown one is in none.

import type { SellerLink } from '../feeds/records.js';
import { push } from '../maps.js';

export interface Clusters {
  /** ascending, without repeats */
  of(sellerId: string, timeMs: number): readonly string[];
  readonly version: bigint;
}

export function createClusters(links: readonly SellerLink[], version: bigint): Clusters {
  const bySeller = new Map<string, SellerLink[]>();
  for (const link of links) push(bySeller, link.seller_id, link);
  return {
    version,
    of(sellerId, timeMs) {
      const known = bySeller.get(sellerId);
      if (known === undefined) return [];
      return [...new Set(known.filter((link) => link.valid_from <= timeMs).map((link) => link.cluster_id))].sort();
    },
  };
}
