// What every destination was told about every anomaly, in memory, rebuilt from the outbox at start. Decides, of a notice, which items
// follow; writes nothing.

import { type Item, toItem } from '../core/alerting/item.js';
import type { Notice, Severity } from '../core/alerting/notice.js';
import { plan } from '../core/alerting/plan.js';
import type { Recovered, ToldItem } from './outbox.js';

export interface Ledger {
  /** Items that the notice calls for. They count as told once `note` has seen them. */
  itemsFor(notice: Notice, routedTo: readonly string[], nowMs: number): Item[];
  /** Items that end what was told of the anomaly: an investigator has spoken. */
  endOf(anomalyId: string, why: string, nowMs: number): Item[];
  /** Items for anomalies told before `sinceMs` and not ended, at these destinations. `rung` tells escalations apart. */
  escalationsOf(
    severities: readonly Severity[],
    sinceMs: number,
    destinations: readonly string[],
    rung: number,
    nowMs: number,
  ): Item[];
  note(items: readonly Item[]): void;
  /** What a destination that forgets must be told again: the last item of each anomaly that has not ended. */
  activeAt(destination: string): readonly Item[];
}

export function createLedger({ told: recovered, escalated }: Pick<Recovered, 'told' | 'escalated'>): Ledger {
  const byAnomaly = new Map<string, Map<string, ToldItem>>();
  const reviewed = new Set<string>();
  const escalations = new Set(escalated);
  const remember = (told: ToldItem): void => {
    const one = byAnomaly.get(told.item.anomaly_id) ?? new Map<string, ToldItem>();
    one.set(told.destination, told);
    byAnomaly.set(told.item.anomaly_id, one);
  };
  for (const told of recovered) remember(told);

  const resolve = ({ destination, item }: ToldItem, detail: string, nowMs: number): Item =>
    toItem({ destination, action: 'resolve', notice: item.notice, createdAt: nowMs, detail });
  const active = (anomalyId: string): ToldItem[] =>
    [...(byAnomaly.get(anomalyId)?.values() ?? [])].filter(({ action }) => action !== 'resolve');

  return {
    itemsFor(notice, routedTo, nowMs) {
      const told = byAnomaly.get(notice.anomaly_id);
      const destinations = new Set([...routedTo, ...(told?.keys() ?? [])]);
      const items: Item[] = [];
      for (const destination of destinations) {
        const last = told?.get(destination);
        const action = plan(notice, routedTo.includes(destination), last);
        if (action === null) continue;
        if (action === 'resolve') {
          if (last !== undefined) items.push(resolve(last, last.item.item_id, nowMs));
        } else if (notice.status === 'open' && !reviewed.has(notice.anomaly_id)) {
          items.push(
            toItem({
              destination,
              action,
              notice,
              createdAt: nowMs,
              knownAs: action === 'update' ? (last?.severity ?? null) : null,
              detail: last?.item.item_id ?? '',
            }),
          );
        }
      }
      return items;
    },
    endOf(anomalyId, why, nowMs) {
      reviewed.add(anomalyId);
      return active(anomalyId).map((told) => resolve(told, `${why}\n${told.item.item_id}`, nowMs));
    },
    escalationsOf(severities, sinceMs, destinations, rung, nowMs) {
      const items: Item[] = [];
      for (const [anomalyId, told] of byAnomaly) {
        const first = [...told.values()].reduce<ToldItem | null>(
          (best, one) => (best === null || one.sinceMs < best.sinceMs ? one : best),
          null,
        );
        if (first === null || reviewed.has(anomalyId) || first.sinceMs > sinceMs || active(anomalyId).length === 0)
          continue;
        if (!severities.includes(first.severity)) continue;
        for (const destination of destinations) {
          const item = toItem({
            destination,
            action: 'escalate',
            notice: { ...first.item.notice, content: '' },
            createdAt: nowMs,
            detail: `rung ${rung}`,
          });
          if (!escalations.has(item.item_id)) items.push(item);
        }
      }
      return items;
    },
    note(items) {
      for (const item of items) {
        if (item.action === 'escalate') escalations.add(item.item_id);
        const sinceMs = byAnomaly.get(item.anomaly_id)?.get(item.destination)?.sinceMs ?? item.createdAt;
        remember({
          destination: item.destination,
          item,
          action: item.action,
          severity: item.severity,
          score: item.notice.score,
          sinceMs,
        });
      }
    },
    activeAt: (destination) =>
      [...byAnomaly.values()].flatMap((told) => {
        const one = told.get(destination);
        return one === undefined || one.action === 'resolve' ? [] : [one.item];
      }),
  };
}
