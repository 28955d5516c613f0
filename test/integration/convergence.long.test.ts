// The same property on a real ClickHouse, ten times as often.

import { assertConverges } from '../convergence/assert.js';
import { proveOnClickHouse } from '../convergence/real.js';
import { REAL } from '../convergence/world/spec.js';
import { freshDatabase } from './support/stack.js';

test('the open anomalies in ClickHouse are a function of the set of records, four hundred times', async () => {
  const { clickhouse } = await freshDatabase('converges_long');
  const met = await assertConverges((spec) => proveOnClickHouse(clickhouse, spec), { runs: 400, sizes: REAL });
  expect(met.anomalies).toBeGreaterThan(met.runs / 4);
}, 10_800_000);
