// A thousand random tamperings on the real database: one field, a row removed or added (with and without a plausible place in the log), values
// exchanged, an hour dropped, a digest rewritten with and without the key. In four parts, each with a sealed database of its own.

import { runTamperings } from './tamper-run.js';

test.each([2026, 2027, 2028, 2029])(
  'two hundred and fifty random tamperings are all found (seed %i)',
  async (seed) => {
    expect(await runTamperings(250, seed)).toEqual([]);
  },
  1_800_000,
);
