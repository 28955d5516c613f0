// A network that delays, resets and loses answers before ClickHouse; a disk that is full; clocks that jump.

import { emptyKafka, integrationStack, until } from '../support/stack.js';
import { type Bed, makeBed } from './support/bed.js';
import { WEATHER_ROWS } from './support/database-rows.js';
import { type SmallDisk, startOnSmallDisk } from './support/full-disk.js';
import { faultRows, SETUP_MS } from './support/rows.js';
import { expectNoOffsetAhead } from './support/unharmed.js';

let bed: Bed;
let small: SmallDisk;
let onSmallDisk: Bed;

beforeAll(async () => {
  await emptyKafka();
  const stack = await integrationStack();
  bed = await makeBed(stack, { produce: true });
  small = await startOnSmallDisk();
  onSmallDisk = await makeBed({ ...stack, clickhouse: small.clickhouse }, { produce: false });
}, SETUP_MS);
afterAll(async () => {
  await bed?.close();
  await onSmallDisk?.close();
  await small?.stop();
});

describe('weather', () => faultRows('database', () => bed, WEATHER_ROWS));

const HOUR_MS = 3_600_000;

describe('the clock', () =>
  faultRows('clock', () => bed, [
    {
      fault: 'the scorer’s clock jumps an hour and ten days ahead and back, every 1.5 s',
      async break(run) {
        const jumps = [0, HOUR_MS, -HOUR_MS, 240 * HOUR_MS, -240 * HOUR_MS, 0, -HOUR_MS, HOUR_MS, 0];
        const scorer = run.scorer({ jumps });
        await until('the scorer has joined', async () => scorer.log().includes('joined the consumer group'));
        return `${jumps.length} jumps`;
      },
    },
  ]));

describe('the disk', () =>
  faultRows('disk', () => onSmallDisk, [
    {
      fault: 'ClickHouse’s disk is full for a while',
      async break(run) {
        await onSmallDisk.readAgain();
        const scorer = run.scorer();
        const stored = async (): Promise<number> => {
          const [row] = await run.clickhouse.query<{ n: string }>('SELECT count() AS n FROM {db}.access_events');
          return Number(row?.n);
        };
        await until('something is stored', async () => (await stored()) > 0);
        await small.fill(run.clickhouse);
        await until('the scorer says that ClickHouse is away', async () => scorer.log().includes('ClickHouse is away'));
        const reason = /ClickHouse is unavailable: (\w+ \(\d+\))/.exec(scorer.log())?.[1];
        const acknowledged = await expectNoOffsetAhead(run);
        await small.free(run.clickhouse);
        return `${small.how}: ${reason}, with ${acknowledged} records committed; went on once there was room`;
      },
    },
  ]));
