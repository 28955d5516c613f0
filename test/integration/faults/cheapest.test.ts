// The four cheapest rows of the fault matrix, for every change; all of them are in the long group beside this file.

import { emptyKafka, integrationStack } from '../support/stack.js';
import { type Bed, makeBed } from './support/bed.js';
import { lostAnswers } from './support/database-rows.js';
import { killedAt } from './support/kill-rows.js';
import { faultRows, SETUP_MS } from './support/rows.js';

let bed: Bed;

beforeAll(async () => {
  await emptyKafka();
  bed = await makeBed(await integrationStack(), { produce: true, days: 8 });
}, SETUP_MS);
afterAll(() => bed?.close());

faultRows('cheapest', () => bed, [
  killedAt('after the access insert', 'inserted access_events', 3),
  killedAt('before the commit', 'committing', 4),
  killedAt('that judges, after the judgement row', 'inserted judgements', 1),
  lostAnswers(),
]);
