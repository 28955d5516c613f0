// The version of this checkout, as package.json says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './root.js';

export function readVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  return manifest.version;
}
