// CONTRACT §3.1 as a property, on a real ClickHouse.

import { assertConverges } from '../convergence/assert.js';
import { proveOnClickHouse } from '../convergence/real.js';
import { REAL } from '../convergence/world/spec.js';
import { freshDatabase } from './support/stack.js';

test('the open anomalies in ClickHouse are a function of the set of records, whatever happens on the way', async () => {
  const { clickhouse } = await freshDatabase('converges');
  const met = await assertConverges((spec) => proveOnClickHouse(clickhouse, spec), { runs: 40, sizes: REAL });
  expect(met.anomalies).toBeGreaterThan(met.runs / 4);
}, 900_000);
