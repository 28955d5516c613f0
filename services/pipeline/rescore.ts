// Recomputes a range from the stored events and holds it against what is stored: buckets against events, then every sheet against
// its judgement, with the samples that its levels read recomputed as well. Checking writes nothing; rescoring makes the range a duty.

import { levelRange } from '../core/judge/levels.js';
import { sheetRange } from '../core/judge/read-set.js';
import { type Day, dayText } from '../core/time.js';
import { chunks } from './buckets.js';
import { COMPLAINT_REACH_DAYS, JudgeWorld } from './judge-world.js';
import type { JudgingConfig } from './judging-config.js';
import { KnownSheets } from './known-sheets.js';
import { type JudgedSheet, judgeSheet, type SheetName } from './sheets.js';
import { knownFrom, sheetDays } from './staleness.js';
import { type JudgeStore, sheetKey } from './store/judge-store.js';

export interface RescoreRange {
  /** first and last day, inclusive; windows that overlap are recomputed */
  readonly from: Day;
  readonly to: Day;
}

export type Difference =
  | { readonly kind: 'bucket'; readonly day: string }
  | {
      readonly kind: 'missing' | 'left_over' | 'changed';
      readonly detection: string;
      readonly window_start: string;
      readonly anomaly_id: string;
    };

export interface CheckSummary {
  readonly sheets: number;
  readonly differences: readonly Difference[];
}

const CACHED_BYTES = 160_000_000;

export async function checkRange(
  store: JudgeStore,
  config: JudgingConfig,
  { from, to }: RescoreRange,
  onProgress: (done: number, total: number) => void,
): Promise<CheckSummary> {
  const { first, oldest, last } = rangeRead(config, { from, to });
  const differences = await checkBuckets(store, oldest, last);
  const world = new JudgeWorld(store, CACHED_BYTES);
  await world.refresh();
  await world.frames.know(oldest, last);
  const stored = await store.readJudgements(from, last);
  const known = new KnownSheets(
    { readJudgements: async () => new Map(), readExceptions: () => store.readExceptions() },
    config,
  );
  const days = sheetDays(world.frames.days(knownFrom(first), last)).filter((day) => day >= first);
  let sheets = 0;
  for (const [i, day] of days.entries()) {
    for (const definition of config.definitions) {
      const judged = await judgeSheet({ definition, day }, { store, world, known, configSeq: 0 }, true);
      if (day < from || day >= to + definition.window.days) continue;
      sheets++;
      const before = stored.get(sheetKey(definition.id, day))?.findings ?? new Map<string, string>();
      differences.push(...compare({ definition, day }, judged, before));
    }
    onProgress(i + 1, days.length);
  }
  return { sheets, differences };
}

/** Days that checking a range reads: accesses from oldest to last, sheets from first on. */
export function rangeRead(
  config: JudgingConfig,
  { from, to }: RescoreRange,
): { readonly first: Day; readonly oldest: Day; readonly last: Day } {
  const longest = Math.max(1, ...config.definitions.map(({ window }) => window.days));
  const first = levelRange(from).from;
  return { first, oldest: sheetRange(first, longest).from - COMPLAINT_REACH_DAYS, last: to + longest - 1 };
}

async function checkBuckets(store: JudgeStore, from: Day, to: Day): Promise<Difference[]> {
  const days = new Set<Day>();
  for (const chunk of chunks(await store.touchedIn(Math.max(0, from), to)))
    for (const day of await store.differingDays(chunk)) days.add(day);
  return [...days].sort((a, b) => a - b).map((day) => ({ kind: 'bucket', day: dayText(day) }));
}

function compare(
  { definition, day }: SheetName,
  judged: JudgedSheet | null,
  stored: ReadonlyMap<string, string>,
): Difference[] {
  const frame = { detection: definition.id, window_start: dayText(day - definition.window.days + 1) };
  const differences: Difference[] = [];
  const recomputed = new Set<string>();
  for (const { anomaly_id, content } of judged?.contents ?? []) {
    recomputed.add(anomaly_id);
    const known = stored.get(anomaly_id);
    if (known !== content)
      differences.push({ kind: known === undefined ? 'missing' : 'changed', ...frame, anomaly_id });
  }
  for (const anomaly_id of stored.keys())
    if (!recomputed.has(anomaly_id)) differences.push({ kind: 'left_over', ...frame, anomaly_id });
  return differences;
}

/** Records the duty to judge every stored access of the range again. */
export async function obligeRange(store: JudgeStore, { from, to }: RescoreRange): Promise<void> {
  const touched = await store.touchedIn(from, to);
  await store.oblige({ label: `rescore/${dayText(from)}/${dayText(to)}`, touched, touchedFrom: from });
}
