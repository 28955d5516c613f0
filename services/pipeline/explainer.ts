// Explains accesses by the cases they name. Decides what an explanation rests on, under which number it is stored, and which
// stored accesses are explained again; what holds is decided in core. See shared-cases.ts for why the last answer is that of the
// whole set.
//
// An explanation is stored under a number that grows with all that it could rest on: the contents that its case ever had and, for
// a bulk task, the contents that ever cited it. Of two explanations of one access the larger number stays, so that who was
// paused and comes late with an older one changes nothing.

import { accessKey, type ExplainableAccess, explain, withinBulkLimit } from '../core/explain/explain.js';
import type { RankedAccess } from '../core/feeds/access-pack.js';
import type { Explained } from '../core/feeds/records.js';
import { ensure } from '../core/maps.js';
import type { Cases } from './cases/case-book.js';
import { explainedAccesses } from './store/explained-accesses.js';
import type { Citation, CitingQuery, FactStore } from './store/fact-store.js';
import type { Touched } from './touched.js';

/** The ids among these, each once, sorted. */
export function citedCases(caseIds: readonly (string | null)[]): string[] {
  const ids = new Set<string>();
  for (const id of caseIds) if (id !== null) ids.add(id);
  return [...ids].sort();
}

export interface Explanation {
  readonly explained: Explained;
  readonly inputs: number;
}

export const UNNAMED: Explanation = { explained: 'no', inputs: 0 };

/** Of each bulk task: which of the accesses that cite it are within its limit, and how many contents have cited it. */
export type BulkLimits = ReadonlyMap<string, { readonly within: ReadonlySet<string>; readonly citing: number }>;

/** Without its task's limit, an access of a bulk task counts as outside. */
export const NO_LIMITS: BulkLimits = new Map();

export const NO_QUERY: CitingQuery = { whole: [], unanswered: [], later: [], fromMs: Number.POSITIVE_INFINITY };

/** The limits as of the stored accesses and these together (those that cite bulk tasks are enough), so that what is about to be stored is explained before anybody sees it. */
export async function readLimits(
  store: FactStore,
  cases: Cases,
  accesses: readonly RankedAccess[],
): Promise<BulkLimits> {
  const ids = bulkTasksOf(cases).sort();
  if (ids.length === 0) return NO_LIMITS;
  // Counted first: what comes between is read and not counted, and whoever brought it explains again.
  const counts = await store.countCitations(ids);
  const stored = await store.readCiting({ ...NO_QUERY, whole: ids });
  return limitsOf(cases, counts, [...stored, ...accesses]);
}

/** Of two contents of one access the larger rank counts. */
function limitsOf(cases: Cases, counts: ReadonlyMap<string, number>, accesses: readonly RankedAccess[]): BulkLimits {
  const ids = new Set(bulkTasksOf(cases));
  const citing = new Map<string, Map<string, RankedAccess>>();
  for (const access of accesses) {
    const { case_id } = access.event;
    if (case_id === null || !ids.has(case_id)) continue;
    const ofCase = ensure(citing, case_id, () => new Map<string, RankedAccess>());
    const key = accessKey(access.event);
    if ((ofCase.get(key)?.rank ?? -1) < access.rank) ofCase.set(key, access);
  }
  return new Map(
    [...citing].map(([id, ofCase]) => {
      const events = [...ofCase.values()].map(({ event }) => event);
      return [id, { within: withinBulkLimit(events, cases.get(id)?.versions ?? []), citing: counts.get(id) ?? 0 }];
    }),
  );
}

export function explainAccess(event: ExplainableAccess, cases: Cases, limits: BulkLimits): Explanation {
  if (event.case_id === null) return UNNAMED;
  const known = cases.get(event.case_id);
  if (known === undefined) return UNNAMED;
  const limit = limits.get(event.case_id);
  const explained = explain(event, known.versions, (one) => limit?.within.has(accessKey(one)) ?? false);
  return { explained, inputs: known.contents + (limit?.citing ?? 0) };
}

/**
 * Cases that are bulk tasks, and those of which a content was replaced by another: it may have been a bulk task's, so their citations
 * go on being counted, and the number of an explanation never falls.
 */
export const bulkTasksOf = (cases: Cases): string[] => {
  const ids: string[] = [];
  for (const [id, { versions, contents }] of cases)
    if (contents > versions.length || versions.some(({ kind }) => kind === 'bulk_task')) ids.push(id);
  return ids;
};

export const citationOf = ({ event, rank }: RankedAccess, case_id: string): Citation => ({
  case_id,
  actor_id: event.actor_id,
  occurred_at: event.occurred_at,
  event_id: event.event_id,
  rank,
});

export interface Reexplaining {
  readonly query: CitingQuery;
  /** of a case that is asked for as a whole: only accesses from this time on can change, epoch ms; none: all can */
  readonly fromMs?: ReadonlyMap<string, number>;
  readonly readCases: (ids: readonly string[]) => Promise<Cases>;
}

/**
 * Explains the accesses that a query finds anew and rewrites those whose stored explanation is older. All of them are touched,
 * not only those that change: whoever did this before and died had changed them without leaving a duty.
 */
export async function reexplain(
  store: FactStore,
  { query, fromMs, readCases }: Reexplaining,
  touched: Touched,
): Promise<void> {
  // As in readLimits: counted before the accesses are read.
  const counts = query.whole.length === 0 ? new Map<string, number>() : await store.countCitations(query.whole);
  const found = await store.readCiting(query);
  if (found.length === 0) return;
  const cases = await readCases(citedCases(found.map(({ event }) => event.case_id)));
  const bulk = new Set(bulkTasksOf(cases));
  const whole = new Set(query.whole);
  const ofBulk = found.filter(({ event }) => event.case_id !== null && bulk.has(event.case_id));
  if (ofBulk.length > 0)
    await store.noteBulkCitations(ofBulk.map((access) => citationOf(access, access.event.case_id as string)));
  const limits = [...bulk].every((id) => whole.has(id))
    ? limitsOf(cases, counts, found)
    : await readLimits(store, cases, found);
  const concerned = found.filter(
    ({ event }) => event.occurred_at >= (fromMs?.get(event.case_id ?? '') ?? Number.NEGATIVE_INFINITY),
  );
  const older = concerned.flatMap(({ event, rank, explained: stored, inputs: storedInputs }) => {
    const { explained, inputs } = explainAccess(event, cases, limits);
    return explained === stored && inputs <= storedInputs ? [] : [{ event, rank, explained, inputs }];
  });
  if (older.length > 0) await store.insertAccesses(explainedAccesses(older));
  for (const { event } of concerned) touched.addTime(event.occurred_at, event.actor_id);
}
