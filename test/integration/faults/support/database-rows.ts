// Bad weather between the scorer and ClickHouse, and nowhere else.

import { until } from '../../support/stack.js';
import type { Run } from './bed.js';
import { startProxy, type TcpProxy, type Weather } from './proxy.js';
import type { FaultRow } from './rows.js';
import { settled } from './unharmed.js';

async function through(run: Run, weather: Weather, see: (proxy: TcpProxy) => string): Promise<string> {
  const proxy = await startProxy(run.settings.url);
  proxy.weather = weather;
  try {
    const scorer = run.scorer({ env: { KEYHOLE_CLICKHOUSE_URL: proxy.url } });
    await until('the scorer talks through the proxy', async () => proxy.counts.requests > 0);
    await settled(run, 200);
    expect(scorer.hasEnded()).toBe(false);
    await run.stopScorers();
    return see(proxy);
  } finally {
    await proxy.close();
  }
}

/** The unknown outcome: the insert was done, its answer never came. */
export function lostAnswers(): FaultRow {
  return {
    fault: 'the answer to every fourth insert is cut off, the insert being done',
    break(run) {
      let inserts = 0;
      const cuts: Weather['cuts'] = ({ isInsert }) => isInsert && ++inserts % 4 === 0;
      return through(run, { cuts }, ({ counts }) => {
        expect(counts.cuts).toBeGreaterThan(5);
        return `${counts.cuts} answers lost, of ${counts.requests} requests`;
      });
    },
  };
}

export const WEATHER_ROWS: readonly FaultRow[] = [
  lostAnswers(),
  {
    fault: 'every seventh request to ClickHouse has its connection reset',
    break: (run) =>
      through(run, { resets: ({ number }) => number % 7 === 0 }, ({ counts }) => {
        expect(counts.resets).toBeGreaterThan(5);
        return `${counts.resets} resets, of ${counts.requests} requests`;
      }),
  },
  {
    fault: 'each answer of ClickHouse is 150 ms late',
    break: (run) => through(run, { delayMs: 150 }, ({ counts }) => `${counts.requests} requests`),
  },
];
