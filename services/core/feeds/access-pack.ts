// Valid accesses on their way into the database: of each its canonical JSON, as bytes outside the heap, and beside them the few values
// that are asked of every one. They live for a second and come in tens of thousands: as objects they would be most of what the garbage
// collector copies. Knows neither explanations nor tables.

import { canonicalJson } from './canonical.js';
import type { AccessEvent } from './records.js';

/** One content of an access. */
export interface RankedAccess {
  readonly event: AccessEvent;
  /** see contentRank */
  readonly rank: number;
}

export class AccessPack implements Iterable<AccessEvent> {
  /**
   * @param text canonical JSON of all accesses, one behind the other
   * @param ends where each one's text ends
   */
  constructor(
    private readonly text: Buffer,
    private readonly ends: readonly number[],
    readonly ranks: readonly number[],
    readonly actorIds: readonly string[],
    /** occurred_at, epoch ms */
    readonly times: readonly number[],
    readonly caseIds: readonly (string | null)[],
  ) {}

  get length(): number {
    return this.ends.length;
  }

  eventAt(i: number): AccessEvent {
    return JSON.parse(this.text.toString('utf8', this.startOf(i), this.ends[i])) as AccessEvent;
  }

  rankedAt(i: number): RankedAccess {
    return { event: this.eventAt(i), rank: this.ranks[i] as number };
  }

  *[Symbol.iterator](): Generator<AccessEvent, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.eventAt(i);
  }

  /** Bytes of one access's canonical JSON. */
  sizeAt(i: number): number {
    return (this.ends[i] as number) - this.startOf(i);
  }

  /** Copies them to a place in another buffer. */
  copyAt(i: number, target: Buffer, at: number): void {
    this.text.copy(target, at, this.startOf(i), this.ends[i]);
  }

  /** Those at these places, in this order. */
  pick(places: readonly number[]): AccessPack {
    const text = Buffer.allocUnsafe(places.reduce((bytes, i) => bytes + this.sizeAt(i), 0));
    const ends: number[] = [];
    let at = 0;
    for (const i of places) {
      this.copyAt(i, text, at);
      at += this.sizeAt(i);
      ends.push(at);
    }
    const of = <T>(column: readonly T[]): T[] => places.map((i) => column[i] as T);
    return new AccessPack(text, ends, of(this.ranks), of(this.actorIds), of(this.times), of(this.caseIds));
  }

  /** One behind the other. */
  static join(packs: readonly AccessPack[]): AccessPack {
    const [only] = packs;
    if (only !== undefined && packs.length === 1) return only;
    const ends: number[] = [];
    let at = 0;
    for (const pack of packs) {
      for (const end of pack.ends) ends.push(at + end);
      at += pack.text.length;
    }
    return new AccessPack(
      Buffer.concat(
        packs.map(({ text }) => text),
        at,
      ),
      ends,
      packs.flatMap(({ ranks }) => ranks),
      packs.flatMap(({ actorIds }) => actorIds),
      packs.flatMap(({ times }) => times),
      packs.flatMap(({ caseIds }) => caseIds),
    );
  }

  static of(accesses: readonly RankedAccess[]): AccessPack {
    const packer = new AccessPacker();
    for (const { event, rank } of accesses) packer.add(event, canonicalJson('access-log', event), rank);
    return packer.done();
  }

  private startOf(i: number): number {
    return i === 0 ? 0 : (this.ends[i - 1] as number);
  }
}

const FIRST_BYTES = 16_384;
/** UTF-8 of one UTF-16 unit at most. */
const BYTES_PER_UNIT = 3;

export class AccessPacker {
  private text = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private at = 0;
  private readonly ends: number[] = [];
  private readonly ranks: number[] = [];
  private readonly actorIds: string[] = [];
  private readonly times: number[] = [];
  private readonly caseIds: (string | null)[] = [];

  add(event: AccessEvent, canonical: string, rank: number): void {
    this.reserve(canonical.length * BYTES_PER_UNIT);
    this.at += this.text.write(canonical, this.at, 'utf8');
    this.ends.push(this.at);
    this.ranks.push(rank);
    this.actorIds.push(event.actor_id);
    this.times.push(event.occurred_at);
    this.caseIds.push(event.case_id);
  }

  done(): AccessPack {
    const text = this.text.subarray(0, this.at);
    return new AccessPack(text, this.ends, this.ranks, this.actorIds, this.times, this.caseIds);
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.text.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.text.length, this.at + bytes));
    this.text.copy(larger, 0, 0, this.at);
    this.text = larger;
  }
}
