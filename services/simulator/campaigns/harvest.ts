// How customers' addresses are taken: so many a shift, spread over it or in one go, one by one or in batches, and what follows:
// some of the customers complain.

import { complain } from '../honest/background.js';
import type { Desk } from '../honest/desk.js';
import type { Person } from '../organisation/people.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import { DAY_MS, SECOND_MS } from '../time.js';
import { Cover, drawStyle } from './cover.js';
import type { DaySpan, Plot, Trace } from './plot.js';

export interface Wanted {
  readonly seller: SellerFacts;
  readonly buyer: Buyer;
}

/** Customers to sell: nearly all of one seller's, mostly its low raters; the rest of anybody's, for noise. */
export function wantedOf(
  plot: Plot,
  seller: SellerFacts,
  count: number,
  focus: { main: number; low: number },
): Wanted[] {
  const { random, world } = plot;
  const { sellers } = world.organisation;
  const main = Math.max(1, Math.round(count * focus.main));
  const wanted: Wanted[] = sellers.harvest(random, seller, main, focus.low).map((buyer) => ({ seller, buyer }));
  while (wanted.length < count) {
    const other = sellers.popular(random, seller.marketplace);
    wanted.push({ seller: other, buyer: sellers.anyBuyer(random, other) });
  }
  return random.sample(wanted, wanted.length);
}

/** Reads the wanted customers over the person's shifts of the span, in equal parts; batchUpTo customers to one call. */
export function readEmails(
  plot: Plot,
  person: Person,
  span: DaySpan,
  wanted: readonly Wanted[],
  batchUpTo: number,
): Trace {
  const { random } = plot;
  const trace = plot.trace(person.id);
  const cover = new Cover(drawStyle(random));
  const desks = plot.desks(person, span);
  trace.concern(mainSellers(wanted));
  const lateInShift = random.chance(0.4);
  desks.forEach((desk, at) => {
    const share = wanted.slice(
      Math.floor((at * wanted.length) / desks.length),
      Math.floor(((at + 1) * wanted.length) / desks.length),
    );
    const groups = grouped(plot, share, batchUpTo);
    const lengthMs = desk.shift.endMs - desk.shift.startMs;
    groups.forEach((group, position) => {
      const part = (position + random.unit()) / groups.length;
      const planned = desk.shift.startMs + lengthMs * (lateInShift ? 0.8 + part * 0.35 : part * 0.95);
      desk.now = Math.max(Math.round(planned), desk.now + random.int(2, 20) * SECOND_MS);
      readGroup(plot, desk, trace, cover, group);
    });
  });
  return trace;
}

function readGroup(plot: Plot, desk: Desk, trace: Trace, cover: Cover, group: readonly Wanted[]): void {
  const first = group[0];
  if (!first) return;
  const buyers = group.map((one) => one.buyer);
  const caseId = cover.reason(desk, 'support', first.seller, buyers);
  const review = group.length === 1 ? first.buyer.review : null;
  plot.act(desk, trace, 'customer_email.read', { seller: first.seller, buyers, review, caseId }, null);
}

/** Those whose customers are wanted: a handful read for noise do not make a seller part of it. */
export function mainSellers(wanted: readonly Wanted[]): SellerFacts[] {
  const counts = new Map<SellerFacts, number>();
  for (const { seller } of wanted) counts.set(seller, (counts.get(seller) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= 0.2 * wanted.length).map(([seller]) => seller);
}

/** Consecutive customers of one seller go into one call. */
function grouped(plot: Plot, wanted: readonly Wanted[], batchUpTo: number): Wanted[][] {
  const groups: Wanted[][] = [];
  let room = 0;
  for (const one of wanted) {
    const last = groups.at(-1);
    if (last && room > 0 && last[0]?.seller === one.seller) {
      last.push(one);
      room--;
    } else {
      groups.push([one]);
      room = plot.random.int(0, batchUpTo - 1);
    }
  }
  return groups;
}

/** Some of the customers are written to by the seller, and some of those complain; nobody when nothing was read (afterMs is infinite). */
export function complaintsAfter(plot: Plot, wanted: readonly Wanted[], afterMs: number, share: number): void {
  if (!Number.isFinite(afterMs)) return;
  for (const { buyer, seller } of wanted) {
    if (!plot.random.chance(share)) continue;
    const known = plot.random.chance(0.7) ? seller : null;
    complain(plot.world, plot.random, buyer, known, afterMs + plot.random.between(1, 18) * DAY_MS);
  }
}
