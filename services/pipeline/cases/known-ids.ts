// Which case ids may be stored: a Bloom filter (Burton Bloom, 1970) over their hashes. It is never wrong when it says that an id
// is not stored, which spares the database a question for every new case; a wrong "maybe" only costs that question.

const BITS = 2 ** 27;
const MASK = BITS - 1;

/** 16 MB; of ten million ids about one new id in a hundred is a "maybe". */
export class KnownIds {
  private readonly words = new Uint32Array(BITS / 32);

  addAll(hashes: Uint32Array): void {
    for (const hash of hashes) this.add(hash);
  }

  add(hash: number): void {
    this.set(hash & MASK);
    this.set(second(hash));
    this.set(third(hash));
  }

  mayHold(hash: number): boolean {
    return this.get(hash & MASK) && this.get(second(hash)) && this.get(third(hash));
  }

  clear(): void {
    this.words.fill(0);
  }

  private set(bit: number): void {
    const word = bit >>> 5;
    this.words[word] = (this.words[word] as number) | (1 << (bit & 31));
  }

  private get(bit: number): boolean {
    return ((this.words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }
}

const second = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 5) & MASK;
const third = (hash: number): number => (Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 5) & MASK;
