// What a bench run found out: everything that the table and the JSON line are made of. null: not measured.

import type { BacklogRun } from './backlog-run.js';
import type { FloorRun } from './floor.js';
import type { GrowthRun } from './growth.js';
import type { LiveRun } from './live.js';
import type { ReplayRun } from './replay.js';

export interface PoisonRun extends BacklogRun {
  readonly broken: number;
  /** Throughput beside the mean of the runs over the clean backlog before and after. */
  readonly overClean: number;
}

export interface Figures {
  readonly events: number;
  readonly cases: number;
  readonly employees: number;
  readonly historyEvents: number;
  readonly historyDays: number;
  /** Seconds that a scorer took to judge the history, which is stored by then. */
  readonly historyJudgedSeconds: number | null;
  readonly floor: FloorRun | null;
  readonly one: BacklogRun | null;
  readonly two: BacklogRun | null;
  readonly poison: PoisonRun | null;
  readonly live: LiveRun | null;
  readonly growth: GrowthRun | null;
  readonly replay: ReplayRun | null;
  /** Largest resident set of any scorer in any section. */
  readonly peakMb: number;
}
