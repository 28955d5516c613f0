// Versions of cases in one ring of bytes: nothing for the garbage collector to visit, a bound that holds to the byte, and the
// oldest entries overwritten when it is full. A case is answered only while every one of its versions is still there. Decides
// nothing about whether what it holds is current.
//
// A version is a record of 64 bytes (four integers, five numbers, kind and status, the length of its text) and its ids joined by
// spaces, which no id holds. Records of one bucket are chained from the newest to the oldest; a record knows how many of its
// case's records lie on the chain from it on, so that a walk knows when it has seen all. A record with none means: unknown again.

import type { CaseKind, SupportCase } from '../../core/feeds/records.js';
import { idHash } from './id-hash.js';

export interface CaseVersion {
  readonly record: SupportCase;
  /** of its content: of two versions with one updated_at the larger counts */
  readonly rank: number;
}

/** What is known of a case. */
export interface KnownCase {
  /** ascending by updated_at, one for each */
  readonly versions: readonly SupportCase[];
  /** how many contents its versions have had so far, replaced ones included: grows with all that could change an explanation */
  readonly contents: number;
}

const KINDS: readonly CaseKind[] = ['support', 'appeal', 'review_dispute', 'investigation', 'bulk_task'];
const UNIT = 8;
const HEAD_BYTES = 64;
const BYTES_PER_BUCKET = 128;
/** Positions are counted in units of eight bytes, in 32 bits. */
const MAX_POSITION = 2 ** 32 - 2 ** 24;

export class CaseCache {
  private readonly size: number;
  private readonly bytes: Buffer;
  private readonly integers: Uint32Array;
  private readonly numbers: Float64Array;
  private readonly buckets: Uint32Array;
  /** Where the next record goes, in units since the beginning; 0 stands for nowhere. */
  private head = 1;

  constructor(maxBytes: number) {
    this.size = Math.floor(maxBytes / UNIT);
    const memory = new ArrayBuffer(this.size * UNIT);
    this.bytes = Buffer.from(memory);
    this.integers = new Uint32Array(memory);
    this.numbers = new Float64Array(memory);
    this.buckets = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, maxBytes / BYTES_PER_BUCKET))));
  }

  /** Bytes of the ring that hold records by now. */
  get usedBytes(): number {
    return UNIT * Math.min(this.head, this.size);
  }

  /** undefined: not remembered, or not all of it. */
  read(id: string): KnownCase | undefined {
    return this.find(id);
  }

  /** One more version of a case that is remembered whole, or, `alone`, the only one that there is. */
  add(version: CaseVersion, alone: boolean): void {
    const { record, rank } = version;
    const before = alone ? 0 : (this.newest(record.case_id)?.count ?? 0);
    if (alone || before > 0) this.append(record, rank, before + 1);
  }

  /** All stored versions of a case. @param contents see KnownCase; some of them may be stored no more */
  put(versions: readonly CaseVersion[], contents: number): void {
    const lost = Math.max(0, contents - countContents(versions));
    versions.forEach(({ record, rank }, i) => {
      this.append(record, rank, i + 1, lost);
    });
  }

  /** The case is unknown from here on. */
  forget(id: string): void {
    if (this.newest(id) !== undefined) this.write(id, `${id}`, 0);
  }

  clear(): void {
    this.buckets.fill(0);
    this.head = 1;
  }

  private append(one: SupportCase, rank: number, count: number, lost = 0): void {
    const { case_id, opened_by, assignee_id, seller_id, approved_by, customer_ids } = one;
    const text = `${case_id} ${opened_by} ${assignee_id ?? ''} ${seller_id ?? ''} ${approved_by ?? ''} ${customer_ids.join(' ')}`;
    const at = this.write(case_id, text, count);
    if (at < 0) return;
    const n = at + 2;
    this.numbers[n] = one.opened_at;
    this.numbers[n + 1] = one.closed_at ?? Number.NaN;
    this.numbers[n + 2] = one.updated_at;
    this.numbers[n + 3] = one.record_limit ?? Number.NaN;
    this.numbers[n + 4] = rank;
    this.integers[at * 2 + 3] = lost;
    this.integers[at * 2 + 14] = KINDS.indexOf(one.kind) * 2 + (one.status === 'open' ? 1 : 0);
  }

  /** @returns where the record begins in the ring, in units; -1: it is larger than the ring */
  private write(id: string, text: string, count: number): number {
    const textBytes = Buffer.byteLength(text);
    const units = Math.ceil((HEAD_BYTES + textBytes) / UNIT);
    if (units > this.size) {
      this.clear();
      return -1;
    }
    if (this.head + 2 * units > MAX_POSITION) this.clear();
    if ((this.head % this.size) + units > this.size) this.head += this.size - (this.head % this.size);
    const hash = idHash(id);
    const bucket = hash & (this.buckets.length - 1);
    const at = this.head % this.size;
    const i = at * 2;
    this.integers[i] = this.buckets[bucket] as number;
    this.integers[i + 1] = hash;
    this.integers[i + 2] = count;
    this.integers[i + 15] = textBytes;
    this.bytes.write(text, at * UNIT + HEAD_BYTES, textBytes, 'utf8');
    this.buckets[bucket] = this.head;
    this.head += units;
    return at;
  }

  /** Places of the case's records, newest first, as far as they are still there. */
  private *places(id: string): Generator<{ readonly at: number; readonly count: number; readonly fields: string[] }> {
    const hash = idHash(id);
    let position = this.buckets[hash & (this.buckets.length - 1)] as number;
    while (position > 0 && position >= this.head - this.size) {
      const at = position % this.size;
      const i = at * 2;
      if (this.integers[i + 1] === hash) {
        const begin = at * UNIT + HEAD_BYTES;
        const fields = this.bytes.toString('utf8', begin, begin + (this.integers[i + 15] as number)).split(' ');
        if (fields[0] === id) yield { at, count: this.integers[i + 2] as number, fields };
      }
      position = this.integers[i] as number;
    }
  }

  private newest(id: string): { readonly count: number } | undefined {
    for (const place of this.places(id)) return place;
    return undefined;
  }

  private find(id: string): KnownCase | undefined {
    const found: CaseVersion[] = [];
    let wanted = -1;
    let lost = 0;
    for (const { at, count, fields } of this.places(id)) {
      if (wanted < 0) wanted = count;
      if (wanted === 0) return undefined;
      found.push(this.versionAt(at, fields));
      lost = Math.max(lost, this.integers[at * 2 + 3] as number);
      if (found.length === wanted) return knownCase(found, lost);
    }
    return undefined;
  }

  private versionAt(at: number, fields: readonly string[]): CaseVersion {
    const [case_id = '', opened_by = '', assignee, seller, approved, ...customers] = fields;
    const n = at + 2;
    const state = this.integers[at * 2 + 14] as number;
    const record: SupportCase = {
      case_id,
      kind: KINDS[state >> 1] as CaseKind,
      status: (state & 1) === 1 ? 'open' : 'closed',
      opened_at: this.numbers[n] as number,
      closed_at: orNull(this.numbers[n + 1] as number),
      opened_by,
      assignee_id: assignee || null,
      seller_id: seller || null,
      customer_ids: customers[0] === '' ? [] : customers,
      approved_by: approved || null,
      record_limit: orNull(this.numbers[n + 3] as number),
      updated_at: this.numbers[n + 2] as number,
    };
    return { record, rank: this.numbers[n + 4] as number };
  }
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Of two contents with one updated_at the larger rank counts, as in the table. @param lost contents that are stored no more */
export function knownCase(versions: readonly CaseVersion[], lost: number): KnownCase {
  const [only] = versions;
  if (only !== undefined && versions.length === 1) return { versions: [only.record], contents: 1 + lost };
  const sorted = [...versions].sort((a, b) => a.record.updated_at - b.record.updated_at || b.rank - a.rank);
  const first = sorted.filter(({ record }, i) => i === 0 || record.updated_at !== sorted[i - 1]?.record.updated_at);
  return { versions: first.map(({ record }) => record), contents: countContents(sorted) + lost };
}

export function countContents(versions: readonly CaseVersion[]): number {
  return versions.length < 2
    ? versions.length
    : new Set(versions.map(({ record, rank }) => `${record.updated_at} ${rank}`)).size;
}
