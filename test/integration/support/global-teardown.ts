// Stops the stack of this jest run and removes its folder.

import { rmSync } from 'node:fs';
import { takeStack } from './handover.js';

async function globalTeardown(): Promise<void> {
  const kept = takeStack();
  if (kept === null) return;
  await kept.stack.stop();
  rmSync(kept.dataPath, { recursive: true, force: true });
}

export = globalTeardown;
