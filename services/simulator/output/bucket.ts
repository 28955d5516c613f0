// Lines of one feed and hour, kept as bytes outside the JavaScript heap until their hour has passed, then given out by time.

const FIRST_BYTES = 512;

export class Bucket {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private used = 0;
  private readonly times: number[] = [];
  private readonly ends: number[] = [];

  get size(): number {
    return this.times.length;
  }

  /** The line is plain ASCII: a byte for each character. */
  add(atMs: number, line: string): void {
    const end = this.used + line.length;
    if (end > this.bytes.length) this.grow(end);
    this.bytes.write(line, this.used, 'latin1');
    this.times.push(atMs);
    this.ends.push(end);
    this.used = end;
  }

  /** All lines, ordered by time and, where equal, as they came. */
  sorted(): Buffer {
    const { times, ends, bytes } = this;
    const order = Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
    const out = Buffer.allocUnsafe(this.used);
    let at = 0;
    for (const line of order) {
      const from = line === 0 ? 0 : (ends[line - 1] as number);
      at += bytes.copy(out, at, from, ends[line]);
    }
    return out;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}
