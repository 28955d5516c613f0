// Whether the machine has what a command needs, said in one message. The looking is done by deploy/local/requirements.sh,
// which `make setup` runs too, where Node itself may be what is missing.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import { projectRoot } from '../root.js';

export type Requirement = 'node' | 'java' | 'maven';

/** Throws KeyholeError('requirement_missing') that names all that is missing or too old, and how to get it. */
export async function requireInstalled(needed: readonly Requirement[], env = process.env): Promise<void> {
  const script = join(projectRoot, 'deploy', 'local', 'requirements.sh');
  const message = await new Promise<string | null>((resolve, reject) => {
    execFile('/bin/sh', [script, ...needed], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(null);
      else if (error.code === 1) resolve(stdout.trim());
      else reject(new Error(`${script} failed: ${stderr.trim() || error.message}`));
    });
  });
  if (message !== null) throw new KeyholeError('requirement_missing', message, { retriable: false });
}
