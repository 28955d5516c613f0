// One sheet against the database: its days from the cache, its calibration from earlier samples, the suspects' own accesses for
// evidence. The judgement itself is core's; here its inputs are gathered and their versions added up.

import { type ConductDefinition, type Definition, isConduct } from '../core/detections/definition.js';
import type { Sample } from '../core/judge/calibration.js';
import { judgeCanaries, toCanaryFinding } from '../core/judge/canary.js';
import type { Clusters } from '../core/judge/clusters.js';
import type { JudgedAccess } from '../core/judge/conduct.js';
import type { DayBlock } from '../core/judge/day.js';
import type { Directory } from '../core/judge/directory.js';
import { type Finding, toFinding } from '../core/judge/finding.js';
import { baselineRange, calibrationStarts, oldestDayRead } from '../core/judge/read-set.js';
import { judgeSheet } from '../core/judge/sheet.js';
import { type Day, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { DayBlocks } from './day-blocks.js';
import { type Judgement, type StoredJudgement, sheetKey } from './judgements.js';
import { sqlStrings } from './tables.js';

export interface SheetName {
  readonly definition: Definition;
  readonly start: Day;
}

export interface SheetReads {
  readonly blocks: DayBlocks;
  readonly directory: Directory;
  readonly clusters: Clusters;
  readonly samples: Samples;
  readonly budgetShare: number;
}

/** Samples of sheets: as stored, replaced by those judged in this round. */
export class Samples {
  private readonly bySheet = new Map<string, { sample: Sample; version: bigint }>();

  constructor(stored: ReadonlyMap<string, StoredJudgement>) {
    for (const [key, { sample, sampleVersion }] of stored) this.bySheet.set(key, { sample, version: sampleVersion });
  }

  add(judgement: Judgement): void {
    this.bySheet.set(sheetKey(judgement.detection, judgement.start), {
      sample: judgement.sample,
      version: judgement.sampleVersion,
    });
  }

  before({ definition, start }: SheetName): { samples: Sample[]; version: bigint } {
    const samples: Sample[] = [];
    let version = 0n;
    for (const earlier of calibrationStarts(start, definition.window)) {
      const one = this.bySheet.get(sheetKey(definition.id, earlier));
      if (one === undefined) continue;
      samples.push(one.sample);
      version += one.version;
    }
    return { samples, version };
  }
}

/** The days that the sheets read, themselves or through their calibration. */
export function readRange(sheets: readonly SheetName[]): { from: Day; to: Day } {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { definition, start } of sheets) {
    from = Math.min(from, oldestDayRead(start, definition.window));
    to = Math.max(to, start + definition.window.days);
  }
  return { from, to };
}

/** @returns null for a window without any data */
export async function judge(ch: ClickHouse, sheet: SheetName, reads: SheetReads): Promise<Judgement | null> {
  const { definition, start } = sheet;
  const window = await reads.blocks.read(start, start + definition.window.days);
  if (window.length === 0) return null;
  const frame = { detection: definition.id, windowDays: definition.window.days, start };
  return isConduct(definition)
    ? { ...frame, ...(await judgeConduct(ch, { definition, start }, window, reads)) }
    : { ...frame, ...(await judgeCanary(ch, definition, start, window, reads.budgetShare)) };
}

type Outcome = Pick<Judgement, 'version' | 'sampleVersion' | 'sample' | 'findings' | 'unscored'>;

async function judgeConduct(
  ch: ClickHouse,
  { definition, start }: { definition: ConductDefinition; start: Day },
  window: readonly DayBlock[],
  { blocks, directory, clusters, samples, budgetShare }: SheetReads,
): Promise<Outcome> {
  const { from, to } = baselineRange(start);
  const baseline = await blocks.read(from, to);
  const earlier = samples.before({ definition, start });
  const sheet = judgeSheet({
    definition,
    start,
    window,
    baseline,
    directory,
    clusters,
    samples: earlier.samples,
    budgetShare,
  });
  const sampleVersion = versionOf([...baseline, ...window]) + directory.version + clusters.version;
  const accesses = await readAccesses(ch, {
    actors: sheet.suspects.map((suspect) => suspect.actor_id),
    from: start,
    to: start + definition.window.days,
    where: `outcome = 'allowed' AND action IN (${sqlStrings(definition.judge.actions)})`,
  });
  const findings = sheet.suspects.map((suspect) =>
    toFinding({
      definition,
      start,
      suspect,
      entities: sheet.sample.entities,
      calibration: sheet.calibration,
      budgetShare,
      window,
      accesses: accesses.get(suspect.actor_id) ?? [],
    }),
  );
  return {
    version: sampleVersion + earlier.version,
    sampleVersion,
    sample: sheet.sample,
    findings,
    unscored: sheet.unscored,
  };
}

async function judgeCanary(
  ch: ClickHouse,
  definition: Definition,
  start: Day,
  window: readonly DayBlock[],
  budgetShare: number,
): Promise<Outcome> {
  const { hits, unscored } = judgeCanaries(window);
  const version = versionOf(window);
  const actors = [...hits.keys()].sort();
  const accesses = await readAccesses(ch, {
    actors,
    from: start,
    to: start + definition.window.days,
    where: 'hasAny(customer_ids, (SELECT groupArray(customer_id) FROM {db}.canaries FINAL))',
  });
  const planted = actors.length === 0 ? new Set<string>() : await readCanaries(ch);
  const findings: Finding[] = actors.map((actorId) => {
    const own = accesses.get(actorId) ?? [];
    const canaries = new Set(own.flatMap((access) => access.customer_ids.filter((customer) => planted.has(customer))));
    return toCanaryFinding({
      definition,
      start,
      actorId,
      hits: hits.get(actorId) ?? 0,
      budgetShare,
      nominalAlarmsPerDay: definition.judge.kind === 'canary' ? definition.judge.nominal_alarms_per_day : 1,
      accesses: own,
      canaries: canaries.size,
    });
  });
  return { version, sampleVersion: version, sample: { entities: 0, surprises: [] }, findings, unscored };
}

const versionOf = (blocks: readonly DayBlock[]): bigint => blocks.reduce((sum, block) => sum + block.version, 0n);

async function readCanaries(ch: ClickHouse): Promise<Set<string>> {
  const rows = await ch.query<{ customer_id: string }>('SELECT customer_id FROM {db}.canaries FINAL');
  return new Set(rows.map((row) => row.customer_id));
}

interface AccessQuery {
  readonly actors: readonly string[];
  readonly from: Day;
  readonly to: Day;
  readonly where: string;
}

/** Accesses by actor, each ascending by (occurred_at, event_id). */
async function readAccesses(
  ch: ClickHouse,
  { actors, from, to, where }: AccessQuery,
): Promise<Map<string, JudgedAccess[]>> {
  const byActor = new Map<string, JudgedAccess[]>();
  if (actors.length === 0) return byActor;
  const rows = await ch.query<
    Omit<JudgedAccess, 'occurred_at' | 'record_count'> & { occurred_ms: string; record_count: string }
  >(
    `SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, actor_id, action, seller_id, customer_ids, review_rating,
      record_count, case_id, approver_id, explained
    FROM {db}.access_events FINAL
    WHERE actor_id IN (${sqlStrings(actors)}) AND occurred_at >= '${dayText(from)} 00:00:00.000' AND occurred_at < '${dayText(to)} 00:00:00.000' AND ${where}
    ORDER BY actor_id, occurred_at, event_id SETTINGS do_not_merge_across_partitions_select_final = 1`,
  );
  for (const { occurred_ms, record_count, ...rest } of rows) {
    const access: JudgedAccess = { ...rest, occurred_at: Number(occurred_ms), record_count: Number(record_count) };
    const own = byActor.get(access.actor_id);
    if (own === undefined) byActor.set(access.actor_id, [access]);
    else own.push(access);
  }
  return byActor;
}
