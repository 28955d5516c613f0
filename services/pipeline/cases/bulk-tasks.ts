// The bulk tasks that a batch of accesses concerns, and since when: those that its accesses cite, and those that accesses cited which
// it replaces by other contents. All other accesses of such a task have to be explained again from there on.

import { accessKey } from '../../core/explain/explain.js';
import { bulkTasksOf, citationOf, type RankedAccess } from '../explainer.js';
import type { Citation, FactStore } from '../store/fact-store.js';
import type { Cases } from './case-book.js';

export class BulkTasks {
  /** Time of the earliest access that concerns each task. */
  readonly fromMs = new Map<string, number>();

  constructor(private readonly store: FactStore) {}

  /** Before the accesses are stored: whoever replaces one of them later will find it here. */
  async add(accesses: readonly RankedAccess[], cases: Cases): Promise<void> {
    const tasks = new Set(bulkTasksOf(cases));
    if (tasks.size === 0) return;
    const citing: Citation[] = [];
    for (const access of accesses) {
      const { case_id } = access.event;
      if (case_id !== null && tasks.has(case_id)) citing.push(citationOf(access, case_id));
    }
    for (const { case_id, occurred_at } of citing) this.concern(case_id, occurred_at);
    await this.store.noteBulkCitations(citing);
  }

  /** After the accesses are stored. What is noted makes the task's next explanations newer than all before. */
  async addReplaced(accesses: readonly RankedAccess[]): Promise<void> {
    let fromMs = Number.POSITIVE_INFINITY;
    let toMs = Number.NEGATIVE_INFINITY;
    for (const { event } of accesses) {
      fromMs = Math.min(fromMs, event.occurred_at);
      toMs = Math.max(toMs, event.occurred_at);
    }
    const noted = await this.store.readBulkCitations(fromMs, toMs);
    if (noted.length === 0) return;
    const contents = new Map<string, RankedAccess[]>();
    const wanted = new Set(noted.map(accessKey));
    for (const access of accesses) {
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
