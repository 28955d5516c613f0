// One sheet against the store: raw surprises where what they are made of has changed, levels from the samples of earlier days, and for
// rows worth keeping the accesses that findings cite. The judgement itself is core's; here its inputs are gathered and their versions
// added up.

import type { Definition } from '../core/detections/definition.js';
import { applyExceptions, needsPlaces, type Place } from '../core/exceptions/apply.js';
import type { JudgedAccess } from '../core/judge/conduct.js';
import type { Finding } from '../core/judge/finding.js';
import { type AccessQuery, type Assessed, type RawSheet, sampleOf } from '../core/judge/kind.js';
import { kindOf } from '../core/judge/kinds.js';
import { type LevelledRow, levelSheet } from '../core/judge/levels.js';
import { push } from '../core/maps.js';
import type { Day } from '../core/time.js';
import type { JudgeWorld } from './judge-world.js';
import type { KnownSheets } from './known-sheets.js';
import type { Judgement, JudgeStore } from './store/judge-store.js';

export interface SheetName {
  readonly definition: Definition;
  readonly day: Day;
}

export interface SheetReads {
  readonly store: Pick<JudgeStore, 'readAccesses' | 'readCanaries' | 'readPlace'>;
  readonly world: JudgeWorld;
  readonly known: KnownSheets;
  readonly configSeq: number;
}

export interface JudgedSheet {
  readonly judgement: Judgement;
  /** what its row names, all of it */
  readonly contents: readonly Finding[];
  /** contents by anomaly_id that its row named before */
  readonly before: ReadonlyMap<string, string>;
}

/**
 * @param isForced judged even if nothing that it reads has changed
 * Its outcome counts for later sheets at once; whoever asked writes it.
 * @returns null where the stored judgement is of the same version
 */
export async function judgeSheet(
  { definition, day }: SheetName,
  reads: SheetReads,
  isForced: boolean,
): Promise<JudgedSheet | null> {
  const { world, known, configSeq } = reads;
  const kind = kindOf(definition);
  const range = kind.rangeRead(definition, day);
  await known.know(day, day);
  await world.prepare(kind, range);
  const levelsVersion = known.levelsVersion(day);
  const stored = known.of(definition.id, day);
  const isCurrent =
    stored?.configSeq === configSeq &&
    stored.sampleVersion === world.versionOf(kind, range) &&
    stored.version === stored.sampleVersion + levelsVersion;
  if (isCurrent && !isForced) return null;
  await world.load(kind, range);
  await world.loadMatches(definition, range);
  const sampleVersion = world.versionOf(kind, range);
  const raw = kind.judge(definition, day, world);
  const sample = sampleOf(raw);
  const rows = levelSheet(known.levelsOf(day, levelsVersion), definition, sample);
  const contents = await findingsOf({ definition, day }, raw, rows, reads);
  const judgement: Judgement = {
    detection: definition.id,
    windowDays: definition.window.days,
    day,
    version: sampleVersion + levelsVersion,
    sampleVersion,
    sample,
    findings: contents.map(({ anomaly_id, content }) => ({ anomaly_id, content })),
    unscored: raw.unscored,
  };
  known.put(judgement, configSeq);
  return { judgement, contents, before: stored?.findings ?? NOTHING };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

async function findingsOf(
  { definition, day }: SheetName,
  raw: RawSheet,
  rows: readonly LevelledRow[],
  { store, world, known }: SheetReads,
): Promise<Finding[]> {
  if (rows.length === 0) return [];
  const kind = kindOf(definition);
  const byKey = new Map(raw.top.map((assessed) => [assessed.key, assessed]));
  const asked = rows.map(({ key, level }) => {
    const assessed = byKey.get(key) as Assessed<never>;
    return { assessed, level, query: kind.accessesFor(definition, day, assessed, world) };
  });
  const answers = await readAll(
    store,
    asked.map(({ query }) => query),
  );
  const canaries = asked.some(({ query }) => query?.canaries === true)
    ? new Set(await store.readCanaries())
    : new Set<string>();
  const findings = asked.map(({ assessed, level }, i) =>
    kind.finding({
      definition,
      day,
      world,
      judged: raw.judged,
      assessed,
      level,
      accesses: answers[i] as JudgedAccess[],
      canaries,
    }),
  );
  const places = needsPlaces(known.exceptions) ? await placesOf(findings, store) : NO_PLACES;
  return applyExceptions(findings, known.exceptions, { day, isCanary: definition.judge.kind === 'canary', places });
}

const NO_PLACES: ReadonlyMap<string, Place> = new Map();

async function placesOf(
  findings: readonly Finding[],
  store: Pick<JudgeStore, 'readPlace'>,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  for (const finding of findings) places.set(finding.anomaly_id, await store.readPlace(finding));
  return places;
}

/** Queries that differ in their actors and sellers only are asked as one, for all of these, and each takes its own of the answer. */
async function readAll(
  store: Pick<JudgeStore, 'readAccesses'>,
  queries: readonly (AccessQuery | null)[],
): Promise<JudgedAccess[][]> {
  const answers: JudgedAccess[][] = queries.map(() => []);
  const groups = new Map<string, { query: AccessQuery; at: number }[]>();
  queries.forEach((query, at) => {
    if (query === null) return;
    const { actors, sellers, ...rest } = query;
    push(groups, JSON.stringify([rest, actors === undefined ? at : 'actors', sellers === undefined]), { query, at });
  });
  for (const group of groups.values()) {
    const [first] = group as [{ query: AccessQuery; at: number }];
    const { actors, sellers } = first.query;
    const all = await store.readAccesses({
      ...first.query,
      ...(actors && { actors: union(group.map(({ query }) => query.actors)) }),
      ...(sellers && { sellers: union(group.map(({ query }) => query.sellers)) }),
    });
    for (const { query, at } of group) answers[at] = group.length === 1 ? all : all.filter(asksFor(query));
  }
  return answers;
}

const union = (lists: readonly (readonly string[] | undefined)[]): string[] =>
  [...new Set(lists.flatMap((list) => list ?? []))].sort();

function asksFor({ actors, sellers }: AccessQuery): (access: JudgedAccess) => boolean {
  const who = actors && new Set(actors);
  const whose = sellers && new Set(sellers);
  return ({ actor_id, seller_id }) =>
    (who === undefined || who.has(actor_id)) && (whose === undefined || (seller_id !== null && whose.has(seller_id)));
}
