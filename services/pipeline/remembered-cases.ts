// The cases that this process has landed, kept for explaining what follows: for a replay, which alone writes to its database and
// lands context first. Holds only what it saw from an empty table on, within a bound; beyond either it says so and the database
// is asked. Versions are kept in columns: a quarter of what objects take, and next to nothing for the garbage collector to visit.

import type { CaseKind, SupportCase } from '../core/feeds/records.js';

const MAX_BYTES = 220_000_000;
const CHUNK = 16_384;
const NONE = -1;
const KINDS: readonly CaseKind[] = ['support', 'appeal', 'review_dispute', 'investigation', 'bulk_task'];
/** No id holds one. */
const SEPARATOR = ' ';
/** Numbers of a version: in a Float64Array, in this order; NaN where there is none. */
const NUMBERS = 5;
/** Ids of a version, its kind, its status and the version before it: in an Int32Array, in this order. */
const INTEGERS = 7;
const BYTES_PER_VERSION = NUMBERS * 8 + INTEGERS * 4;
/** What a string or a map entry takes beyond its characters, about. */
const BYTES_PER_STRING = 56;

interface Chunk {
  readonly numbers: Float64Array;
  readonly integers: Int32Array;
  /** joined; '' for none */
  readonly customers: string[];
}

export class RememberedCases {
  /** the newest version of each case */
  private readonly last = new Map<string, number>();
  private readonly chunks: Chunk[] = [];
  private readonly names = new Names();
  private count = 0;
  private bytes = 0;
  private complete = true;

  add(records: readonly SupportCase[], ranks: readonly number[]): void {
    if (!this.complete) return;
    for (let i = 0; i < records.length; i++) this.addOne(records[i] as SupportCase, ranks[i] as number);
    if (this.bytes + this.names.bytes > MAX_BYTES) this.forget();
  }

  /** From here on the database is asked. */
  forget(): void {
    this.complete = false;
    this.last.clear();
    this.chunks.length = 0;
    this.names.clear();
  }

  /** Versions ascending by updated_at; null when not all cases are remembered. */
  read(ids: readonly string[]): Map<string, readonly SupportCase[]> | null {
    if (!this.complete) return null;
    const found = new Map<string, readonly SupportCase[]>();
    for (const id of ids) {
      const last = this.last.get(id);
      if (last !== undefined) found.set(id, this.versions(id, last));
    }
    return found;
  }

  private addOne(one: SupportCase, rank: number): void {
    const at = this.count++;
    const row = at % CHUNK;
    if (row === 0) this.chunks.push(emptyChunk());
    const { numbers, integers, customers } = this.chunks[this.chunks.length - 1] as Chunk;
    const n = row * NUMBERS;
    numbers[n] = one.opened_at;
    numbers[n + 1] = one.closed_at ?? Number.NaN;
    numbers[n + 2] = one.record_limit ?? Number.NaN;
    numbers[n + 3] = one.updated_at;
    numbers[n + 4] = rank;
    const before = this.last.get(one.case_id);
    const i = row * INTEGERS;
    integers[i] = this.names.numberOf(one.opened_by);
    integers[i + 1] = this.names.numberOf(one.assignee_id);
    integers[i + 2] = this.names.numberOf(one.seller_id);
    integers[i + 3] = this.names.numberOf(one.approved_by);
    integers[i + 4] = KINDS.indexOf(one.kind);
    integers[i + 5] = one.status === 'open' ? 1 : 0;
    integers[i + 6] = before ?? NONE;
    const joined = one.customer_ids.length === 0 ? '' : one.customer_ids.join(SEPARATOR);
    customers.push(joined);
    this.last.set(one.case_id, at);
    this.bytes += BYTES_PER_VERSION + (joined === '' ? 8 : BYTES_PER_STRING + joined.length);
    if (before === undefined) this.bytes += BYTES_PER_STRING + one.case_id.length;
  }

  /** One version for each updated_at: of two contents with one key the larger rank stays, as in the table. */
  private versions(case_id: string, last: number): SupportCase[] {
    const places: number[] = [];
    for (let at = last; at !== NONE; at = this.before(at)) places.push(at);
    if (places.length > 1)
      places.sort((a, b) => this.number(a, 3) - this.number(b, 3) || this.number(b, 4) - this.number(a, 4));
    const versions: SupportCase[] = [];
    let updated = Number.NaN;
    for (const at of places) {
      if (this.number(at, 3) === updated) continue;
      updated = this.number(at, 3);
      versions.push(this.versionAt(case_id, at));
    }
    return versions;
  }

  private versionAt(case_id: string, at: number): SupportCase {
    const { integers, customers } = this.chunks[Math.floor(at / CHUNK)] as Chunk;
    const i = (at % CHUNK) * INTEGERS;
    const joined = customers[at % CHUNK] as string;
    return {
      case_id,
      kind: KINDS[integers[i + 4] as number] as CaseKind,
      status: integers[i + 5] === 1 ? 'open' : 'closed',
      opened_at: this.number(at, 0),
      closed_at: orNull(this.number(at, 1)),
      opened_by: this.names.nameOf(integers[i] as number) as string,
      assignee_id: this.names.nameOf(integers[i + 1] as number),
      seller_id: this.names.nameOf(integers[i + 2] as number),
      customer_ids: joined === '' ? [] : joined.split(SEPARATOR),
      approved_by: this.names.nameOf(integers[i + 3] as number),
      record_limit: orNull(this.number(at, 2)),
      updated_at: this.number(at, 3),
    };
  }

  private number(at: number, column: number): number {
    return (this.chunks[Math.floor(at / CHUNK)] as Chunk).numbers[(at % CHUNK) * NUMBERS + column] as number;
  }

  private before(at: number): number {
    return (this.chunks[Math.floor(at / CHUNK)] as Chunk).integers[(at % CHUNK) * INTEGERS + 6] as number;
  }
}

const emptyChunk = (): Chunk => ({
  numbers: new Float64Array(CHUNK * NUMBERS),
  integers: new Int32Array(CHUNK * INTEGERS),
  customers: [],
});

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Numbers for ids that come again and again: employees, sellers. */
class Names {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  bytes = 0;

  numberOf(name: string | null): number {
    if (name === null) return NONE;
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.length;
    this.numbers.set(name, number);
    this.names.push(name);
    this.bytes += BYTES_PER_STRING + name.length;
    return number;
  }

  nameOf(number: number): string | null {
    return number === NONE ? null : (this.names[number] as string);
  }

  clear(): void {
    this.numbers.clear();
    this.names.length = 0;
    this.bytes = 0;
  }
}
