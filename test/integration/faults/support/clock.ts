// Loaded before the command line tool (node --require): a wall clock that jumps, forwards and back, while the process runs. Timers
// and performance.now() go on as they were, as they do when an administrator or NTP sets a machine's clock. The jumps come as JSON
// in the variable CLOCK_JUMPS: milliseconds ahead of the truth, one after the other, the last one stays.

const RealDate = Date;
const jumps: readonly number[] = JSON.parse(process.env['CLOCK_JUMPS'] ?? '[]');
const EVERY_MS = 1_500;
const beganMs = performance.now();

function aheadMs(): number {
  const index = Math.floor((performance.now() - beganMs) / EVERY_MS);
  return jumps[Math.min(index, jumps.length - 1)] ?? 0;
}

class JumpingDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(RealDate.now() + aheadMs());
    else super(...(given as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs();
  }
}

globalThis.Date = JumpingDate as DateConstructor;
