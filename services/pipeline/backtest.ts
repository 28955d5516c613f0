// What a changed configuration would have said of stored history: the sheets of a range judged dry, beside the rows that are open now.
// Nothing is written. What earlier days' levels read is taken as stored where the detection did not change, and judged anew where it did.

import type { Definition } from '../core/detections/definition.js';
import { type Exception, type Exceptions, toExceptions } from '../core/exceptions/exception.js';
import type { Finding } from '../core/judge/finding.js';
import { levelRange } from '../core/judge/levels.js';
import { sheetRange } from '../core/judge/read-set.js';
import type { Day } from '../core/time.js';
import { COMPLAINT_REACH_DAYS, JudgeWorld } from './judge-world.js';
import type { JudgingConfig } from './judging-config.js';
import { KnownSheets } from './known-sheets.js';
import { judgeSheet } from './sheets.js';
import { knownFrom, sheetDays } from './staleness.js';
import type { JudgeStore } from './store/judge-store.js';

export interface BacktestInput {
  readonly config: JudgingConfig;
  /** detections that the stored judgements were made with, as they are in the configuration: their samples still hold */
  readonly unchanged: ReadonlySet<string>;
  /** in addition to those that are stored */
  readonly exceptions: readonly Exception[];
  /** first and last day of the sheets that are compared, inclusive */
  readonly from: Day;
  readonly to: Day;
  onProgress(done: number, total: number): void;
}

const CACHED_BYTES = 160_000_000;

/** @returns the findings that the range's sheets would name */
export async function backtest(store: JudgeStore, input: BacktestInput): Promise<Finding[]> {
  const { config, unchanged, from, to } = input;
  const longest = Math.max(1, ...config.definitions.map(({ window }) => window.days));
  const first = levelRange(from).from;
  const dry: JudgeStore = {
    ...store,
    readExceptions: () => withExceptions(store, input.exceptions),
    writeJudgements: refuseToWrite,
  };
  const world = new JudgeWorld(dry, CACHED_BYTES);
  await world.refresh();
  await world.frames.know(sheetRange(first, longest).from - COMPLAINT_REACH_DAYS, to);
  const known = new KnownSheets(dry, config);
  await known.know(from, to);
  const days = sheetDays(world.frames.days(knownFrom(first), to)).filter((day) => day >= first);
  const wanted = days.flatMap((day) =>
    config.definitions.filter(({ id }) => day >= from || !unchanged.has(id)).map((definition) => ({ definition, day })),
  );
  const findings: Finding[] = [];
  for (const [i, sheet] of wanted.entries()) {
    const judged = await judgeSheet(sheet, { store: dry, world, known, configSeq: -1 }, true);
    if (sheet.day >= from) findings.push(...(judged?.contents ?? []));
    input.onProgress(i + 1, wanted.length);
  }
  return findings;
}

async function withExceptions(store: JudgeStore, more: readonly Exception[]): Promise<Exceptions> {
  const stored = await store.readExceptions();
  return more.length === 0 ? stored : toExceptions([...stored.list, ...more]);
}

async function refuseToWrite(): Promise<void> {
  throw new Error('a backtest writes nothing');
}

/** Detections that are in the stored configuration as they are in this one, judged by the same model. */
export function unchangedDetections(config: JudgingConfig, storedBody: string | undefined): Set<string> {
  if (storedBody === undefined) return new Set();
  const stored: { readonly model?: number; readonly definitions?: readonly Definition[] } = JSON.parse(storedBody);
  const current: { readonly model?: number } = JSON.parse(config.body);
  if (stored.model !== current.model) return new Set();
  const before = new Map((stored.definitions ?? []).map((definition) => [definition.id, JSON.stringify(definition)]));
  return new Set(
    config.definitions
      .filter((definition) => before.get(definition.id) === JSON.stringify(definition))
      .map(({ id }) => id),
  );
}
