// Recomputes a range from the stored events and holds it against what is stored: buckets against events, then every sheet against
// its judgement, with calibration recomputed as well. Checking writes nothing; rescoring makes the range a duty and judges it.

import type { Finding } from '../core/judge/finding.js';
import { calibrationStarts } from '../core/judge/read-set.js';
import { type Day, dayFromText, dayText, onGrid } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { chunks, compareBuckets } from './buckets.js';
import { ClustersReader, DirectoryReader } from './context.js';
import { DayBlocks } from './day-blocks.js';
import { oblige } from './duties.js';
import { readJudgements, sheetKey } from './judgements.js';
import type { JudgingConfig } from './judging-config.js';
import { judge, readRange, Samples, type SheetName } from './sheets.js';
import { Touched } from './touched.js';

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

const CACHED_ROWS = 400_000;

export async function checkRange(
  ch: ClickHouse,
  config: JudgingConfig,
  range: RescoreRange,
  onProgress: (done: number, total: number) => void,
): Promise<CheckSummary> {
  const wanted = sheetsIn(config, range);
  const sheets = withCalibration(wanted);
  const reads = readRange(sheets);
  const differences: Difference[] = await checkBuckets(ch, reads);
  const blocks = new DayBlocks(ch, CACHED_ROWS);
  await blocks.refresh(reads.from, reads.to);
  const directory = await new DirectoryReader(ch).read();
  const clusters = await new ClustersReader(ch).read();
  const stored = await readJudgements(ch, reads.from, reads.to);
  const samples = new Samples(new Map());
  const compared = new Set(wanted.map(({ definition, start }) => sheetKey(definition.id, start)));
  const budgetShare = config.alertBudget / config.definitions.length;
  for (const [i, sheet] of sheets.entries()) {
    const judgement = await judge(ch, sheet, { blocks, directory, clusters, samples, budgetShare });
    onProgress(i + 1, sheets.length);
    if (judgement !== null) samples.add(judgement);
    const key = sheetKey(sheet.definition.id, sheet.start);
    if (compared.has(key))
      differences.push(...compare(sheet, judgement?.findings ?? [], stored.get(key)?.findings ?? new Map()));
  }
  return { sheets: wanted.length, differences };
}

function sheetsIn({ definitions }: JudgingConfig, { from, to }: RescoreRange): SheetName[] {
  const sheets: SheetName[] = [];
  for (const definition of definitions) {
    for (let start = from - definition.window.days + 1; start <= to; start++) {
      if (onGrid(start, definition.window.hop_days)) sheets.push({ definition, start });
    }
  }
  return inOrder(sheets);
}

/** The sheets and those that calibrate them, whose samples are recomputed and not compared. */
function withCalibration(sheets: readonly SheetName[]): SheetName[] {
  const all = new Map<string, SheetName>();
  for (const { definition, start } of sheets) {
    for (const one of [...calibrationStarts(start, definition.window), start])
      all.set(sheetKey(definition.id, one), { definition, start: one });
  }
  return inOrder([...all.values()]);
}

const inOrder = (sheets: SheetName[]): SheetName[] =>
  sheets.sort((a, b) => a.start - b.start || (a.definition.id < b.definition.id ? -1 : 1));

async function checkBuckets(ch: ClickHouse, { from, to }: { from: Day; to: Day }): Promise<Difference[]> {
  const pairs = await ch.query<{ day: string; actor_id: string }>(
    `SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events
    WHERE occurred_at >= '${dayText(from)} 00:00:00.000' AND occurred_at < '${dayText(to + 1)} 00:00:00.000'
    UNION DISTINCT SELECT day, actor_id FROM {db}.action_days WHERE day >= '${dayText(from)}' AND day <= '${dayText(to)}'`,
  );
  const days = new Set<Day>();
  for (const chunk of chunks(toTouched(pairs))) {
    for (const { day, equal } of await compareBuckets(ch, chunk)) if (!equal) days.add(dayFromText(day));
  }
  return [...days].sort((a, b) => a - b).map((day) => ({ kind: 'bucket', day: dayText(day) }));
}

function compare(
  { definition, start }: SheetName,
  findings: readonly Finding[],
  stored: ReadonlyMap<string, string>,
): Difference[] {
  const frame = { detection: definition.id, window_start: dayText(start) };
  const differences: Difference[] = [];
  const recomputed = new Set<string>();
  for (const { anomaly_id, content } of findings) {
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
export async function obligeRange(ch: ClickHouse, { from, to }: RescoreRange): Promise<void> {
  const pairs = await ch.query<{ day: string; actor_id: string }>(
    `SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events
    WHERE occurred_at >= '${dayText(from)} 00:00:00.000' AND occurred_at < '${dayText(to + 1)} 00:00:00.000'`,
  );
  await oblige(ch, `rescore/${dayText(from)}/${dayText(to)}`, toTouched(pairs));
}

function toTouched(pairs: readonly { day: string; actor_id: string }[]): Touched {
  const touched = new Touched();
  touched.addArrays(
    pairs.map((pair) => pair.day),
    pairs.map((pair) => pair.actor_id),
  );
  return touched;
}
