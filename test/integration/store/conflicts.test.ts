// Of two contents with one identity the smaller digest counts, whichever came first, and the conflict is reported.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentDigest } from '../../../services/core/feeds/canonical.js';
import { validateRecord } from '../../../services/core/feeds/validate.js';
import { freshDatabase, runCli } from '../support/stack.js';

const first = {
  event_id: 'ev-1',
  occurred_at: '2026-03-01T09:30:00.000Z',
  actor_id: 'e-1',
  action: 'customer_email.read',
  tool: 'desk',
  marketplace: 'US',
  customer_ids: ['c-1'],
  record_count: 1,
};
const second = { ...first, tool: 'console' };
const elsewhere = { ...first, actor_id: 'e-2' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhole-conflict-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const digestOf = (record: object): string => {
  const verdict = validateRecord('access-log', record, { times: 'iso' });
  if (!verdict.ok) throw new Error(verdict.error);
  return contentDigest('access-log', verdict.record);
};

test.each([
  ['the smaller digest first', true],
  ['the larger digest first', false],
])('the smaller digest counts and the conflict is named: %s', async (_title, smallerFirst) => {
  const { env, clickhouse } = await freshDatabase('conflict');
  const ascending = [first, second].sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1));
  for (const record of smallerFirst ? ascending : [...ascending].reverse()) {
    await writeFile(join(folder, 'access-log.ndjson'), `${JSON.stringify(record)}\n`);
    expect(await runCli(['replay', folder], env)).toMatchObject({ code: 0 });
  }
  expect(await clickhouse.query('SELECT tool FROM {db}.accesses')).toEqual([{ tool: ascending[0]?.tool }]);
  expect(await clickhouse.query('SELECT feed, record, contents FROM {db}.content_conflicts')).toEqual([
    { feed: 'access-log', record: 'e-1 2026-03-01 09:30:00.000 ev-1', contents: 2 },
  ]);
});

test('the same id under another actor is another event, and reported', async () => {
  const { env, clickhouse } = await freshDatabase('conflict');
  await writeFile(join(folder, 'access-log.ndjson'), `${JSON.stringify(first)}\n${JSON.stringify(elsewhere)}\n`);
  const { stderr } = await runCli(['replay', folder], env);
  expect(stderr).toContain('1 identities in conflict');
  expect(await clickhouse.query('SELECT count() AS n FROM {db}.accesses')).toEqual([{ n: '2' }]);
  expect(await clickhouse.query('SELECT event_id, identities FROM {db}.conflicts')).toEqual([
    { event_id: 'ev-1', identities: 2 },
  ]);
});
