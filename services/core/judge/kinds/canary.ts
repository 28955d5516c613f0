// The canary rule: a customer who does not exist was returned. Certain, so it has no statistics; its surprise follows from the number
// of honest alarms a day that its definition declares, over the number of hits.

import type { Definition } from '../../detections/definition.js';
import { round } from '../../stats/combine.js';
import { type Day, dayText, startOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import { address, anomalyId, type Finding, levelReasoning } from '../finding.js';
import { kindOf } from '../frame.js';
import { type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { windowStart } from '../read-set.js';
import { score } from '../scale.js';
import type { World } from '../world.js';

interface Hits {
  readonly actorId: string;
  readonly hits: number;
}

export const canary: Kind<Hits> = {
  parts: ['frames'],
  rangeRead: (definition, day) => ({ from: windowStart(day, definition.window.days), to: day + 1 }),
  judge: judgeCanaries,
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: [detail.actorId],
    canaries: true,
  }),
  finding: canaryFinding,
};

const nominalOf = ({ judge }: Definition): number => (judge.kind === 'canary' ? judge.nominal_alarms_per_day : 1);

/** Actors whose accesses returned a canary in the window. Machines read everybody, canaries included, and are listed as unscored. */
function judgeCanaries(definition: Definition, day: Day, world: World): RawSheet<Hits> {
  const hits = new Map<string, number>();
  const machines = new Set<string>();
  let anybody = false;
  for (let d = windowStart(day, definition.window.days); d <= day; d++) {
    const frame = world.frame(d);
    if (frame === undefined) continue;
    anybody = true;
    for (let row = 0; row < frame.rows; row++) {
      const found = frame.canaryHits[row] as number;
      if (found === 0) continue;
      const actor = world.names.actors.textOf(frame.actor[row] as number);
      if (kindOf(frame, row) === 'service') machines.add(actor);
      else hits.set(actor, (hits.get(actor) ?? 0) + found);
    }
  }
  const assessed = [...hits].map(([actorId, count]) => ({
    key: `actor ${actorId}`,
    surprise: round(-Math.log10(nominalOf(definition) / count), 6),
    detail: { actorId, hits: count },
  }));
  const unscored = [...machines].sort().map((entity) => ({ entity, reason: 'not_a_person' as const }));
  return { judged: anybody ? 1 : 0, top: topOf(assessed, SAMPLE_SIZE), unscored };
}

function canaryFinding(input: FindingInput<Hits>): Finding {
  const { definition, day, assessed, level, canaries, judged } = input;
  const { actorId, hits } = assessed.detail;
  const { days } = definition.window;
  const start = windowStart(day, days);
  const accesses = input.accesses;
  const planted = new Set(accesses.flatMap((access) => access.customer_ids.filter((id) => canaries.has(id)))).size;
  const sellers = new Set(accesses.map((access) => access.seller_id ?? ''));
  const explained = accesses.filter((access) => access.explained === 'yes').length;
  const actions = [...new Set(accesses.map((access) => access.action))].sort().join(', ');
  const people = planted === 1 ? '1 customer who does not exist' : `${planted} customers who do not exist`;
  return address({
    anomaly_id: anomalyId(definition.id, actorId, days, start),
    detection: definition.id,
    detection_version: definition.version,
    severity: level.severity,
    score: score(level.alarmsPerDay),
    actor_id: actorId,
    seller_id: sellers.size === 1 ? ([...sellers][0] ?? '') : '',
    cluster_id: '',
    window_start: startOf(start),
    window_end: startOf(start + days),
    summary: `${actorId} ${definition.words.did.replace('{amount}', people)} (${actions}); nobody has a reason to; ${explained} of ${accesses.length} accesses explained by a case`,
    factors: [{ name: 'canary', observed: hits, expected: nominalOf(definition), contribution: assessed.surprise }],
    event_count: accesses.length,
    customer_count: planted,
    evidence_event_ids: accesses.slice(0, 100).map((access) => access.event_id),
    detected_at: accesses[0]?.occurred_at ?? startOf(day),
    reasoning: JSON.stringify({
      window: { from: dayText(start), days },
      observed: { hits, canaries: planted, accesses: accesses.length, explained_yes: explained },
      rule: 'a customer planted as a canary was returned; the probability is nominal_alarms_per_day over the hits',
      nominal_alarms_per_day: nominalOf(definition),
      ...levelReasoning(level, judged),
    }),
  });
}
