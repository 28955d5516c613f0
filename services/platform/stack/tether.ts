// A program that cannot watch its supervisor by itself (Java) runs as the child of this one: SIGTERM when the
// lifeline is cut, SIGKILL if that does not help. Usage: node tether.js GRACE_MS COMMAND ARGS…

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { holdLifeline } from './lifeline.js';

const [graceMs = '', command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

child.once('error', (error) => {
  process.stderr.write(`cannot run ${command}: ${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));

holdLifeline(child.pid ?? 0, () => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), Number(graceMs));
});
