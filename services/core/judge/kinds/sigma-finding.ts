// What a finding of a rule says: the rule by its title, id and level, how often it matched, and how often it did before.

import { type Definition, judgeOf } from '../../detections/definition.js';
import type { SigmaRule } from '../../sigma/sigma-rule.js';
import { round } from '../../stats/combine.js';
import { dayText, startOf } from '../../time.js';
import { expectedPerDay } from '../calibration.js';
import { address, anomalyId, type Finding, levelReasoning } from '../finding.js';
import type { FindingInput } from '../kind.js';
import { entityOf } from '../pieces.js';
import { windowStart } from '../read-set.js';
import { type Everybody, type MatchFigures, weighMatches } from '../rule-history.js';
import { score } from '../scale.js';

/** What the sheet knows of an entity that a rule matched. */
export interface RuleMatch {
  readonly figures: MatchFigures;
  /** epoch ms of the first moment of the day at which the rule held */
  readonly reachedMs: number;
  readonly others: number;
  readonly everybody: Everybody;
}

export const ruleOf = (definition: Definition): SigmaRule => judgeOf(definition, 'sigma').rule;

const MAX_EVIDENCE = 100;

export function sigmaFinding(input: FindingInput<RuleMatch>): Finding {
  const { definition, day, assessed, level, accesses, judged } = input;
  const { days } = definition.window;
  const start = windowStart(day, days);
  const { kind, id } = entityOf(assessed.key);
  const { figures, everybody } = assessed.detail;
  const rule = ruleOf(definition);
  const sellers = new Set(accesses.map((access) => access.seller_id ?? ''));
  return address({
    anomaly_id: anomalyId(definition.id, kind === 'actor' ? id : assessed.key, days, start),
    detection: definition.id,
    detection_version: definition.version,
    severity: level.severity,
    score: score(level.alarmsPerDay),
    actor_id: kind === 'actor' ? id : '',
    seller_id: kind === 'seller' ? id : sellers.size === 1 ? ([...sellers][0] ?? '') : '',
    cluster_id: kind === 'cluster' ? id : '',
    window_start: startOf(start),
    window_end: startOf(start + days),
    summary: summaryOf(input),
    factors: [
      {
        name: 'rule_matches',
        observed: figures.matches,
        expected: round(figures.expected, 4),
        contribution: assessed.surprise,
      },
    ],
    event_count: accesses.length,
    customer_count: new Set(accesses.flatMap((access) => access.customer_ids)).size,
    evidence_event_ids: evidenceIds(input),
    detected_at: detectedAt(input),
    reasoning: JSON.stringify({
      window: { from: dayText(start), days },
      rule: `the Sigma rule "${rule.title}" (${rule.id}, level ${rule.level}) holds; the smaller of the model's probability and the level's, of which the level's is alarms_by_level over 10 times the entities`,
      sigma: { id: rule.id, title: rule.title, level: rule.level, version: rule.version },
      observed: { matches: figures.matches, accesses: accesses.length, others_today: assessed.detail.others },
      own_history: {
        days_with_matches: figures.ownDays,
        most: figures.ownMost,
        active_days: everybody.history.days,
        amounts: [...(everybody.history.byEntity.get(assessed.key) ?? [])],
      },
      evidence: [
        {
          name: 'rule_matches',
          observed: figures.matches,
          expected: figures.expected,
          minus_log10_p: assessed.surprise,
          inputs: { ...figures.inputs, reached_before: figures.reached, alarms_by_level: figures.alarmsByLevel },
        },
      ],
      ...levelReasoning(level, judged),
    }),
  });
}

function summaryOf({ definition, day, assessed, accesses }: FindingInput<RuleMatch>): string {
  const { figures, everybody, others } = assessed.detail;
  const { id, kind } = entityOf(assessed.key);
  const rule = ruleOf(definition);
  const people = new Set(accesses.map((access) => access.actor_id)).size;
  const by = kind === 'actor' ? '' : ` by ${people} ${people === 1 ? 'person' : 'people'}`;
  const { days } = everybody.history;
  const before =
    days === 0
      ? 'no earlier day to compare with'
      : `${figures.ownDays} of the ${days} days before had any${figures.ownDays > 0 ? `, at most ${figures.ownMost}` : ''}; ${others === 0 ? 'nobody else matched' : `${others} ${others === 1 ? 'other' : 'others'} matched`} that day`;
  return `${id} matched the rule "${rule.title}" (${rule.level}) with ${figures.matches} ${figures.matches === 1 ? 'access' : 'accesses'}${by} on ${dayText(day)}; ${before}`;
}

/** Unexplained first; listed in order of time. */
function evidenceIds({ accesses }: FindingInput<RuleMatch>): string[] {
  return accesses
    .map((access, at) => ({ access, at }))
    .sort((a, b) => Number(a.access.explained === 'yes') - Number(b.access.explained === 'yes') || a.at - b.at)
    .slice(0, MAX_EVIDENCE)
    .sort((a, b) => a.at - b.at)
    .map(({ access }) => access.event_id);
}

/** The access that made it so many that a row was due, or the moment at which the rule first held, whichever came later. */
function detectedAt({ assessed, accesses, judged, level }: FindingInput<RuleMatch>): number {
  const { figures, reachedMs, everybody } = assessed.detail;
  let few = 0;
  let enough = figures.matches;
  while (enough - few > 1) {
    const middle = (few + enough) >> 1;
    const { surprise } = weighMatches(assessed.key, middle, everybody);
    if (expectedPerDay(surprise, judged, level.calibration) <= level.thresholds.keep) enough = middle;
    else few = middle;
  }
  return Math.max(reachedMs, accesses[enough - 1]?.occurred_at ?? reachedMs);
}
