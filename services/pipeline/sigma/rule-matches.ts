// What each rule matched on each day, kept while the days that it reads are of the same version, so that what is kept and what is read
// again are equal. Where only some actors' days changed and the rule is about single actors, only theirs are read again.

import type { Range } from '../../core/judge/kind.js';
import type { MatchDay } from '../../core/judge/world.js';
import { ensure } from '../../core/maps.js';
import { daysBefore, isOwnAffair, type SigmaRule } from '../../core/sigma/sigma-rule.js';
import type { Day } from '../../core/time.js';

export interface RuleMatchRow {
  readonly day: Day;
  readonly entity: string;
  readonly matches: number;
  /** epoch ms */
  readonly reachedMs: number;
}

export interface MatchQuery {
  readonly rule: SigmaRule;
  readonly from: Day;
  /** exclusive */
  readonly to: Day;
  /** null: of all */
  readonly actors: readonly string[] | null;
}

export interface MatchSource {
  /** What a rule matched on the days, as the stored accesses are now; ascending by day and entity. */
  readMatches(query: MatchQuery): Promise<RuleMatchRow[]>;
}

type Entities = Map<string, { readonly matches: number; readonly reachedMs: number }>;

interface Kept {
  readonly entities: Entities;
  version: bigint;
  /** the version that what is known to have changed since leads to */
  expected: bigint;
  changed: Set<string>;
}

interface RuleDays {
  readonly rule: SigmaRule;
  readonly days: Map<Day, Kept>;
}

/** More than any sheet reads. */
const MAX_DAYS = 130;
const DAYS_PER_QUERY = 14;
const MAX_ACTORS = 2000;

export class RuleMatches {
  private readonly byRule = new Map<string, RuleDays>();

  constructor(private readonly source: MatchSource) {}

  of(detection: string, day: Day): MatchDay | undefined {
    return this.byRule.get(detection)?.days.get(day);
  }

  /** These actors' accesses of the day changed, and nothing else of it, by which its version grew. */
  changed(day: Day, actors: readonly string[], growth: bigint): void {
    for (const { rule, days } of this.byRule.values()) {
      for (let reader = day; reader <= day + daysBefore(rule); reader++) {
        const kept = days.get(reader);
        if (kept === undefined) continue;
        kept.expected += growth;
        for (const actor of actors) kept.changed.add(actor);
      }
    }
  }

  /**
   * Brings what the rule matched on the days into memory.
   * @param versionOf version of all that a day's matches are made of; 0n where nothing is stored of the day
   */
  async load(id: string, rule: SigmaRule, range: Range, versionOf: (day: Day) => bigint): Promise<void> {
    const { from, to } = range;
    const { days } = ensure(this.byRule, id, (): RuleDays => ({ rule, days: new Map() }));
    const missing: Day[] = [];
    for (let day = from; day < to; day++) {
      const version = versionOf(day);
      const kept = days.get(day);
      if (version === 0n) days.delete(day);
      else if (kept === undefined || kept.version !== version) {
        if (kept !== undefined && this.isPartly(rule, kept, version)) await this.readAgain(rule, day, kept);
        else missing.push(day);
      }
    }
    for (const part of stretches(missing)) await this.read(rule, days, part, versionOf);
    for (const oldest of days.keys()) {
      if (days.size <= MAX_DAYS) break;
      if (oldest < from || oldest >= to) days.delete(oldest);
    }
  }

  private isPartly(rule: SigmaRule, kept: Kept, version: bigint): boolean {
    return isOwnAffair(rule) && kept.expected === version && kept.changed.size <= MAX_ACTORS;
  }

  private async readAgain(rule: SigmaRule, day: Day, kept: Kept): Promise<void> {
    const { expected } = kept;
    const actors = [...kept.changed].sort();
    const rows = await this.source.readMatches({ rule, from: day, to: day + 1, actors });
    for (const actor of actors) kept.entities.delete(`actor ${actor}`);
    for (const { entity, matches, reachedMs } of rows) kept.entities.set(entity, { matches, reachedMs });
    kept.version = expected;
    kept.changed = new Set();
  }

  private async read(
    rule: SigmaRule,
    days: Map<Day, Kept>,
    part: readonly Day[],
    versionOf: (day: Day) => bigint,
  ): Promise<void> {
    const first = part[0] as Day;
    const end = (part.at(-1) as Day) + 1;
    const rows = await this.source.readMatches({ rule, from: first, to: end, actors: null });
    for (const day of part) {
      const version = versionOf(day);
      days.delete(day);
      days.set(day, { entities: new Map(), version, expected: version, changed: new Set() });
    }
    for (const { day, entity, matches, reachedMs } of rows) days.get(day)?.entities.set(entity, { matches, reachedMs });
  }
}

/** Runs of days that one query reads. @param days ascending */
function stretches(days: readonly Day[]): Day[][] {
  const found: Day[][] = [];
  for (const day of days) {
    const last = found.at(-1);
    const first = last?.[0];
    if (last === undefined || first === undefined || day - first >= DAYS_PER_QUERY) found.push([day]);
    else last.push(day);
  }
  return found;
}
