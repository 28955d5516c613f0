// What a run comes to, in lines that can be compared: expected by the oracle, and as stored.

import type { JudgingConfig } from '../../services/pipeline/judging-config.js';
import { judgeEverything, type Verdicts } from './oracle/anomalies.js';
import { explainAll, type OracleAccess } from './oracle/explanations.js';
import { setOf } from './oracle/set.js';
import type { Delivery } from './world/arrival.js';

export interface Outcome {
  readonly accesses: readonly string[];
  /** open ones, each with the digest of its content */
  readonly anomalies: readonly string[];
  readonly unscored: readonly string[];
  readonly openDuties: number;
  readonly deadLetters: number;
}

/** The fields of an access that a conflict may change, and its explanation. */
export type ComparedAccess = Pick<
  OracleAccess['event'],
  | 'actor_id'
  | 'occurred_at'
  | 'event_id'
  | 'action'
  | 'outcome'
  | 'seller_id'
  | 'customer_ids'
  | 'record_count'
  | 'case_id'
>;

export const accessLine = (event: ComparedAccess, explained: string): string =>
  [
    event.actor_id,
    event.occurred_at,
    event.event_id,
    explained,
    event.action,
    event.outcome,
    event.seller_id,
    event.customer_ids.join(','),
    event.record_count,
    event.case_id,
  ].join(' ');

export function expectedOutcome(
  deliveries: readonly Delivery[],
  config: JudgingConfig,
): { readonly expected: Outcome; readonly verdicts: Verdicts } {
  const facts = setOf(deliveries);
  const accesses = explainAll(facts['access-log'], facts['support-cases']);
  const verdicts = judgeEverything(facts, accesses, config);
  const expected: Outcome = {
    accesses: accesses.map(({ event, explained }) => accessLine(event, explained)),
    anomalies: verdicts.findings.map(
      ({ detection, day, anomaly_id, content }) => `${detection} ${day} ${anomaly_id} ${content}`,
    ),
    unscored: verdicts.unscored,
    openDuties: 0,
    deadLetters: deliveries.filter((one) => one === null).length,
  };
  return { expected, verdicts };
}

/** @throws with the first few differences */
export function compareOutcomes(expected: Outcome, seen: Outcome): void {
  compare('accesses', expected.accesses, seen.accesses);
  compare('open anomalies', expected.anomalies, seen.anomalies);
  compare('unscored', expected.unscored, seen.unscored);
  if (seen.openDuties !== 0) throw new Error(`${seen.openDuties} duties are left`);
  if (seen.deadLetters !== expected.deadLetters)
    throw new Error(`${seen.deadLetters} dead letters instead of ${expected.deadLetters}`);
}

function compare(what: string, expected: readonly string[], seen: readonly string[]): void {
  const wanted = new Set(expected);
  const had = new Set(seen);
  const missing = expected.filter((one) => !had.has(one)).sort();
  const tooMany = seen.filter((one) => !wanted.has(one)).sort();
  const repeated = seen.length - had.size;
  if (missing.length + tooMany.length + repeated === 0) return;
  const lines = [...missing.slice(0, 5).map((one) => `  - ${one}`), ...tooMany.slice(0, 5).map((one) => `  + ${one}`)];
  throw new Error(
    `${what}: ${missing.length} missing, ${tooMany.length} too many, ${repeated} repeated\n${lines.join('\n')}`,
  );
}
