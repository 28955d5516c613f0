// The judge: takes open duties, recomputes the buckets they touched, judges every sheet that reads them in order of time,
// writes findings and judgements, tells what changed, and marks the duties done. A crash anywhere repeats the round.

import { staleStarts } from '../core/judge/read-set.js';
import { type Day, dayFromText, dayOf } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { recomputeBuckets } from './buckets.js';
import { ClustersReader, DirectoryReader } from './context.js';
import { DayBlocks } from './day-blocks.js';
import { adoptConfiguration, countOpenDuties, type Duty, fulfil, readDuties } from './duties.js';
import { type Judgement, readJudgements, type StoredJudgement, sheetKey, writeJudgements } from './judgements.js';
import type { JudgingConfig } from './judging-config.js';
import { judge, readRange, Samples, type SheetName } from './sheets.js';
import { changes, type PublishedFinding } from './tell.js';
import { Touched } from './touched.js';

export interface JudgeOptions {
  readonly config: JudgingConfig;
  /** told after findings are written and before duties are done: at least once */
  tell(findings: readonly PublishedFinding[]): Promise<void>;
  onProgress?(sheetsDone: number, sheetsTotal: number): void;
  /** bucket rows kept in memory; results are the same with 0 */
  readonly maxCachedRows?: number;
}

export interface RoundSummary {
  /** duties fulfilled */
  readonly landings: number;
  /** duties still open, of which some may wait for the frontier */
  readonly waiting: number;
  readonly sheets: number;
  readonly openFindings: number;
}

export interface Judge {
  /** @param frontierMs event time up to which every feed has been read; Infinity when all have been read to their ends */
  round(frontierMs: number): Promise<RoundSummary>;
}

const DEFAULT_CACHED_ROWS = 400_000;
const SHEETS_PER_WRITE = 50;
const NOTHING: ReadonlyMap<string, string> = new Map();

export function createJudge(ch: ClickHouse, options: JudgeOptions): Judge {
  const blocks = new DayBlocks(ch, options.maxCachedRows ?? DEFAULT_CACHED_ROWS);
  const directories = new DirectoryReader(ch);
  const links = new ClustersReader(ch);
  let configSeq: number | null = null;
  let isFirst = true;

  return {
    async round(frontierMs) {
      configSeq ??= await adoptConfiguration(ch, options.config);
      const frontier = Number.isFinite(frontierMs) ? dayOf(frontierMs) : Number.POSITIVE_INFINITY;
      const duties = await readDuties(ch, frontier);
      if (duties.length === 0) return { landings: 0, waiting: await countOpenDuties(ch), sheets: 0, openFindings: 0 };
      const touched = union(duties, frontier);
      await recomputeBuckets(ch, touched);
      const sheets = await staleSheets(touched, duties, frontier);
      const openFindings = await judgeSheets(sheets, configSeq);
      await fulfil(ch, duties, frontier);
      isFirst = false;
      return { landings: duties.length, waiting: await countOpenDuties(ch), sheets: sheets.length, openFindings };
    },
  };

  async function staleSheets(touched: Touched, duties: readonly Duty[], frontier: Day): Promise<SheetName[]> {
    const stored = await daysStored(ch);
    if (stored === null) return [];
    const days = new Set(touched.byDay.keys());
    for (const { touchedFrom } of duties) {
      for (let day = Math.max(touchedFrom ?? Number.POSITIVE_INFINITY, stored.first); day <= stored.last; day++)
        days.add(day);
    }
    const last = Math.min(stored.last, frontier);
    const sheets = new Map<string, SheetName>();
    for (const definition of options.config.definitions) {
      for (const day of days) {
        for (const start of staleStarts(day, definition.window, last))
          sheets.set(sheetKey(definition.id, start), { definition, start });
      }
    }
    return [...sheets.values()].sort((a, b) => a.start - b.start || (a.definition.id < b.definition.id ? -1 : 1));
  }

  async function judgeSheets(sheets: readonly SheetName[], seq: number): Promise<number> {
    if (sheets.length === 0) return 0;
    const { from, to } = readRange(sheets);
    await blocks.refresh(from, to);
    const directory = await directories.read();
    const clusters = await links.read();
    const stored = await readJudgements(ch, from, to);
    const samples = new Samples(stored);
    const budgetShare = options.config.alertBudget / options.config.definitions.length;
    let pending: Judgement[] = [];
    let openFindings = 0;
    for (const [i, sheet] of sheets.entries()) {
      const judgement = await judge(ch, sheet, { blocks, directory, clusters, samples, budgetShare });
      options.onProgress?.(i + 1, sheets.length);
      if (judgement === null) continue;
      samples.add(judgement);
      openFindings += judgement.findings.length;
      pending.push(judgement);
      if (pending.length < SHEETS_PER_WRITE) continue;
      await write(pending, seq, stored);
      pending = [];
    }
    await write(pending, seq, stored);
    return openFindings;
  }

  async function write(
    judgements: readonly Judgement[],
    seq: number,
    stored: ReadonlyMap<string, StoredJudgement>,
  ): Promise<void> {
    const before = (one: Judgement) => stored.get(sheetKey(one.detection, one.start))?.findings ?? NOTHING;
    await writeJudgements(
      ch,
      seq,
      judgements,
      (one, finding) => before(one).get(finding.anomaly_id) === finding.content,
    );
    const told = judgements.flatMap((one) => changes(one, before(one), isFirst));
    if (told.length > 0) await options.tell(told);
  }
}

function union(duties: readonly Duty[], frontier: Day): Touched {
  const all = new Touched();
  for (const { touched } of duties) {
    for (const [day, actors] of touched.byDay) if (day <= frontier) for (const actor of actors) all.add(day, actor);
  }
  return all;
}

async function daysStored(ch: ClickHouse): Promise<{ first: Day; last: Day } | null> {
  const [row] = await ch.query<{ n: string; first: string; last: string }>(
    'SELECT count() AS n, min(day) AS first, max(day) AS last FROM {db}.action_days',
  );
  return row === undefined || Number(row.n) === 0
    ? null
    : { first: dayFromText(row.first), last: dayFromText(row.last) };
}
