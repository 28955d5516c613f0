// A test of the tests: a pipeline that is broken on purpose makes the property fail.

import { complaintOf } from './assert.js';
import { prove, type Sabotage } from './convergence.js';
import * as sabotage from './sabotage.js';
import { SMALL } from './world/spec.js';

const RUNS = 400;

const rows: readonly (readonly [string, () => Sabotage])[] = [
  ['of two contents the one that came last counts', sabotage.lastContentWins],
  ['a repeat counts as another event', sabotage.repeatsCountTwice],
  ['offsets are committed before the duty to judge is recorded', sabotage.commitsBeforeTheDuty],
  ['offsets are committed before the records are stored', sabotage.commitsBeforeLanding],
  ['the first moment of a day belongs to the day before', sabotage.daysEndLate],
  ['windows are off by a day', sabotage.windowsAreOffByOne],
  ['a late event judges nothing anew', sabotage.lateEventsAreIgnored],
  ['an older judgement replaces a newer one', sabotage.olderJudgementsWin],
  ['a duty is done when it is taken up', sabotage.dutiesAreDoneAtOnce],
];

test.each(rows)('the property notices that %s', async (_, broken) => {
  const options = { runs: RUNS, sizes: SMALL, seed: 20_260_122 };
  const complaint = await complaintOf((spec) => prove(spec, broken()), options);
  expect(complaint).toMatch(/^Error: (accesses|open anomalies|unscored): \d+ missing, \d+ too many/);
});
