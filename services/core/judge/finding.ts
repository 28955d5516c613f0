// A finding: what a suspect's row says, made from the sheet's figures and the suspect's own accesses. Content is addressed by its
// digest; the same inputs give the same bytes. Customers appear as counts, never as ids.

import { createHash } from 'node:crypto';
import type { ConductDefinition } from '../detections/definition.js';
import { round, surprise } from '../stats/combine.js';
import { type Day, dayText, startOf } from '../time.js';
import { expectedPerDay } from './calibration.js';
import { addAccess, type Conduct, conductOf, emptyFigures, type JudgedAccess } from './conduct.js';
import { combined, type Evidence, weigh } from './evidence.js';
import type { FindingInput } from './kind.js';
import type { RowLevel } from './levels.js';
import { baselineRange, windowStart } from './read-set.js';
import { type Severity, score } from './scale.js';
import { describe } from './wording.js';

export interface Factor {
  readonly name: string;
  readonly observed: number;
  readonly expected: number;
  /** share of the total surprise, in decades: −log10 of this piece's own probability */
  readonly contribution: number;
}

export interface Finding {
  readonly anomaly_id: string;
  readonly content: string;
  readonly detection: string;
  readonly detection_version: number;
  readonly severity: Severity;
  readonly score: number;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly summary: string;
  readonly factors: readonly Factor[];
  readonly event_count: number;
  readonly customer_count: number;
  readonly evidence_event_ids: readonly string[];
  readonly detected_at: number;
  /** everything a person needs to redo the arithmetic, as JSON */
  readonly reasoning: string;
}

const MAX_EVIDENCE = 100;

export const anomalyId = (detection: string, entity: string, windowDays: number, start: Day): string =>
  sha256(`${detection}\n${entity}\n${windowDays}\n${dayText(start)}`).slice(0, 32);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function address(finding: Omit<Finding, 'content'>): Finding {
  return { ...finding, content: sha256(JSON.stringify(finding)).slice(0, 32) };
}

export function conductFinding(input: FindingInput<Conduct>): Finding {
  const { assessed, day, level, accesses } = input;
  const definition = conductOf(input.definition);
  const { days } = definition.window;
  const start = windowStart(day, days);
  const { detail } = assessed;
  const customers = new Set(accesses.flatMap((access) => access.customer_ids));
  const seller = dominantSeller(detail);
  return address({
    anomaly_id: anomalyId(definition.id, detail.actorId, days, start),
    detection: definition.id,
    detection_version: definition.version,
    severity: level.severity,
    score: score(level.alarmsPerDay),
    actor_id: detail.actorId,
    seller_id: seller,
    cluster_id: dominantCluster(detail.evidence),
    window_start: startOf(start),
    window_end: startOf(start + days),
    summary: describe({ definition, conduct: detail, accesses, seller }),
    factors: factorsOf(detail.evidence),
    event_count: accesses.length,
    customer_count: customers.size,
    evidence_event_ids: evidenceIds(accesses, seller),
    detected_at: detectedAt(input, definition),
    reasoning: JSON.stringify(reasoningOf(input, definition)),
  });
}

const factorsOf = (evidence: readonly Evidence[]): Factor[] =>
  evidence
    .map(({ kind, observed, expected, logP }) => ({ name: kind, observed, expected, contribution: surprise(logP) }))
    .sort((a, b) => b.contribution - a.contribution || (a.name < b.name ? -1 : 1));

/** The seller that most of the amount falls under, where one does: at least half, and at least three. */
function dominantSeller({ figures }: Conduct): string {
  let best = '';
  let most = Math.max(2, figures.amount / 2 - 1e-9);
  for (const [seller, { amount }] of figures.sellers) {
    if (amount > most || (amount === most && best !== '' && seller < best)) {
      best = seller;
      most = amount;
    }
  }
  return best;
}

/** The cluster that the evidence names, where it is evidence at all. */
function dominantCluster(evidence: readonly Evidence[]): string {
  const piece = evidence.find(({ kind, logP }) => kind === 'cluster' && surprise(logP) >= 2);
  return piece === undefined ? '' : String(piece.inputs['cluster']);
}

/** The dominant seller's accesses first, then the unexplained, then in time order; the chosen are listed in time order. */
function evidenceIds(accesses: readonly JudgedAccess[], seller: string): string[] {
  const rank = (access: JudgedAccess): number =>
    (seller !== '' && access.seller_id === seller ? 0 : 2) + (access.explained === 'yes' ? 1 : 0);
  return accesses
    .map((access, at) => ({ access, at }))
    .sort((a, b) => rank(a.access) - rank(b.access) || a.at - b.at)
    .slice(0, MAX_EVIDENCE)
    .sort((a, b) => a.at - b.at)
    .map(({ access }) => access.event_id);
}

/**
 * The earliest event time of the sheet's day at which the accesses so far made the conduct an anomaly; peers and past as they are
 * now. What was one on an earlier day is told by that day's sheet.
 */
function detectedAt(
  { day, assessed, level, judged, accesses }: FindingInput<Conduct>,
  { judge, window }: ConductDefinition,
): number {
  const { figures: final, context } = assessed.detail;
  const figures = emptyFigures();
  const seen = new Set<string>();
  for (const access of accesses) {
    addAccess(figures, access, judge, seen);
    if (access.occurred_at < startOf(day)) continue;
    if (figures.amount < judge.at_least) continue;
    const activeDays = window.days === 1 ? 1 : context.activeDays;
    const surprise =
      figures.amount === final.amount
        ? assessed.surprise
        : combined(weigh(judge.evidence, figures, { ...context, activeDays }), judge);
    if (expectedPerDay(surprise, judged, level.calibration) <= level.thresholds.keep) return access.occurred_at;
  }
  return accesses.at(-1)?.occurred_at ?? startOf(day);
}

function reasoningOf(
  { day, assessed, judged, level }: FindingInput<Conduct>,
  definition: ConductDefinition,
): Record<string, unknown> {
  const start = windowStart(day, definition.window.days);
  const { figures, context, evidence } = assessed.detail;
  const baseline = baselineRange(start);
  return {
    window: { from: dayText(start), days: definition.window.days, active_days: context.activeDays },
    observed: {
      amount: figures.amount,
      unit: definition.words.unit,
      counts: definition.judge.counts,
      accesses_counted: figures.counted,
      accesses: figures.events,
      sellers: figures.sellers.size,
      explained_no: figures.explained_no,
      explained_late: figures.explained_late,
      explained_self: figures.explained_self,
      unapproved: figures.unapproved,
      low_ratings: figures.low,
    },
    own_history: {
      from: dayText(baseline.from),
      to: dayText(baseline.to),
      active_days: context.history.activeDays,
      amounts: context.history.amounts,
      events: context.history.events,
      unexplained: context.history.unexplained,
      unapproved: context.history.unapproved,
    },
    peers: rounded(context.group),
    surge: round(context.surge, 4),
    evidence: evidence.map((piece) => ({
      name: piece.kind,
      observed: piece.observed,
      expected: piece.expected,
      minus_log10_p: surprise(piece.logP),
      inputs: piece.inputs,
    })),
    combined: { method: 'the smaller of Fisher and Bonferroni, doubled', minus_log10_p: assessed.surprise },
    ...levelReasoning(level, judged),
  };
}

/** How a surprise became a level: the same for every kind. */
export const levelReasoning = (
  { calibration, alarmsPerDay, thresholds, isContinuation }: RowLevel,
  judged: number,
): Record<string, unknown> => ({
  calibration: {
    ...calibration,
    threshold: Number.isNaN(calibration.threshold) ? null : calibration.threshold,
    entities: judged,
  },
  alarms_per_day: Number(alarmsPerDay.toPrecision(6)),
  thresholds,
  goes_on_with_an_episode: isContinuation,
});

const rounded = (group: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(group).map(([key, value]) => [key, roundedValue(value)]));

function roundedValue(value: unknown): unknown {
  if (typeof value === 'number') return round(value, 6);
  return typeof value === 'object' && value !== null ? rounded(value) : value;
}
