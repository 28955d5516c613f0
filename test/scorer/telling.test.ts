// The last word about an anomaly is what holds, also when the one who tells it had slept. The database is a fake that names what
// the newest judgements name.

import type { PublishedFinding } from '../../services/pipeline/tell.js';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import { tellAnomalies } from '../../services/scorer/telling.js';

const WINDOW = '2026-03-01T00:00:00.000Z';

const open = (id: string, content: string): PublishedFinding => ({
  anomaly_id: id,
  key: id,
  value: { anomaly_id: id, detection: 'd', severity: 'high', window_start: WINDOW, status: 'open', content },
});
const gone = (id: string): PublishedFinding => ({
  anomaly_id: id,
  key: id,
  value: { anomaly_id: id, detection: 'd', window_start: WINDOW, status: 'withdrawn' },
});

/** @param named contents by anomaly, as they are after the first telling, the second and so on; the last stays */
async function toldWith(findings: readonly PublishedFinding[], named: readonly Readonly<Record<string, string>>[]) {
  const told: string[] = [];
  let looks = 0;
  const now = (): Readonly<Record<string, string>> => named[Math.min(looks, named.length) - 1] ?? {};
  const query = async (sql: string, params: { ids?: readonly string[] }): Promise<unknown[]> => {
    if (sql.includes('.judgements')) {
      looks += 1;
      return Object.entries(now()).map(([id, content]) => ({ id, content }));
    }
    return (params.ids ?? []).map((id) => ({
      ...open(id, now()[id] ?? '').value,
      window_start: '2026-03-01 00:00:00.000',
      window_end: '2026-03-02 00:00:00.000',
      detected_at: '2026-03-01 09:00:00.000',
    }));
  };
  const clickhouse = { query } as unknown as ClickHouse;
  const publisher = {
    async send(_topic: string, messages: readonly { key: Buffer | string | null; value: Buffer | null }[]) {
      for (const { value } of messages) {
        const message: Record<string, unknown> = JSON.parse(value?.toString() ?? '{}');
        told.push(`${message['anomaly_id']} ${message['status']} ${message['content'] ?? ''}`.trim());
      }
    },
    close: async () => undefined,
  };
  await tellAnomalies({ publisher, clickhouse }, findings);
  return told;
}

test('what holds is told once', async () => {
  expect(await toldWith([open('a', '1'), gone('b')], [{ a: '1' }])).toEqual(['a open 1', 'b withdrawn']);
});

test('an anomaly that holds no more is taken back', async () => {
  expect(await toldWith([open('a', '1'), open('b', '1')], [{ b: '1' }])).toEqual([
    'a open 1',
    'b open 1',
    'a withdrawn',
  ]);
});

test('an old content is followed by the one that holds, with its times as they are always told', async () => {
  expect(await toldWith([open('a', '1')], [{ a: '2' }])).toEqual(['a open 1', 'a open 2']);
});

test('a withdrawal of what holds is followed by what holds', async () => {
  expect(await toldWith([gone('a')], [{ a: '3' }])).toEqual(['a withdrawn', 'a open 3']);
});

test('looks again until what was told last holds', async () => {
  const named = [{ a: '2' }, { a: '3' }, {}];
  expect(await toldWith([open('a', '1')], named)).toEqual(['a open 1', 'a open 2', 'a open 3', 'a withdrawn']);
});
