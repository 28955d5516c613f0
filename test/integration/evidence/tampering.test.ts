// Tampering with what is sealed, on the real database. A thousand of them: tampering.long.test.ts.

import { runTamperings } from './tamper-run.js';

test('fourteen random tamperings of every kind are all found, with their table and hour', async () => {
  expect(await runTamperings(14, 7)).toEqual([]);
});
