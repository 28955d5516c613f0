// What this process knows of cases: a bounded cache of whole histories, and which ids may be stored at all. Answers from memory
// where it can and from the store where it must; the answer is the same. Knows nothing of other writers: whoever shares the store
// tells it, by `forget`, what they have written.

import type { SupportCase } from '../../core/feeds/records.js';
import { push } from '../../core/maps.js';
import { cacheBytes, cacheRequests } from '../../platform/metrics/metrics.js';
import type { FactStore } from '../store/fact-store.js';
import { CaseCache, type CaseVersion, countContents, type KnownCase, knownCase } from './case-cache.js';
import { idHash } from './id-hash.js';
import { KnownIds } from './known-ids.js';

export type Cases = ReadonlyMap<string, KnownCase>;

export class CaseBook {
  private readonly cache: CaseCache;
  private readonly known: KnownIds;
  /** Ids written while the store was being asked: its answer may be older. */
  private loads = new Set<Set<string>>();

  constructor(
    private readonly store: FactStore,
    maxBytes: number,
  ) {
    this.cache = new CaseCache(maxBytes);
    this.known = new KnownIds(maxBytes);
  }

  /** Forgets everything and learns which ids are stored. */
  async begin(): Promise<void> {
    this.cache.clear();
    this.known.clear();
    this.loads = new Set();
    await this.store.scanCaseIds((hashes) => this.known.addAll(hashes));
  }

  mayBeStored(id: string): boolean {
    return this.known.mayHold(idHash(id));
  }

  /** From here on these may be stored. */
  expect(ids: readonly string[]): void {
    for (const id of ids) this.known.add(idHash(id));
  }

  /** No entry for a case that is not stored. */
  async read(ids: readonly string[]): Promise<Cases> {
    const found = new Map<string, KnownCase>();
    const missing: string[] = [];
    for (const id of ids) {
      const known = this.cache.read(id);
      if (known !== undefined) found.set(id, known);
      else if (this.mayBeStored(id)) missing.push(id);
    }
    cacheRequests.inc({ cache: 'cases', result: 'hit' }, found.size);
    cacheRequests.inc({ cache: 'cases', result: 'miss' }, missing.length);
    cacheBytes.set({ cache: 'cases' }, this.cache.usedBytes);
    if (missing.length > 0) for (const [id, known] of await this.load(missing)) found.set(id, known);
    return found;
  }

  /** These versions were stored; a case of which nothing had been stored before, as `isFirst` says, is remembered from now on. */
  add(records: readonly SupportCase[], ranks: readonly number[], isFirst: (id: string) => boolean): void {
    const seen = new Set<string>();
    records.forEach((record, i) => {
      const alone =
        !seen.has(record.case_id) && isFirst(record.case_id) && this.cache.read(record.case_id) === undefined;
      seen.add(record.case_id);
      this.cache.add({ record, rank: ranks[i] as number }, alone);
      this.known.add(idHash(record.case_id));
      for (const written of this.loads) written.add(record.case_id);
    });
  }

  /** Others may have written versions of these. */
  forget(ids: readonly string[]): void {
    this.expect(ids);
    for (const id of ids) {
      this.cache.forget(id);
      for (const written of this.loads) written.add(id);
    }
  }

  private async load(ids: readonly string[]): Promise<Cases> {
    const written = new Set<string>();
    this.loads.add(written);
    try {
      const { contents, versions } = await this.store.readCases(ids);
      const byId = new Map<string, CaseVersion[]>();
      for (const version of versions) push(byId, version.record.case_id, version);
      const isCurrent = this.loads.has(written);
      const found = new Map<string, KnownCase>();
      for (const [id, ofCase] of byId) {
        const total = contents.get(id) ?? 0;
        found.set(id, knownCase(ofCase, Math.max(0, total - countContents(ofCase))));
        if (isCurrent && !written.has(id)) this.cache.put(ofCase, total);
      }
      return found;
    } finally {
      this.loads.delete(written);
    }
  }
}
