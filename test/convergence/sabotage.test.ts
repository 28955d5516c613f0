// A test of the tests: a pipeline that is broken on purpose makes the property fail.

import { complaintOf } from './assert.js';
import { prove, type Sabotage } from './convergence.js';
import * as sabotage from './sabotage.js';
import { type RunSpec, SMALL } from './world/spec.js';

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
];

test.each(rows)(
  'the property notices that %s',
  async (_, broken) => {
    const options = { runs: RUNS, sizes: SMALL, seed: 20_260_122 };
    const complaint = await complaintOf((spec) => prove(spec, broken()), options);
    expect(complaint).toMatch(/^Error: (accesses|open anomalies|unscored): \d+ missing, \d+ too many/);
  },
  300_000,
);

/** All at once, and whoever judges it is killed on the way. */
const withKilledJudges = (spec: RunSpec): RunSpec => {
  const faults = spec.machine.faults.map((one) => ({ ...one, fault: 'killed_before' as const }));
  const machine = { ...spec.machine, faults, processes: 1, joining: 0, partitions: 1, maxBatch: 400, produced: 2_000 };
  return { ...spec, machine };
};

test('the property notices that a duty is done when it is taken up', async () => {
  const options = { runs: RUNS, sizes: SMALL, seed: 20_260_122 };
  const broken = (spec: RunSpec) => prove(withKilledJudges(spec), sabotage.dutiesAreDoneAtOnce());
  expect(await complaintOf(broken, options)).toMatch(/missing/);
}, 300_000);
