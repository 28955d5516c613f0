// Reproducible randomness: xoshiro128** (Blackman & Vigna, 2018) in independent streams named by any words and numbers.
// Two streams with different names never influence each other, so a campaign cannot change what honest people do.
// Knows nothing of the organisation, and never asks the machine for entropy or the time.

const TWO_POW_32 = 4_294_967_296;

function absorb(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ word, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

function absorbText(hash: number, text: string): number {
  let mixed = absorb(hash, text.length);
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x0100_0193);
  return absorb(mixed, 0x7ea1);
}

/** A 32-bit hash of two integers: gives things derived from an index (a customer, a review) fixed properties. */
export function hashPair(first: number, second: number): number {
  return absorb(absorb(0x2545_f491 ^ first, second), first) >>> 0;
}

/** The same as a number in [0, 1). */
export function unitOfPair(first: number, second: number): number {
  return hashPair(first, second) / TWO_POW_32;
}

/** A 32-bit hash of the characters from one position up to another. */
export function hashText(text: string, from: number, to: number): number {
  let mixed = 0x811c_9dc5;
  for (let at = from; at < to; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x0100_0193);
  return absorb(mixed, to) >>> 0;
}

const HEX_4 = Array.from({ length: 65_536 }, (_, word) => word.toString(16).padStart(4, '0'));

/** Eight hexadecimal digits of 32 bits. */
export function hex(word: number): string {
  return (HEX_4[word >>> 16] as string) + (HEX_4[word & 0xffff] as string);
}

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  private constructor(first: number, second: number) {
    this.a = absorb(first, 0x9e37_79b9);
    this.b = absorb(second, 0x3c6e_f372);
    this.c = absorb(first ^ this.b, 0xdaa6_6d2b);
    this.d = absorb(second ^ this.a, 0x78dd_e6e4) | 1;
  }

  /** The stream of this name: equal seed and name, equal numbers. */
  static stream(seed: number, ...name: readonly (string | number)[]): Random {
    let first = absorb(0x1234_5678, seed % TWO_POW_32);
    let second = absorb(0x8765_4321, Math.floor(seed / TWO_POW_32) ^ first);
    for (const word of name) {
      first = typeof word === 'string' ? absorbText(first, word) : absorb(first, word);
      second = absorb(second, first ^ 0x5bd1_e995);
    }
    return new Random(first, second);
  }

  /** 32 bits. */
  next(): number {
    const scrambled = Math.imul(this.b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const carried = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= carried;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** In [0, 1). */
  unit(): number {
    return this.next() / TWO_POW_32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** A whole number from low to high, both included; low when the range is empty. */
  int(low: number, high: number): number {
    return high <= low ? low : low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.unit() * from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** At most `count` distinct members, in random order. */
  sample<T>(from: readonly T[], count: number): T[] {
    const pool = [...from];
    const size = Math.min(count, pool.length);
    for (let at = 0; at < size; at++) {
      const other = this.int(at, pool.length - 1);
      const swapped = pool[at] as T;
      pool[at] = pool[other] as T;
      pool[other] = swapped;
    }
    return pool.slice(0, size);
  }

  /** 12 hexadecimal digits. */
  id(): string {
    return hex(this.next()) + (HEX_4[this.next() >>> 16] as string);
  }
}
