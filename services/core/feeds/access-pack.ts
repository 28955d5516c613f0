// Valid accesses on their way into the database: of each its canonical JSON, as bytes outside the heap, and beside them the few values
// that are asked of every one. They live for a second and come in tens of thousands: as objects they would be most of what the garbage
// collector copies. What an explanation asks for is read without unpacking the rest; how accesses are explained or stored is not known here.

import { canonicalJson } from './canonical.js';
import type { AccessEvent, Outcome } from './records.js';

/** One content of an access. */
export interface RankedAccess {
  readonly event: AccessEvent;
  /** see contentRank */
  readonly rank: number;
}

/** What is known of each access besides its text, one entry an access. */
interface Columns {
  readonly ranks: readonly number[];
  readonly actorIds: readonly string[];
  /** occurred_at, epoch ms */
  readonly times: readonly number[];
  readonly caseIds: readonly (string | null)[];
  /** where in its text the values of customer_ids and seller_id begin; -1: not known */
  readonly customersAt: readonly number[];
  readonly sellersAt: readonly number[];
}

export class AccessPack implements Iterable<AccessEvent> {
  /**
   * @param text canonical JSON of all accesses, one behind the other
   * @param ends where each one's text ends
   */
  constructor(
    private readonly text: Buffer,
    private readonly ends: readonly number[],
    private readonly columns: Columns,
  ) {}

  get ranks(): readonly number[] {
    return this.columns.ranks;
  }

  get actorIds(): readonly string[] {
    return this.columns.actorIds;
  }

  get times(): readonly number[] {
    return this.columns.times;
  }

  get caseIds(): readonly (string | null)[] {
    return this.columns.caseIds;
  }

  get length(): number {
    return this.ends.length;
  }

  eventAt(i: number): AccessEvent {
    return JSON.parse(this.text.toString('utf8', this.startOf(i), this.ends[i])) as AccessEvent;
  }

  /** The same access, of which only what is asked for is unpacked. */
  lookAt(i: number): PackedAccess {
    const customersAt = this.columns.customersAt[i] as number;
    return customersAt < 0 ? this.eventAt(i) : new PlainAccess(this, i, this.text, this.startOf(i), this.columns);
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
    return new AccessPack(text, ends, eachColumn(this.columns, of));
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
    const text = Buffer.concat(
      packs.map((pack) => pack.text),
      at,
    );
    return new AccessPack(text, ends, joinColumns(packs.map(({ columns }) => columns)));
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

const eachColumn = (columns: Columns, of: <T>(column: readonly T[]) => T[]): Columns => ({
  ranks: of(columns.ranks),
  actorIds: of(columns.actorIds),
  times: of(columns.times),
  caseIds: of(columns.caseIds),
  customersAt: of(columns.customersAt),
  sellersAt: of(columns.sellersAt),
});

const joinColumns = (all: readonly Columns[]): Columns => ({
  ranks: all.flatMap(({ ranks }) => ranks),
  actorIds: all.flatMap(({ actorIds }) => actorIds),
  times: all.flatMap(({ times }) => times),
  caseIds: all.flatMap(({ caseIds }) => caseIds),
  customersAt: all.flatMap(({ customersAt }) => customersAt),
  sellersAt: all.flatMap(({ sellersAt }) => sellersAt),
});

/** What an explanation reads of an access. */
export type PackedAccess = Pick<
  AccessEvent,
  | 'event_id'
  | 'occurred_at'
  | 'actor_id'
  | 'action'
  | 'outcome'
  | 'seller_id'
  | 'customer_ids'
  | 'record_count'
  | 'case_id'
>;

const QUOTE = 0x22;
const ACTION_AT = '{"action":"'.length;

/** An access whose text holds no escapes. Built and forgotten for each look, so that a batch leaves no objects behind. */
class PlainAccess implements PackedAccess {
  private whole: AccessEvent | null = null;

  constructor(
    private readonly pack: AccessPack,
    private readonly i: number,
    private readonly text: Buffer,
    private readonly from: number,
    private readonly columns: Columns,
  ) {}

  get actor_id(): string {
    return this.columns.actorIds[this.i] as string;
  }

  get occurred_at(): number {
    return this.columns.times[this.i] as number;
  }

  get case_id(): string | null {
    return this.columns.caseIds[this.i] as string | null;
  }

  get action(): string {
    return this.upToQuote(this.from + ACTION_AT);
  }

  get seller_id(): string | null {
    const at = this.from + (this.columns.sellersAt[this.i] as number);
    return this.text[at] === QUOTE ? this.upToQuote(at + 1) : null;
  }

  get customer_ids(): readonly string[] {
    const ids: string[] = [];
    let at = this.from + (this.columns.customersAt[this.i] as number);
    while (this.text[++at] === QUOTE) {
      const id = this.upToQuote(at + 1);
      ids.push(id);
      at += id.length + 2;
    }
    return ids;
  }

  get event_id(): string {
    return this.event.event_id;
  }

  get outcome(): Outcome {
    return this.event.outcome;
  }

  get record_count(): number {
    return this.event.record_count;
  }

  /** Seldom needed, and then as a whole. */
  private get event(): AccessEvent {
    this.whole ??= this.pack.eventAt(this.i);
    return this.whole;
  }

  private upToQuote(from: number): string {
    let to = from;
    while (this.text[to] !== QUOTE) to++;
    return this.text.toString('latin1', from, to);
  }
}

const FIRST_BYTES = 16_384;
/** UTF-8 of one UTF-16 unit at most. */
const BYTES_PER_UNIT = 3;

export class AccessPacker {
  /** Bytes of what has been added; behind `end`, whatever was last tried. */
  text = Buffer.allocUnsafeSlow(FIRST_BYTES);
  end = 0;
  private readonly ends: number[] = [];
  private readonly ranks: number[] = [];
  private readonly actorIds: string[] = [];
  private readonly times: number[] = [];
  private readonly caseIds: (string | null)[] = [];
  private readonly customersAt: number[] = [];
  private readonly sellersAt: number[] = [];

  add(event: AccessEvent, canonical: string, rank: number): void {
    this.reserve(canonical.length * BYTES_PER_UNIT);
    const bytes = this.text.write(canonical, this.end, 'utf8');
    this.took(bytes, rank, event.actor_id, event.occurred_at, event.case_id, UNKNOWN, UNKNOWN);
  }

  /** The canonical JSON of one more access stands at `end` of `text`; with where its two values begin, it holds no escapes. */
  took(
    bytes: number,
    rank: number,
    actorId: string,
    timeMs: number,
    caseId: string | null,
    customersAt: number,
    sellersAt: number,
  ): void {
    this.end += bytes;
    this.ends.push(this.end);
    this.ranks.push(rank);
    this.actorIds.push(actorId);
    this.times.push(timeMs);
    this.caseIds.push(caseId);
    this.customersAt.push(customersAt);
    this.sellersAt.push(sellersAt);
  }

  done(): AccessPack {
    const { ranks, actorIds, times, caseIds, customersAt, sellersAt } = this;
    const columns = { ranks, actorIds, times, caseIds, customersAt, sellersAt };
    return new AccessPack(this.text.subarray(0, this.end), this.ends, columns);
  }

  /** Makes room for so many bytes more. */
  reserve(bytes: number): void {
    if (this.end + bytes <= this.text.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.text.length, this.end + bytes));
    this.text.copy(larger, 0, 0, this.end);
    this.text = larger;
  }
}

const UNKNOWN = -1;
