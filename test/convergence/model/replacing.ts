// A table as ClickHouse's ReplacingMergeTree keeps one: every inserted row stays until parts merge at some time; a final read sees of
// each key the row with the largest version, and of equal versions the one inserted last.

import type { Chance } from '../../../services/core/detections/cases/chance.js';

interface Copy<Row, Version> {
  readonly row: Row;
  readonly version: Version;
}

export class ReplacingTable<Row, Version = number> {
  private readonly copies = new Map<string, Copy<Row, Version>[]>();

  /** @param compare of versions; positive: the first is the larger */
  constructor(private readonly compare: (a: Version, b: Version) => number) {}

  insert(key: string, version: Version, row: Row): void {
    const known = this.copies.get(key);
    if (known === undefined) this.copies.set(key, [{ row, version }]);
    else known.push({ row, version });
  }

  /** Of one key, after a merge of all parts. */
  get(key: string): Row | undefined {
    return this.newest(this.copies.get(key) ?? [])?.row;
  }

  versionOf(key: string): Version | undefined {
    return this.newest(this.copies.get(key) ?? [])?.version;
  }

  /** One row of each key. */
  *final(): Generator<{ readonly key: string; readonly row: Row; readonly version: Version }> {
    for (const [key, copies] of this.copies) yield { key, ...(this.newest(copies) as Copy<Row, Version>) };
  }

  /** Every row that no merge has removed yet. */
  *unmerged(): Generator<Row> {
    for (const copies of this.copies.values()) for (const { row } of copies) yield row;
  }

  /** Some keys lose what a merge removes. */
  merge(chance: Chance): void {
    for (const [key, copies] of this.copies) {
      if (copies.length > 1 && chance.below(2) === 0) this.copies.set(key, [this.newest(copies) as Copy<Row, Version>]);
    }
  }

  private newest(copies: readonly Copy<Row, Version>[]): Copy<Row, Version> | undefined {
    let newest = copies[0];
    for (const copy of copies)
      if (newest !== undefined && this.compare(copy.version, newest.version) >= 0) newest = copy;
    return newest;
  }
}
