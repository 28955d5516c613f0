// Every anomaly that the set of records makes, computed day by day with everything known: first what each detection finds surprising
// on each day, then, oldest day first, what is worth a row. Formulas are core's; which days, samples and accesses they are given is
// decided here, by the contract and docs/model.md.

import type { Definition } from '../../../services/core/detections/definition.js';
import type { Sample } from '../../../services/core/judge/calibration.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import type { Finding } from '../../../services/core/judge/finding.js';
import type { AccessQuery, RawSheet } from '../../../services/core/judge/kind.js';
import { kindOf } from '../../../services/core/judge/kinds.js';
import { levelSheet, prepareLevels } from '../../../services/core/judge/levels.js';
import type { World } from '../../../services/core/judge/world.js';
import { DAY_MS, type Day } from '../../../services/core/time.js';
import type { OracleAccess } from './explanations.js';
import type { Facts } from './set.js';
import { oracleWorld } from './world.js';

export interface Verdicts {
  readonly findings: readonly (Finding & { readonly day: Day })[];
  /** `detection day entity reason` */
  readonly unscored: readonly string[];
  /** sheets that were judged against calibrated history */
  readonly calibrated: number;
}

export interface OracleOptions {
  readonly definitions: readonly Definition[];
  readonly alertBudget: number;
}

const BASELINE_DAYS = 28;
const GAP_DAYS = 1;
/** History of levels: 28 days up to two days before, and an episode's fortnight before those. */
const LEVELS_REACH_DAYS = 29 + 14;

export function judgeEverything(facts: Facts, accesses: readonly OracleAccess[], options: OracleOptions): Verdicts {
  const { definitions } = options;
  const everything = oracleWorld(facts, accesses);
  const first = everything.days[0];
  const last = everything.days.at(-1);
  if (first === undefined || last === undefined) return { findings: [], unscored: [], calibrated: 0 };
  const sheets = new Map<string, RawSheet>();
  const samples = new Map<string, Sample>();
  const unscored: string[] = [];
  for (const definition of definitions) {
    for (let day = first; day <= last; day++) {
      const raw: RawSheet = kindOf(definition).judge(definition, day, cutFor(definition, day, everything));
      const key = `${definition.id} ${day}`;
      sheets.set(key, raw);
      const keys = raw.top.map((one) => one.key);
      samples.set(key, { judged: raw.judged, keys, surprises: raw.top.map((one) => one.surprise) });
      for (const { entity, reason } of raw.unscored) unscored.push(`${key} ${entity} ${reason}`);
    }
  }
  const planted = new Set(facts.canaries.map((one) => one.customer_id));
  const findings: (Finding & { readonly day: Day })[] = [];
  let calibrated = 0;
  for (let day = first; day <= last; day++) {
    const sampleOf = (id: string, earlier: Day): Sample | undefined =>
      earlier < day && earlier >= day - LEVELS_REACH_DAYS ? samples.get(`${id} ${earlier}`) : undefined;
    const levels = prepareLevels(day, definitions, sampleOf, { budgetPerDay: options.alertBudget });
    for (const definition of definitions) {
      const raw = sheets.get(`${definition.id} ${day}`) as RawSheet;
      const sample = samples.get(`${definition.id} ${day}`) as Sample;
      if (!Number.isNaN(levels.calibrationOf(definition.id).threshold)) calibrated++;
      const world = cutFor(definition, day, everything);
      const kind = kindOf(definition);
      for (const { key, level } of levelSheet(levels, definition, sample)) {
        const assessed = raw.top.find((one) => one.key === key) as RawSheet['top'][number];
        const query = kind.accessesFor(definition, day, assessed, world);
        const cited = query === null ? [] : citedBy(query, accesses, planted);
        const canaries = query?.canaries === true ? planted : new Set<string>();
        const input = { definition, day, world, judged: raw.judged, assessed, level, accesses: cited, canaries };
        findings.push({ ...kind.finding(input), day });
      }
    }
  }
  return { findings, unscored, calibrated };
}

/** Window and baseline: 28 whole days that ended at least 24 hours before the window began. */
function cutFor(definition: Definition, day: Day, world: World): World {
  if (definition.judge.kind !== 'conduct' && definition.judge.kind !== 'canary') return world;
  const start = day - definition.window.days + 1;
  const isRead = (one: Day): boolean =>
    (one >= start && one <= day) || (one >= start - GAP_DAYS - BASELINE_DAYS && one < start - GAP_DAYS);
  return {
    ...world,
    frame: (one) => (isRead(one) ? world.frame(one) : undefined),
    presence: (one) => (isRead(one) ? world.presence(one) : undefined),
  };
}

/** Allowed accesses that meet all conditions, ascending by time, id and actor. */
function citedBy(query: AccessQuery, accesses: readonly OracleAccess[], planted: ReadonlySet<string>): JudgedAccess[] {
  const cited: JudgedAccess[] = [];
  for (const { event, explained } of accesses) {
    const day = Math.floor(event.occurred_at / DAY_MS);
    if (event.outcome !== 'allowed' || day < query.from || day >= query.to) continue;
    if (query.actors !== undefined && !query.actors.includes(event.actor_id)) continue;
    if (query.sellers !== undefined && !query.sellers.includes(event.seller_id ?? '')) continue;
    if (query.actions !== undefined && !query.actions.includes(event.action)) continue;
    if (query.sourceIps !== undefined && !query.sourceIps.includes(event.source_ip ?? '')) continue;
    if (query.customers !== undefined && !event.customer_ids.some((one) => query.customers?.includes(one))) continue;
    if (query.canaries === true && !event.customer_ids.some((one) => planted.has(one))) continue;
    cited.push(judged(event, explained));
  }
  return cited.sort(
    (a, b) => a.occurred_at - b.occurred_at || order(a.event_id, b.event_id) || order(a.actor_id, b.actor_id),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const judged = (event: OracleAccess['event'], explained: OracleAccess['explained']): JudgedAccess => ({
  event_id: event.event_id,
  occurred_at: event.occurred_at,
  actor_id: event.actor_id,
  action: event.action,
  seller_id: event.seller_id,
  customer_ids: event.customer_ids,
  review_rating: event.review_rating,
  record_count: event.record_count,
  case_id: event.case_id,
  approver_id: event.approver_id,
  explained,
});
