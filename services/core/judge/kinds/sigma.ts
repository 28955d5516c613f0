// The kind `sigma`: a rule or correlation that people wrote. What it matched on each day is read from the world; how far that is out of the
// ordinary follows from the matches of the days before, with the level that its author gave it as a floor while it matches rarely.

import type { Definition } from '../../detections/definition.js';
import { push } from '../../maps.js';
import { daysBefore, isOwnAffair } from '../../sigma/sigma-rule.js';
import type { Day } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import { type AccessQuery, type Assessed, type Kind, type Range, type RawSheet, topOf } from '../kind.js';
import { baselineRange, windowStart } from '../read-set.js';
import { type Everybody, everybody, weighMatches } from '../rule-history.js';
import type { World } from '../world.js';
import { type RuleMatch, ruleOf, sigmaFinding } from './sigma-finding.js';

export const sigma: Kind<RuleMatch> = {
  parts: ['frames', 'clusters'],
  rangeRead: (definition, day) => ({ from: historyDays(day).from - daysBefore(ruleOf(definition)), to: day + 1 }),
  judge: judgeMatches,
  accessesFor,
  finding: sigmaFinding,
};

/**
 * Days whose matches a sheet reads: its own, and those that ended 24 h before it. A rule's match belongs to the day on which it is
 * reached, however long its span, so the days just before are history.
 */
const historyDays = (day: Day): Range => baselineRange(day);

function judgeMatches(definition: Definition, day: Day, world: World): RawSheet<RuleMatch> {
  const rule = ruleOf(definition);
  const frame = world.frame(day);
  if (frame === undefined) return { judged: 0, top: [], unscored: [] };
  const entities = new Set(frame.actor).size;
  const today = world.matches(definition.id, day);
  if (today === undefined || rule.level === 'informational') return { judged: entities, top: [], unscored: [] };
  const all = everybody(historyOf(definition, day, world), entities, rule.level);
  const assessed = [...today.entities].map(([key, { matches, reachedMs }]) => {
    const figures = weighMatches(key, matches, all);
    return {
      key,
      surprise: figures.surprise,
      detail: { figures, reachedMs, others: today.entities.size - 1, everybody: all },
    };
  });
  return { judged: entities, top: topOf(assessed, SAMPLE_SIZE), unscored: [] };
}

function historyOf(definition: Definition, day: Day, world: World): Everybody['history'] {
  const { from, to } = historyDays(day);
  const byEntity = new Map<string, number[]>();
  let days = 0;
  for (let d = from; d < to; d++) {
    if (world.frame(d) === undefined) continue;
    days++;
    for (const [key, { matches }] of world.matches(definition.id, d)?.entities ?? []) push(byEntity, key, matches);
  }
  return { days, byEntity };
}

function accessesFor(definition: Definition, day: Day, { key }: Assessed<RuleMatch>): AccessQuery {
  const rule = ruleOf(definition);
  const from = windowStart(day, definition.window.days) - 1;
  const isOwn = isOwnAffair(rule) && key.startsWith('actor ');
  return {
    from,
    to: day + 1,
    ...(isOwn ? { actors: [key.slice('actor '.length)] } : {}),
    matching: { rule, day, entity: key },
  };
}
