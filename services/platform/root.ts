// Where the checkout is: compiled code lies at different depths, schemas and deploy files do not.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json')) && existsSync(join(from, 'schemas'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error('keyhole must run from its checkout: no package.json beside schemas/ above this file');
  return findRoot(parent);
}

export const projectRoot = findRoot(__dirname);
