// What every kind of judge is: a pure function from a world to the surprises of one detection on one day, and from a surprise to a
// finding. Levels, budgets and alerts are decided for all kinds alike, in levels.ts.

import type { Definition } from '../detections/definition.js';
import type { SigmaRule } from '../sigma/sigma-rule.js';
import type { Day } from '../time.js';
import type { Sample } from './calibration.js';
import type { JudgedAccess } from './conduct.js';
import type { Finding } from './finding.js';
import type { RowLevel } from './levels.js';
import type { World, WorldPart } from './world.js';

/** `actor e-17`, `seller s-4`, `cluster c-2` or `feed crm US`: the entity that a row names, and that alerts are counted by. */
export type EntityKey = string;

/** Begins the key of a feed: no person, so outside the budget. */
export const FEED_PREFIX = 'feed ';

export interface Range {
  readonly from: Day;
  /** exclusive */
  readonly to: Day;
}

/** An entity worth keeping in the sheet's sample; `detail` is the kind's own and is never stored. */
export interface Assessed<Detail = unknown> {
  readonly key: EntityKey;
  /** −log10 p, six decimals */
  readonly surprise: number;
  readonly detail: Detail;
}

export type UnscoredReason = 'no_history' | 'not_in_directory' | 'no_peers' | 'not_a_person';

export interface Unscored {
  readonly entity: string;
  readonly reason: UnscoredReason;
}

export interface RawSheet<Detail = unknown> {
  readonly judged: number;
  /** descending by surprise, then ascending by key, at most SAMPLE_SIZE */
  readonly top: readonly Assessed<Detail>[];
  readonly unscored: readonly Unscored[];
}

/** Which stored allowed accesses a finding cites, ascending by (occurred_at, event_id); all given conditions hold. */
export interface AccessQuery {
  readonly from: Day;
  /** exclusive */
  readonly to: Day;
  readonly actors?: readonly string[];
  readonly sellers?: readonly string[];
  readonly customers?: readonly string[];
  readonly actions?: readonly string[];
  readonly sourceIps?: readonly string[];
  /** only accesses that returned a canary; the finding is then also given the canaries' ids */
  readonly canaries?: true;
  /** only accesses, denied ones too, that a rule matched for an entity on a day */
  readonly matching?: { readonly rule: SigmaRule; readonly day: Day; readonly entity: EntityKey };
}

export interface FindingInput<Detail = unknown> {
  readonly definition: Definition;
  readonly day: Day;
  readonly world: World;
  readonly judged: number;
  readonly assessed: Assessed<Detail>;
  readonly level: RowLevel;
  readonly accesses: readonly JudgedAccess[];
  /** ids of canaries, where the query asked for them */
  readonly canaries: ReadonlySet<string>;
}

export interface Kind<Detail = unknown> {
  readonly parts: readonly WorldPart[];
  /** Days whose parts the sheet of this day reads. */
  rangeRead(definition: Definition, day: Day): Range;
  judge(definition: Definition, day: Day, world: World): RawSheet<Detail>;
  /** null: the finding cites no accesses */
  accessesFor(definition: Definition, day: Day, assessed: Assessed<Detail>, world: World): AccessQuery | null;
  finding(input: FindingInput<Detail>): Finding;
}

/** A sheet's surprises in order, cut to the sample. */
export function topOf<Detail>(assessed: Assessed<Detail>[], size: number): Assessed<Detail>[] {
  return assessed
    .filter(({ surprise }) => surprise > 0)
    .sort((a, b) => b.surprise - a.surprise || (a.key < b.key ? -1 : 1))
    .slice(0, size);
}

/** What is stored of a sheet, for later calibrations and levels. */
export const sampleOf = ({ judged, top }: RawSheet): Sample => ({
  judged,
  keys: top.map((one) => one.key),
  surprises: top.map((one) => one.surprise),
});
