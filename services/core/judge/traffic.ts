// Everybody's amounts under each seller: what "popular" means. Looked up only for the sellers that are weighed; each day's
// totals are added up once and kept as long as the day's block is.

import type { AmountKind, ConductDefinition } from '../detections/definition.js';
import { ensure, push } from '../maps.js';
import { amountOf, type ConductFigures } from './conduct.js';
import type { ActionDay, DayBlock } from './day.js';
import type { SellerTraffic } from './evidence.js';

interface DayTraffic {
  readonly all: number;
  readonly bySeller: ReadonlyMap<string, number>;
  readonly byActor: ReadonlyMap<string, readonly ActionDay[]>;
}

const remembered = new WeakMap<DayBlock, Map<string, DayTraffic>>();

function trafficOf(block: DayBlock, actions: readonly string[], kind: AmountKind): DayTraffic {
  const ofBlock = ensure(remembered, block, () => new Map<string, DayTraffic>());
  return ensure(ofBlock, `${kind} ${actions.join(' ')}`, () => addUp(block, actions, kind));
}

function addUp(block: DayBlock, actions: readonly string[], kind: AmountKind): DayTraffic {
  const bySeller = new Map<string, number>();
  const byActor = new Map<string, ActionDay[]>();
  let all = 0;
  for (const action of actions) {
    for (const row of block.byAction.get(action) ?? []) {
      all += amountOf(row, kind);
      push(byActor, row.actor_id, row);
      const amounts = sellerAmounts(row, kind);
      row.sellers.forEach((seller, i) => {
        bySeller.set(seller, (bySeller.get(seller) ?? 0) + (amounts[i] as number));
      });
    }
  }
  return { all, bySeller, byActor };
}

export const sellerAmounts = (row: ActionDay, kind: AmountKind): readonly number[] =>
  kind === 'customers' ? row.seller_customers : row.seller_events;

export interface Traffic {
  of(actor: string, figures: ConductFigures): { othersAmount: number; sellerTraffic(seller: string): SellerTraffic };
}

export function createTraffic(
  { judge }: ConductDefinition,
  baseline: readonly DayBlock[],
  window: readonly DayBlock[],
): Traffic {
  const before = baseline.map((block) => trafficOf(block, judge.actions, judge.amount));
  const days = [...before, ...window.map((block) => trafficOf(block, judge.actions, judge.amount))];
  const all = days.reduce((sum, day) => sum + day.all, 0);
  const totals = new Map<string, number>();
  const totalOf = (seller: string): number => {
    let total = totals.get(seller);
    if (total === undefined) {
      total = 0;
      for (const day of days) total += day.bySeller.get(seller) ?? 0;
      totals.set(seller, total);
    }
    return total;
  };
  return {
    of(actor, figures) {
      let ownAll = 0;
      for (const day of days) for (const row of day.byActor.get(actor) ?? []) ownAll += amountOf(row, judge.amount);
      return {
        othersAmount: all - ownAll,
        sellerTraffic(seller) {
          let own = 0;
          for (const day of before) {
            for (const row of day.byActor.get(actor) ?? [])
              own += sellerAmounts(row, judge.amount)[row.sellers.indexOf(seller)] ?? 0;
          }
          return { own, others: Math.max(0, totalOf(seller) - own - (figures.sellers.get(seller)?.amount ?? 0)) };
        },
      };
    },
  };
}
