// A thousand random tamperings on the real database: one field, a row removed or added, values exchanged, an hour dropped, a digest
// rewritten with and without the key.

import { runTamperings } from './tamper-run.js';

test('a thousand random tamperings are all found', async () => {
  expect(await runTamperings(1_000, 2026)).toEqual([]);
}, 1_800_000);
