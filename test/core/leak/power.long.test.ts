// 200 leaks and 200 organisations without one, of wide and random shapes: how often the source ranks first, how often somebody
// innocent is named.

import { traceLeak } from '../../../services/core/leak/trace.js';
import { anyShape, leakWorld } from './worlds.js';

const ROUNDS = 200;

test('of 200 leaks the source ranks first in at least nine of ten, and innocents are hardly ever named', () => {
  let first = 0;
  let innocents = 0;
  for (let seed = 0; seed < ROUNDS; seed++) {
    const { input, source } = leakWorld(anyShape(seed, true));
    const { suspects } = traceLeak(input);
    if (suspects[0]?.actorId === source) first++;
    if (suspects.some((one) => one.standsOut && one.actorId !== source)) innocents++;
  }
  expect(first).toBeGreaterThanOrEqual(0.9 * ROUNDS);
  expect(innocents).toBeLessThanOrEqual(0.02 * ROUNDS);
}, 3_600_000);

test('without a leak somebody is named in at most two of a hundred', () => {
  let named = 0;
  for (let seed = 0; seed < ROUNDS; seed++) {
    if (traceLeak(leakWorld(anyShape(10_000 + seed, false)).input).named > 0) named++;
  }
  expect(named).toBeLessThanOrEqual(0.02 * ROUNDS);
}, 3_600_000);
