// Which case ids may be stored: a Bloom filter (Burton Bloom, 1970) over their hashes. It is never wrong when it says that an id
// is not stored, which spares the database a question for every new case; a wrong "maybe" only costs that question.

/** 16 MB; of ten million ids about one new id in a hundred is a "maybe". */
const MAX_BITS = 2 ** 27;

export class KnownIds {
  private readonly mask: number;
  private readonly words: Uint32Array;
  private isEmpty = true;

  /** @param maxBytes a quarter of it, or less, is taken */
  constructor(maxBytes = MAX_BITS) {
    const bits = Math.min(MAX_BITS, 2 ** Math.ceil(Math.log2(Math.max(1_024, 2 * maxBytes))));
    this.mask = bits - 1;
    this.words = new Uint32Array(bits / 32);
  }

  addAll(hashes: Uint32Array): void {
    for (const hash of hashes) this.add(hash);
  }

  add(hash: number): void {
    this.isEmpty = false;
    this.set(hash & this.mask);
    this.set(second(hash) & this.mask);
    this.set(third(hash) & this.mask);
  }

  mayHold(hash: number): boolean {
    const { mask } = this;
    return this.get(hash & mask) && this.get(second(hash) & mask) && this.get(third(hash) & mask);
  }

  clear(): void {
    if (!this.isEmpty) this.words.fill(0);
    this.isEmpty = true;
  }

  private set(bit: number): void {
    const word = bit >>> 5;
    this.words[word] = (this.words[word] as number) | (1 << (bit & 31));
  }

  private get(bit: number): boolean {
    return ((this.words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }
}

const second = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 5;
const third = (hash: number): number => Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 5;
