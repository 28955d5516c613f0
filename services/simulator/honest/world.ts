// What everybody at work shares: the organisation, the records being written, and which sellers are suspended just now.

import type { SellerEnforcement } from '../../core/feeds/records.js';
import type { Organisation } from '../organisation/organisation.js';
import type { SellerFacts } from '../organisation/sellers.js';
import type { Timeline } from '../output/timeline.js';
import type { Random } from '../random/random.js';
import type { CaseBook } from './cases.js';

export interface World {
  readonly organisation: Organisation;
  readonly timeline: Timeline;
  readonly cases: CaseBook;
  readonly suspended: Suspended;
  /** After this nothing is written. */
  readonly endMs: number;
}

/** Sellers waiting to be heard, per marketplace. Only honest work reads it, so campaigns leave it alone. */
export class Suspended {
  private readonly byMarketplace = new Map<string, SellerFacts[]>();

  add(seller: SellerFacts): void {
    const list = this.byMarketplace.get(seller.marketplace) ?? [];
    if (!list.includes(seller)) list.push(seller);
    this.byMarketplace.set(seller.marketplace, list);
  }

  has(seller: SellerFacts): boolean {
    return this.byMarketplace.get(seller.marketplace)?.includes(seller) ?? false;
  }

  remove(seller: SellerFacts): void {
    const list = this.byMarketplace.get(seller.marketplace) ?? [];
    const at = list.indexOf(seller);
    if (at >= 0) list.splice(at, 1);
  }

  any(random: Random, marketplace: string): SellerFacts | null {
    const list = this.byMarketplace.get(marketplace) ?? [];
    return list.length > 0 ? random.pick(list) : null;
  }
}

const REASONS = ['fake-reviews', 'counterfeit', 'linked-account', 'late-shipments', 'unverified-identity'] as const;

export interface Decision {
  readonly seller: SellerFacts;
  readonly kind: SellerEnforcement['kind'];
  readonly atMs: number;
  readonly caseId: string | null;
  readonly decidedBy: string | null;
}

/** Writes the enforcement record of a decision. */
export function record(world: World, random: Random, decision: Decision): void {
  world.timeline.context('seller-enforcements', decision.atMs, {
    enforcement_id: `n-${random.id()}`,
    seller_id: decision.seller.id,
    kind: decision.kind,
    at: Math.round(decision.atMs),
    reason: decision.kind === 'reinstated' ? 'appeal-granted' : random.pick(REASONS),
    case_id: decision.caseId,
    decided_by: decision.decidedBy,
  });
}
