// Everybody's amounts under each seller: what "popular" means. Looked up only for the sellers that are weighed; each day's
// totals are added up once and kept as long as the day's block is.

import type { Conduct, ConductDefinition } from '../detections/definition.js';
import { ensure, push } from '../maps.js';
import { meanClump } from './clumps.js';
import { amountOf, type ConductFigures, isCounted } from './conduct.js';
import type { ActionDay, DayBlock } from './day.js';
import type { SellerTraffic } from './evidence.js';

interface DayTraffic {
  readonly all: number;
  readonly bySeller: ReadonlyMap<string, number>;
  readonly byActor: ReadonlyMap<string, readonly ActionDay[]>;
}

const remembered = new WeakMap<DayBlock, Map<string, DayTraffic>>();

function trafficOf(block: DayBlock, judge: Conduct): DayTraffic {
  const ofBlock = ensure(remembered, block, () => new Map<string, DayTraffic>());
  return ensure(ofBlock, `${judge.amount} ${judge.counts} ${judge.actions.join(' ')}`, () => addUp(block, judge));
}

function addUp(block: DayBlock, judge: Conduct): DayTraffic {
  const kind = judge.amount;
  const bySeller = new Map<string, number>();
  const byActor = new Map<string, ActionDay[]>();
  let all = 0;
  for (const action of judge.actions) {
    for (const row of block.byAction.get(action) ?? []) {
      if (!isCounted(judge, row.justified)) continue;
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

export const sellerAmounts = (row: ActionDay, kind: Conduct['amount']): readonly number[] =>
  kind === 'customers' ? row.seller_customers : row.seller_events;

export interface ActorTraffic {
  readonly othersAmount: number;
  sellerTraffic(seller: string): SellerTraffic;
  clusterTraffic(cluster: string): SellerTraffic;
}

export interface Traffic {
  readonly clump: number;
  of(actor: string, figures: ConductFigures): ActorTraffic;
}

export interface TrafficInput {
  readonly definition: ConductDefinition;
  readonly baseline: readonly DayBlock[];
  readonly window: readonly DayBlock[];
  readonly clustersOf: (seller: string) => readonly string[];
}

export function createTraffic({ definition, baseline, window, clustersOf }: TrafficInput): Traffic {
  const { judge } = definition;
  const before = baseline.map((block) => trafficOf(block, judge));
  const days = [...before, ...window.map((block) => trafficOf(block, judge))];
  const all = days.reduce((sum, day) => sum + day.all, 0);
  const totals = new Map<string, number>();
  const totalOf = (seller: string): number =>
    ensure(totals, seller, () => days.reduce((sum, day) => sum + (day.bySeller.get(seller) ?? 0), 0));
  let members: Map<string, string[]> | null = null;
  const membersOf = (cluster: string): readonly string[] => {
    members ??= clusterMembers(days, clustersOf);
    return members.get(cluster) ?? [];
  };
  return {
    clump: clumpOf(before, judge.amount, definition.window.days),
    of(actor, figures) {
      let ownAll = 0;
      for (const day of days) for (const row of day.byActor.get(actor) ?? []) ownAll += amountOf(row, judge.amount);
      const sellerTraffic = (seller: string): SellerTraffic => {
        let own = 0;
        for (const day of before) {
          for (const row of day.byActor.get(actor) ?? []) {
            own += sellerAmounts(row, judge.amount)[row.sellers.indexOf(seller)] ?? 0;
          }
        }
        return { own, others: Math.max(0, totalOf(seller) - own - (figures.sellers.get(seller)?.amount ?? 0)) };
      };
      const clusterTraffic = (cluster: string): SellerTraffic => {
        const each = membersOf(cluster).map(sellerTraffic);
        return {
          own: each.reduce((sum, one) => sum + one.own, 0),
          others: each.reduce((sum, one) => sum + one.others, 0),
        };
      };
      return { othersAmount: all - ownAll, sellerTraffic, clusterTraffic };
    },
  };
}

function clusterMembers(
  days: readonly DayTraffic[],
  clustersOf: (seller: string) => readonly string[],
): Map<string, string[]> {
  const sellers = new Set<string>();
  for (const day of days) for (const seller of day.bySeller.keys()) sellers.add(seller);
  const members = new Map<string, string[]>();
  for (const seller of sellers) for (const cluster of clustersOf(seller)) push(members, cluster, seller);
  return members;
}

/** One person's amount under one seller: in a day where windows are days, in the whole baseline where they are longer. */
function clumpOf(before: readonly DayTraffic[], kind: Conduct['amount'], windowDays: number): number {
  const clumps: number[] = [];
  const long = new Map<string, number>();
  for (const day of before) {
    for (const [actor, rows] of day.byActor) {
      for (const row of rows) {
        const amounts = sellerAmounts(row, kind);
        row.sellers.forEach((seller, i) => {
          const amount = amounts[i] as number;
          if (seller === '' || amount === 0) return;
          if (windowDays === 1) clumps.push(amount);
          else long.set(`${actor} ${seller}`, (long.get(`${actor} ${seller}`) ?? 0) + amount);
        });
      }
    }
  }
  return meanClump(windowDays === 1 ? clumps : [...long.values()]);
}
