// Findings of the kinds that weigh something other than one person's conduct: named pieces of evidence, a sentence, and the accesses
// that bear it out.

import { round, surprise } from '../stats/combine.js';
import { dayText, startOf } from '../time.js';
import type { JudgedAccess } from './conduct.js';
import { combinedLogs } from './evidence.js';
import { address, anomalyId, type Finding, levelReasoning } from './finding.js';
import type { EntityKey, FindingInput } from './kind.js';
import { windowStart } from './read-set.js';
import { score } from './scale.js';

export interface Piece {
  readonly name: string;
  readonly observed: number;
  readonly expected: number;
  /** natural logarithm of the probability under honest behaviour */
  readonly logP: number;
  readonly inputs: Readonly<Record<string, number | string>>;
}

export const surpriseOf = (pieces: readonly Piece[]): number => combinedLogs(pieces.map((piece) => piece.logP));

export interface Told {
  readonly summary: string;
  readonly seller?: string;
  readonly cluster?: string;
  readonly pieces: readonly Piece[];
  readonly observed: Readonly<Record<string, unknown>>;
  /** the earliest moment of the sheet's day at which it was known */
  readonly detectedAt: number;
}

const MAX_EVIDENCE = 100;

/** `actor`, `seller` or `cluster` and the id of an entity. */
export function entityOf(key: EntityKey): { readonly kind: string; readonly id: string } {
  const space = key.indexOf(' ');
  return { kind: key.slice(0, space), id: key.slice(space + 1) };
}

export function tell(input: FindingInput<unknown>, told: Told): Finding {
  const { definition, day, assessed, level, accesses, judged } = input;
  const { days } = definition.window;
  const start = windowStart(day, days);
  const { kind, id } = entityOf(assessed.key);
  return address({
    anomaly_id: anomalyId(definition.id, kind === 'actor' ? id : assessed.key, days, start),
    detection: definition.id,
    detection_version: definition.version,
    severity: level.severity,
    score: score(level.alarmsPerDay),
    actor_id: kind === 'actor' ? id : '',
    seller_id: kind === 'seller' ? id : (told.seller ?? ''),
    cluster_id: kind === 'cluster' ? id : (told.cluster ?? ''),
    window_start: startOf(start),
    window_end: startOf(start + days),
    summary: told.summary,
    factors: told.pieces
      .map(({ name, observed, expected, logP }) => ({
        name,
        observed,
        expected: round(expected, 4),
        contribution: surprise(logP),
      }))
      .sort((a, b) => b.contribution - a.contribution || (a.name < b.name ? -1 : 1)),
    event_count: accesses.length,
    customer_count: new Set(accesses.flatMap((access) => access.customer_ids)).size,
    evidence_event_ids: unexplainedFirst(accesses),
    detected_at: told.detectedAt,
    reasoning: JSON.stringify({
      window: { from: dayText(start), days },
      observed: told.observed,
      evidence: told.pieces.map(({ name, observed, expected, logP, inputs }) => ({
        name,
        observed,
        expected: round(expected, 4),
        minus_log10_p: surprise(logP),
        inputs,
      })),
      combined: { method: 'the smaller of Fisher and Bonferroni, doubled', minus_log10_p: assessed.surprise },
      ...levelReasoning(level, judged),
    }),
  });
}

function unexplainedFirst(accesses: readonly JudgedAccess[]): string[] {
  return accesses
    .map((access, at) => ({ access, at }))
    .sort((a, b) => Number(a.access.explained === 'yes') - Number(b.access.explained === 'yes') || a.at - b.at)
    .slice(0, MAX_EVIDENCE)
    .sort((a, b) => a.at - b.at)
    .map(({ access }) => access.event_id);
}

/** The first access on the sheet's day, else its start: what happened earlier was told by an earlier sheet. */
export const firstOnDay = (accesses: readonly JudgedAccess[], dayStartMs: number): number =>
  accesses.find((access) => access.occurred_at >= dayStartMs)?.occurred_at ?? dayStartMs;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
