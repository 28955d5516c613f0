// The reason an offender gives: none, a case opened afterwards, one of their own, or a genuine number borrowed for something else.

import type { CaseKind } from '../../core/feeds/records.js';
import { PORTAL } from '../honest/cases.js';
import type { Desk } from '../honest/desk.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import type { Random } from '../random/random.js';
import { HOUR_MS } from '../time.js';

export type CoverStyle = 'none' | 'late' | 'self' | 'borrowed' | 'mixed';

const PLAIN = ['none', 'late', 'self', 'borrowed'] as const;

export function drawStyle(random: Random): CoverStyle {
  return random.pick(['none', 'none', 'late', 'self', 'borrowed', 'mixed'] as const);
}

/** Gives case numbers in one style; a case serves for several accesses, as a lazy cover story does. */
export class Cover {
  private borrowed: string | null = null;
  private current: { readonly id: string; uses: number } | null = null;

  constructor(private readonly style: CoverStyle) {}

  reason(desk: Desk, kind: CaseKind, seller: SellerFacts | null, buyers: readonly Buyer[]): string | null {
    const style = this.style === 'mixed' ? desk.random.pick(PLAIN) : this.style;
    switch (style) {
      case 'none':
        return null;
      case 'late':
        return this.reuse(desk, () => desk.openLate({ kind, seller, buyers }));
      case 'self':
        return buyers.length > 0
          ? desk.openOwn({ kind, seller, buyers }).id
          : this.reuse(desk, () => desk.openOwn({ kind, seller, buyers }).id);
      case 'borrowed':
        return this.borrow(desk, seller);
    }
  }

  private reuse(desk: Desk, open: () => string): string {
    if (!this.current || this.current.uses <= 0) this.current = { id: open(), uses: desk.random.int(3, 25) };
    this.current.uses--;
    return this.current.id;
  }

  /** A true ticket of one other customer of the seller, stretched over everything. */
  private borrow(desk: Desk, seller: SellerFacts | null): string {
    if (this.borrowed) return this.borrowed;
    const { world, random, person } = desk;
    const buyers = seller ? [world.organisation.sellers.anyBuyer(random, seller)] : [];
    const openedMs = Math.round(desk.now - random.between(1, 20) * HOUR_MS);
    const held = world.cases.open(random, {
      kind: 'support',
      openedMs,
      openedBy: PORTAL,
      assigneeId: person.id,
      seller,
      buyers,
    });
    this.borrowed = held.id;
    return held.id;
  }
}
