// Runs in which the property once failed, as it shrank them: each is a fault that was mended.

import { prove } from './convergence.js';
import type { RunSpec } from './world/spec.js';

const linkedAtMidnight: RunSpec = {
  organisation: {
    seed: 1341950,
    people: 6,
    days: 20,
    pace: 1,
    episodes: [{ actor: 2, day: 0, days: 1, amount: 3, action: 4, seller: 0, manner: 'no_case', isLow: false }],
    moves: [],
    canaries: [],
    complaints: 0,
    enforcements: 0,
    linked: 1,
  },
  arrival: {
    seed: 0,
    context: 'as_it_happens',
    jitterHours: 0,
    repeats: [],
    conflicts: [],
    stragglers: [],
    broken: 0,
  },
  machine: {
    seed: 211929,
    partitions: 4,
    processes: 1,
    maxBatch: 15,
    produced: 30,
    isPatient: true,
    cache: 'on',
    faults: [
      { after: 0, fault: 'killed_before', sleep: 0 },
      { after: 0, fault: 'answer_lost', sleep: 0 },
    ],
    joining: 1,
  },
};

test.each([['a link from midnight on says nothing of the day before', linkedAtMidnight]])('%s', async (_, spec) => {
  const { verdicts } = await prove(spec);
  expect(verdicts.findings.length).toBeGreaterThan(0);
});
