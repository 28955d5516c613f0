// How a Java program is run as a part: which java, and under a tether, since it cannot watch its supervisor by itself.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Time to end in order before it is killed. */
const GRACE_MS = 12_000;

export function javaCommand(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['JAVA_HOME'];
  const own = home ? join(home, 'bin', 'java') : '';
  return own !== '' && existsSync(own) ? own : 'java';
}

/** The program and arguments for startPart. */
export function tethered(args: readonly string[]): [string, ...string[]] {
  return [join(__dirname, 'tether.js'), String(GRACE_MS), javaCommand(), ...args];
}

/** What a Java part may see of the environment: where programs are, and nothing that configures it behind our back. */
export function javaEnv(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', LC_ALL: 'C.UTF-8', ...extra };
}
