// What an alert is, and whom it rightly names. An alert is a distinct pair (UTC day of detected_at, entity).

import type { Offender } from './truth.js';

const DAY_MS = 86_400_000;
/** An offender is credited up to this long after the campaign's end. */
export const CREDIT_AFTER_MS = 3 * DAY_MS;

export interface Entity {
  readonly kind: 'actor' | 'seller' | 'cluster';
  readonly id: string;
}

/** A row that may alert, of keyhole or of a simple rule. */
export interface Finding {
  readonly entity: Entity;
  readonly score: number;
  readonly detectedMs: number;
}

export interface Alert extends Finding {
  /** Days since 1970. */
  readonly day: number;
}

/** The entity of an anomaly: the actor, else the seller, else the cluster; null when it names none. */
export function entityOf(row: {
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
}): Entity | null {
  if (row.actor_id !== '') return { kind: 'actor', id: row.actor_id };
  if (row.seller_id !== '') return { kind: 'seller', id: row.seller_id };
  return row.cluster_id !== '' ? { kind: 'cluster', id: row.cluster_id } : null;
}

export const keyOf = ({ kind, id }: Entity): string => `${kind} ${id}`;

/** Distinct alerts, highest score first; each with the best score of its rows and the earliest time. */
export function alertsOf(findings: readonly Finding[]): Alert[] {
  const alerts = new Map<string, Alert>();
  for (const { entity, score, detectedMs } of findings) {
    const day = Math.floor(detectedMs / DAY_MS);
    const key = `${day} ${keyOf(entity)}`;
    const known = alerts.get(key);
    alerts.set(key, {
      entity,
      day,
      score: Math.max(score, known?.score ?? Number.NEGATIVE_INFINITY),
      detectedMs: Math.min(detectedMs, known?.detectedMs ?? Number.POSITIVE_INFINITY),
    });
  }
  return [...alerts.values()].sort(
    (a, b) => b.score - a.score || a.detectedMs - b.detectedMs || (keyOf(a.entity) < keyOf(b.entity) ? -1 : 1),
  );
}

/** Whether the alert names the offender, or a seller or cluster of the campaign. */
function names(alert: Alert, offender: Offender): boolean {
  const { kind, id } = alert.entity;
  if (kind === 'actor') return offender.actorId === id;
  return (kind === 'seller' ? offender.sellerIds : offender.clusterIds).has(id);
}

/** Right, and in time: between the campaign's start and three days after its end. */
export function credits(alert: Alert, offender: Offender): boolean {
  return rightly(alert, offender) && alert.detectedMs <= offender.toMs + CREDIT_AFTER_MS;
}

/** Right, if perhaps too late to be credited; an alert before the campaign began is a false one. */
export function rightly(alert: Alert, offender: Offender): boolean {
  return names(alert, offender) && alert.detectedMs >= offender.fromMs;
}
