// The canary rule: a customer who does not exist was returned. Certain, so it has no statistics; its place on the common
// scale is the number of honest alarms a day that its definition declares, over the number of hits.

import type { Definition } from '../detections/definition.js';
import { round } from '../stats/combine.js';
import { type Day, dayText, startOf } from '../time.js';
import type { JudgedAccess } from './conduct.js';
import type { DayBlock } from './day.js';
import { address, anomalyId, type Finding } from './finding.js';
import { score, severity } from './scale.js';
import type { Unscored } from './sheet.js';

export interface CanarySheet {
  readonly hits: ReadonlyMap<string, number>;
  readonly unscored: readonly Unscored[];
}

/** Actors whose accesses returned a canary in the window. Machines read everybody, canaries included, and are listed as unscored. */
export function judgeCanaries(window: readonly DayBlock[]): CanarySheet {
  const hits = new Map<string, number>();
  const machines = new Set<string>();
  for (const block of window) {
    for (const rows of block.byAction.values()) {
      for (const row of rows) {
        if (row.canary_hits === 0) continue;
        if (row.actor_kind === 'service') machines.add(row.actor_id);
        else hits.set(row.actor_id, (hits.get(row.actor_id) ?? 0) + row.canary_hits);
      }
    }
  }
  const unscored = [...machines].sort().map((entity): Unscored => ({ entity, reason: 'not_a_person' }));
  return { hits, unscored };
}

export interface CanaryFindingInput {
  readonly definition: Definition;
  readonly start: Day;
  readonly actorId: string;
  readonly hits: number;
  readonly budgetShare: number;
  readonly nominalAlarmsPerDay: number;
  /** accesses that returned a canary, ascending by (occurred_at, event_id) */
  readonly accesses: readonly JudgedAccess[];
  /** distinct canaries among them */
  readonly canaries: number;
}

export function toCanaryFinding(input: CanaryFindingInput): Finding {
  const { definition, start, actorId, hits, accesses, nominalAlarmsPerDay, budgetShare } = input;
  const days = definition.window.days;
  const alarms = nominalAlarmsPerDay / hits;
  const sellers = new Set(accesses.map((access) => access.seller_id ?? ''));
  const explained = accesses.filter((access) => access.explained === 'yes').length;
  const actions = [...new Set(accesses.map((access) => access.action))].sort().join(', ');
  const people =
    input.canaries === 1 ? '1 customer who does not exist' : `${input.canaries} customers who do not exist`;
  return address({
    anomaly_id: anomalyId(definition.id, actorId, days, start),
    detection: definition.id,
    detection_version: definition.version,
    severity: severity(alarms, budgetShare) ?? 'low',
    score: score(alarms),
    actor_id: actorId,
    seller_id: sellers.size === 1 ? ([...sellers][0] ?? '') : '',
    cluster_id: '',
    window_start: startOf(start),
    window_end: startOf(start + days),
    summary: `${actorId} ${definition.words.did.replace('{amount}', people)} (${actions}); nobody has a reason to; ${explained} of ${accesses.length} accesses explained by a case`,
    factors: [
      { name: 'canary', observed: hits, expected: nominalAlarmsPerDay, contribution: round(-Math.log10(alarms), 6) },
    ],
    event_count: accesses.length,
    customer_count: input.canaries,
    evidence_event_ids: accesses.slice(0, 100).map((access) => access.event_id),
    detected_at: accesses[0]?.occurred_at ?? startOf(start),
    reasoning: JSON.stringify({
      window: { from: dayText(start), days },
      observed: { hits, canaries: input.canaries, accesses: accesses.length, explained_yes: explained },
      rule: 'a customer planted as a canary was returned; alarms_per_day = nominal_alarms_per_day / hits',
      nominal_alarms_per_day: nominalAlarmsPerDay,
      alarms_per_day: alarms,
      budget_share: budgetShare,
    }),
  });
}
