// Explains accesses by the cases they name, against the database: read cases, decide in core, and for cases that changed find the
// accesses that cite them. Writes only rows whose explanation differs from the stored one, under a version that counts what it was
// decided on; reading after writing on both sides makes the last answer that of the whole set, whoever comes first.

import { accessKey, explain, withinBulkLimit } from '../core/explain/explain.js';
import type { AccessEvent, Explained } from '../core/feeds/records.js';
import { ensure } from '../core/maps.js';
import type { Cases, FactStore } from './store/fact-store.js';
import type { Touched } from './touched.js';

const CHUNK = 20_000;

export const citedCases = (events: readonly AccessEvent[]): string[] => {
  const ids = new Set<string>();
  for (const event of events) if (event.case_id !== null) ids.add(event.case_id);
  return [...ids].sort();
};

export interface Explanation {
  readonly explained: Explained;
  /** how many records it was decided on */
  readonly inputs: number;
}

const UNNAMED: Explanation = { explained: 'no', inputs: 0 };

/** Of each bulk task: which of the accesses that cite it are within its limit, and how many cite it. */
export type BulkLimits = ReadonlyMap<string, { readonly within: ReadonlySet<string>; readonly citing: number }>;

/** Without its task's limit, an access of a bulk task counts as outside. */
export const NO_LIMITS: BulkLimits = new Map();

/** The limits as of the stored accesses and these together, so that what is about to be stored is explained before anybody sees it. */
export async function readLimits(store: FactStore, cases: Cases, events: readonly AccessEvent[]): Promise<BulkLimits> {
  const ids = bulkTasksOf(cases);
  if (ids.length === 0) return NO_LIMITS;
  const stored = await store.readCiting(ids.sort());
  return limitsOf(cases, [...events, ...stored.map(({ event }) => event)]);
}

/** Of two contents of one access the last counts. */
function limitsOf(cases: Cases, accesses: readonly AccessEvent[]): BulkLimits {
  const ids = new Set(bulkTasksOf(cases));
  const citing = new Map<string, Map<string, AccessEvent>>();
  for (const access of accesses) {
    if (access.case_id === null || !ids.has(access.case_id)) continue;
    ensure(citing, access.case_id, () => new Map<string, AccessEvent>()).set(accessKey(access), access);
  }
  return new Map(
    [...citing].map(([id, ofCase]) => [
      id,
      { within: withinBulkLimit([...ofCase.values()], cases.byId.get(id) ?? []), citing: ofCase.size },
    ]),
  );
}

export function explainAccess(event: AccessEvent, cases: Cases, limits: BulkLimits): Explanation {
  if (event.case_id === null) return UNNAMED;
  const versions = cases.byId.get(event.case_id) ?? [];
  const limit = limits.get(event.case_id);
  const explained = explain(event, versions, (one) => limit?.within.has(accessKey(one)) ?? false);
  return { explained, inputs: versions.length + (limit?.citing ?? 0) };
}

export const bulkTasksOf = (cases: Cases): string[] => {
  const ids: string[] = [];
  for (const [id, versions] of cases.byId) if (versions.some((version) => version.kind === 'bulk_task')) ids.push(id);
  return ids;
};

/** Explains every stored access that cites one of the cases anew, rewrites what differs and notes whom that touches. */
export async function reexplain(store: FactStore, caseIds: readonly string[], touched: Touched): Promise<void> {
  for (let from = 0; from < caseIds.length; from += CHUNK) {
    const citing = await store.readCiting(caseIds.slice(from, from + CHUNK));
    if (citing.length === 0) continue;
    const events = citing.map(({ event }) => event);
    const cases = await store.readCases(citedCases(events));
    const limits = limitsOf(cases, events);
    const changed = citing
      .map(({ event, rank, explained: stored }) => ({ event, rank, stored, ...explainAccess(event, cases, limits) }))
      .filter(({ explained, stored }) => explained !== stored);
    if (changed.length === 0) continue;
    await store.insertAccesses(changed);
    for (const { event } of changed) touched.addTime(event.occurred_at, event.actor_id);
  }
}
