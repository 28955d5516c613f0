// CONTRACT §3.1 as a property, on the model of log and database.

import { assertConverges } from './assert.js';
import { prove } from './convergence.js';
import { SMALL } from './world/spec.js';

test('the open anomalies are a function of the set of records, whatever happens on the way', async () => {
  const met = await assertConverges(prove, { runs: 2_000, sizes: SMALL });
  const atLeast = (share: number): number => Math.floor(share * met.runs);
  expect(met.anomalies).toBeGreaterThan(atLeast(0.5));
  expect(met.withdrawn).toBeGreaterThan(atLeast(0.005));
  expect(met.killed).toBeGreaterThan(atLeast(0.4));
  expect(met.frozen).toBeGreaterThan(atLeast(0.2));
  expect(met.repeats).toBeGreaterThan(atLeast(0.4));
  expect(met.conflicts).toBeGreaterThan(atLeast(0.4));
}, 1_200_000);
