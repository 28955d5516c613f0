// The same property ten times as often.

import { assertConverges } from './assert.js';
import { prove } from './convergence.js';
import { SMALL } from './world/spec.js';

test('the open anomalies are a function of the set of records, twenty thousand times', async () => {
  const met = await assertConverges(prove, { runs: 20_000, sizes: SMALL });
  expect(met.anomalies).toBeGreaterThan(met.runs / 2);
}, 10_800_000);
