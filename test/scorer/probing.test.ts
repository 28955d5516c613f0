import type { Outages } from '../../services/platform/log/outages.js';
import { probeForever } from '../../services/scorer/probing.js';

/** Runs the probe until its parts were said to be away or back so often, and gives what was said. */
async function hear(answers: () => Promise<boolean>, count: number): Promise<string[]> {
  const ended = new AbortController();
  const said: string[] = [];
  const note = (text: string): void => {
    said.push(text);
    if (said.length >= count) ended.abort();
  };
  const outages: Outages = {
    away: (error) => note(`away: ${error.message}`),
    back: (code) => note(`back: ${code}`),
    current: () => [],
  };
  const probe = { code: 'clickhouse_unavailable', part: 'ClickHouse', answers } as const;
  await probeForever([probe], outages, ended.signal, { everyMs: 1, patienceMs: 5 });
  return said;
}

test.each([
  ['hangs', (): Promise<boolean> => new Promise(() => {})],
  ['refuses', (): Promise<boolean> => Promise.reject(new Error('refused'))],
  ['is not well', (): Promise<boolean> => Promise.resolve(false)],
])('a part that %s is said to be away', async (_what, answers) => {
  expect(await hear(answers, 1)).toEqual(['away: ClickHouse does not answer']);
});

test('a part that answers again is said to be back, once', async () => {
  let asked = 0;
  const answers = async (): Promise<boolean> => ++asked !== 1;
  expect(await hear(answers, 2)).toEqual(['away: ClickHouse does not answer', 'back: clickhouse_unavailable']);
});
