// A thousand honest histories on the real database, fifty at a time.

import { runHistories } from './honest-run.js';

const SEEDS = Array.from({ length: 20 }, (_, i) => 2026 + i);

test.each(SEEDS)(
  'fifty honest histories are never accused (seed %i)',
  async (seed) => {
    expect(await runHistories(50, seed)).toEqual([]);
  },
  1_800_000,
);
