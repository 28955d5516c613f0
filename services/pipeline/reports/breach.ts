// What a breach notification asks beyond the affected customers: when it was found and confirmed, how many records, and what was done.

import type { BreachFacts } from '../../core/reporting/facts-people.js';
import { type AffectedSubject, askAffected, exposedBy } from './affected.js';
import { type Asking, askOne } from './ask.js';
import { askDispositions, askRestrictions } from './incident-circle.js';

export async function askBreach(
  asking: Asking,
  given: AffectedSubject,
  awareAtMs: number | null,
): Promise<BreachFacts> {
  const affected = await askAffected(asking, given);
  const exposed = await exposedBy(asking, given);
  const ids = affected.scope.map(({ anomaly_id }) => anomaly_id);
  const dispositions = await askDispositions(asking, ids);
  const { records, accesses } = await askOne<{ records: number; accesses: number }>(
    asking,
    `SELECT sum(record_count) AS records, count() AS accesses FROM {db}.accesses WHERE ${exposed.sql}`,
    exposed.params,
  );
  return {
    affected,
    aware_at: awareAtMs === null ? '' : new Date(awareAtMs).toISOString(),
    confirmed_at: dispositions.find(({ disposition }) => disposition === 'confirmed')?.at ?? '',
    first_detected: affected.scope[0]?.detected_at ?? '',
    records,
    accesses,
    complaints: affected.customers.reduce((sum, { complaints }) => sum + complaints, 0),
    dispositions,
    restrictions: await askRestrictions(asking, [...new Set(affected.scope.map(({ actor_id }) => actor_id))]),
  };
}
