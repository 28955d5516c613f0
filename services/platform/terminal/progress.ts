// Progress on stderr: a bar on a terminal, a plain line every few seconds elsewhere, nothing for what takes under two seconds.

import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(what: string, done: number, total: number): void;
  /** a line of its own, above the bar */
  note(line: string): void;
  stop(): void;
}

const QUIET_MS = 2_000;
const LINE_EVERY_MS = 5_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? new BarProgress(stream) : new LineProgress(stream);
}

class BarProgress implements Progress {
  private readonly bar: SingleBar;
  private readonly startedAt = Date.now();
  private active = false;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.bar = new SingleBar(
      {
        stream,
        format: '{what} [{bar}] {percentage} %',
        clearOnComplete: true,
        hideCursor: true,
        barsize: 30,
        noTTYOutput: false,
      },
      Presets.shades_classic,
    );
  }

  update(what: string, done: number, total: number): void {
    if (Date.now() - this.startedAt < QUIET_MS) return;
    if (!this.active) this.bar.start(total, done, { what });
    this.active = true;
    this.bar.setTotal(total);
    this.bar.update(done, { what });
  }

  note(line: string): void {
    this.stop();
    this.stream.write(`${line}\n`);
  }

  stop(): void {
    if (this.active) this.bar.stop();
    this.active = false;
  }
}

class LineProgress implements Progress {
  private lastAt = Date.now() - LINE_EVERY_MS + QUIET_MS;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  update(what: string, done: number, total: number): void {
    if (Date.now() - this.lastAt < LINE_EVERY_MS) return;
    this.lastAt = Date.now();
    this.stream.write(`${what}: ${total > 0 ? Math.floor((100 * done) / total) : 100} %\n`);
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  stop(): void {}
}
