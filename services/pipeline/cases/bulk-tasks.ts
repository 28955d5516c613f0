// The bulk tasks that a batch of accesses concerns, and since when: those that its accesses cite, and those that accesses cited which
// it replaces by other contents. All other accesses of such a task have to be explained again from there on.

import { accessKey } from '../../core/explain/explain.js';
import type { AccessPack, RankedAccess } from '../../core/feeds/access-pack.js';
import { citationOf } from '../explainer.js';
import type { Citation, FactStore } from '../store/fact-store.js';

export class BulkTasks {
  /** Time of the earliest access that concerns each task. */
  readonly fromMs = new Map<string, number>();

  constructor(private readonly store: FactStore) {}

  /** Accesses that cite bulk tasks, before they are stored: whoever replaces one of them later will find it here. */
  async add(accesses: readonly RankedAccess[]): Promise<void> {
    if (accesses.length === 0) return;
    const citing = accesses.map((access) => citationOf(access, access.event.case_id as string));
    for (const { case_id, occurred_at } of citing) this.concern(case_id, occurred_at);
    await this.store.noteBulkCitations(citing);
  }

  /** After the accesses are stored. What is noted makes the task's next explanations newer than all before. */
  async addReplaced(pack: AccessPack): Promise<void> {
    let fromMs = Number.POSITIVE_INFINITY;
    let toMs = Number.NEGATIVE_INFINITY;
    for (const timeMs of pack.times) {
      fromMs = Math.min(fromMs, timeMs);
      toMs = Math.max(toMs, timeMs);
    }
    const noted = await this.store.readBulkCitations(fromMs, toMs);
    if (noted.length === 0) return;
    const contents = new Map<string, RankedAccess[]>();
    const wanted = new Set(noted.map(accessKey));
    const moments = new Set(noted.map(({ occurred_at }) => occurred_at));
    for (let i = 0; i < pack.length; i++) {
      if (!moments.has(pack.times[i] as number)) continue;
      const access = pack.rankedAt(i);
      const key = accessKey(access.event);
      if (wanted.has(key)) contents.set(key, [...(contents.get(key) ?? []), access]);
    }
    const replaced: Citation[] = [];
    for (const { rank, case_id, ...name } of noted)
      for (const access of contents.get(accessKey(name)) ?? [])
        if (access.rank !== rank && access.event.case_id !== case_id) replaced.push(citationOf(access, case_id));
    if (replaced.length === 0) return;
    await this.store.noteCitations(replaced);
    for (const { case_id, occurred_at } of replaced) this.concern(case_id, occurred_at);
  }

  private concern(task: string, timeMs: number): void {
    this.fromMs.set(task, Math.min(timeMs, this.fromMs.get(task) ?? Number.POSITIVE_INFINITY));
  }
}
