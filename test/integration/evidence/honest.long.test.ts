// A thousand honest histories on the real database.

import { runHistories } from './honest-run.js';

test('a thousand honest histories are never accused', async () => {
  expect(await runHistories(1_000, 2026)).toEqual([]);
}, 7_200_000);
