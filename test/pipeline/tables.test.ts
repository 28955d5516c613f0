// A row's version: content and explanation in one number, whatever their size.

import fc from 'fast-check';
import { inputsOf, rankOf, rowVersion } from '../../services/pipeline/tables.js';

const MAX_INPUTS = 2 ** 20 - 1;
const rank = fc.oneof(fc.integer({ min: 0, max: 2 ** 40 - 1 }), fc.constantFrom(0, 1, 953, 954, 2 ** 40 - 1));
const inputs = fc.oneof(fc.integer({ min: 0, max: MAX_INPUTS }), fc.constantFrom(0, 1, MAX_INPUTS, MAX_INPUTS + 7));

test('a version is sixty bits: forty of the rank, twenty of what the explanation rests on', () => {
  fc.assert(
    fc.property(rank, inputs, (r, i) => {
      const version = rowVersion(r, i);
      expect(version).toBe(((BigInt(r) << 20n) | BigInt(Math.min(i, MAX_INPUTS))).toString());
      expect([rankOf(version), inputsOf(version)]).toEqual([r, Math.min(i, MAX_INPUTS)]);
    }),
    { numRuns: 5_000 },
  );
});
