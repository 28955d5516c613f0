// kill -9 of the scorer at each named point.

import { emptyKafka, integrationStack } from '../support/stack.js';
import { type Bed, makeBed } from './support/bed.js';
import { JUDGE_POINTS, LANDING_POINTS } from './support/kill-rows.js';
import { faultRows, SETUP_MS } from './support/rows.js';

let bed: Bed;

beforeAll(async () => {
  await emptyKafka();
  bed = await makeBed(await integrationStack(), { produce: true });
}, SETUP_MS);
afterAll(() => bed?.close());

describe('landing', () => faultRows('landing', () => bed, LANDING_POINTS));
describe('judging', () => faultRows('judging', () => bed, JUDGE_POINTS));
