// Tampering with what is sealed, on the real database. A thousand of them: tampering.long.test.ts.

import { runTamperings } from './tamper-run.js';

test('twelve random tamperings with rows, hours and digests are all found, with their table and hour', async () => {
  expect(await runTamperings(12, 7)).toEqual([]);
});
