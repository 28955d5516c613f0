// The order in which a pass hands out sheets, and what becomes of a pass that is given up.

import { loadJudgingConfig } from '../../services/pipeline/judging-config.js';
import { Pass } from '../../services/pipeline/passes.js';

const definitions = loadJudgingConfig({ alertBudget: 2, sigmaRules: null }).definitions.slice(0, 2);
const [first, second] = definitions as [(typeof definitions)[0], (typeof definitions)[0]];

const handedOut = (pass: Pass, days: readonly number[]): string[] =>
  [...pass.sheets(days)].map(({ definition, day, isStale }) => `${day} ${definition.id}${isStale ? ' stale' : ''}`);

test('sheets come by day, then in the catalogue’s order, and say whether they were found stale', () => {
  const pass = new Pass(definitions);
  pass.add(second, 5);
  pass.add(first, 6);
  expect(pass.size).toBe(2);
  expect(pass.from).toBe(5);
  expect(handedOut(pass, [5, 6])).toEqual([
    `5 ${first.id}`,
    `5 ${second.id} stale`,
    `6 ${first.id} stale`,
    `6 ${second.id}`,
  ]);
  expect(pass.size).toBe(0);
});

test('a pass without duties is empty, whatever is stale', () => {
  const pass = new Pass(definitions);
  pass.add(first, 5);
  expect(pass.isEmpty).toBe(true);
  pass.batchIds.push('a');
  expect(pass.isEmpty).toBe(false);
});

test('a pass that is given up leaves its duties and what it has not judged to the next', () => {
  const given = new Pass(definitions);
  given.batchIds.push('old');
  given.add(first, 5);
  given.add(second, 6);
  given.beyond.add(9, 'somebody');
  const walk = given.sheets([5, 6]);
  expect(walk.next().value).toMatchObject({ day: 5, isStale: true });
  const next = new Pass(definitions);
  next.batchIds.push('new');
  next.absorb(given);
  expect(next.batchIds).toEqual(['new', 'old']);
  expect([...next.beyond.byDay.keys()]).toEqual([9]);
  expect(handedOut(next, [6])).toEqual([`6 ${first.id}`, `6 ${second.id} stale`]);
  expect(next.levelsFrom).toBeLessThanOrEqual(6);
});

test('what lay beyond the frontier is given up as a whole once the frontier reaches any of it, and once only', () => {
  const pass = new Pass(definitions);
  pass.beyond.add(9, 'somebody');
  pass.beyond.add(10, 'somebody');
  expect(pass.takeReached(8)).toBeNull();
  expect([...(pass.takeReached(9)?.byDay.keys() ?? [])]).toEqual([9, 10]);
  expect(pass.beyond.isEmpty).toBe(true);
  expect(pass.takeReached(Number.POSITIVE_INFINITY)).toBeNull();
});
