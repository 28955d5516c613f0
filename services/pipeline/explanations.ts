// What was decided about the accesses of one batch so far. An access is unpacked for as long as it is looked at and no longer.

import type { AccessPack, RankedAccess } from '../core/feeds/access-pack.js';
import type { Explained } from '../core/feeds/records.js';
import type { Cases } from './cases/case-book.js';
import { type BulkLimits, explainAccess, UNNAMED } from './explainer.js';
import type { ExplainedAccesses } from './store/fact-store.js';

/** Below what any explanation rests on: nothing is decided yet. */
const UNDECIDED = -1;

export class Explanations {
  /** the places of all accesses */
  readonly all: readonly number[];
  private readonly explained: Explained[];
  private readonly inputs: number[];

  constructor(private readonly pack: AccessPack) {
    this.all = Array.from({ length: pack.length }, (_, i) => i);
    this.explained = this.all.map(() => 'no');
    this.inputs = this.all.map(() => UNDECIDED);
  }

  /** Of those at these places the ones that cite one of the cases. */
  citing(cases: ReadonlySet<string>, places: readonly number[]): RankedAccess[] {
    if (cases.size === 0) return [];
    return places
      .filter((i) => {
        const id = this.pack.caseIds[i] as string | null;
        return id !== null && cases.has(id);
      })
      .map((i) => this.pack.rankedAt(i));
  }

  /** @returns the places whose explanation rests on more than before */
  decide(places: readonly number[], cases: Cases, limits: BulkLimits): number[] {
    const newer: number[] = [];
    for (const i of places) {
      const id = this.pack.caseIds[i] as string | null;
      const isKnown = id !== null && cases.has(id);
      const { explained, inputs } = isKnown ? explainAccess(this.pack.lookAt(i), cases, limits) : UNNAMED;
      if (inputs > (this.inputs[i] as number)) newer.push(i);
      this.explained[i] = explained;
      this.inputs[i] = inputs;
    }
    return newer;
  }

  of(places: readonly number[]): ExplainedAccesses {
    const isAll = places.length === this.pack.length;
    return {
      pack: isAll ? this.pack : this.pack.pick(places),
      explained: places.map((i) => this.explained[i] as Explained),
      inputs: places.map((i) => this.inputs[i] as number),
    };
  }
}
