// What Linux says of processes and of the machine, from /proc: processor seconds, peak memory, share of idle time. Elsewhere
// these are unknown (NaN), never guessed.

import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat; USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system seconds of a process so far. */
export function cpuSeconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return Number.NaN;
  // utime and stime, the 12th and 13th after the name, which may hold blanks and is in parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Largest resident set of a process so far, in MB (10^6 bytes). */
export function peakMb(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kib === undefined ? Number.NaN : (Number(kib) * 1024) / 1e6;
}

export interface MachineTime {
  readonly idle: number;
  readonly total: number;
}

export function machineTime(): MachineTime {
  const fields = (read('/proc/stat')?.split('\n', 1)[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number);
  if (fields.length < 8) return { idle: Number.NaN, total: Number.NaN };
  const [, , , idle = 0, waiting = 0] = fields;
  return { idle: idle + waiting, total: fields.reduce((sum, ticks) => sum + ticks, 0) };
}

/** Share of all cores' time that nobody used since then. */
export function idleShare(since: MachineTime): number {
  const now = machineTime();
  return (now.idle - since.idle) / (now.total - since.total);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
