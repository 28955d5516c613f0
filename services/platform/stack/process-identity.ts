// Which process a pid means: the pid together with when it began, since pids are used again. Null once it has ended.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: only equality counts. */
  readonly began: string;
}

export function identify(pid: number): ProcessIdentity | null {
  const began = process.platform === 'linux' ? beganFromProc(pid) : beganFromPs(pid);
  return began === null ? null : { pid, began };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.began === identity.began;
}

/** /proc/PID/stat: after the name in parentheses come the state and, nineteen fields on, the start in clock ticks. */
function beganFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = fields[0] === 'Z' || fields[0] === 'X';
    return ended ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function beganFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
