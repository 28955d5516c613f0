// When evidence about somebody who was told about is told again: only once it is materially more than where the episode began.

import { goesOn } from '../../../services/core/judge/budget.js';

test.each([
  ['never passed the level before', 0.1, { first: -1, most: -1 }, false],
  ['as it was', 0.3, { first: 0.3, most: 0.3 }, true],
  ['a little more', 3.8, { first: 0.3, most: 2.4 }, true],
  ['a further step', 4, { first: 0.3, most: 2.4 }, false],
  ['the step was told already', 9, { first: 0.3, most: 5 }, true],
  ['two steps at once', 20, { first: 0.3, most: 2.7 }, false],
  ['as endless as before', Number.POSITIVE_INFINITY, { first: 1, most: Number.POSITIVE_INFINITY }, false],
])('evidence that is %s', (_name, decades, earlier, expected) => {
  expect(goesOn(decades, earlier)).toBe(expected);
});

test('a slow rise is told again and again, ever more seldom', () => {
  let most = 0.2;
  const told: number[] = [];
  for (let decades = 0.4; decades <= 60; decades += 0.4) {
    if (!goesOn(decades, { first: 0.2, most })) told.push(Math.round(decades));
    most = Math.max(most, decades);
  }
  expect(told).toEqual([4, 14, 45]);
});
