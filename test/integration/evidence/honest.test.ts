// What happens in the ordinary way accuses nobody: repeats, late events, better explanations, judging again, migrating, erasing,
// deleting what is too old.

import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import { freshDatabase } from '../support/stack.js';
import { access, beginHistory, dispose, landEvents } from './history.js';
import { runHistories } from './honest-run.js';
import { memoryAnchor, newKey, type Sealed, sealAll, verifyAll } from './tampering.js';

async function sealedHistory(word: string): Promise<Sealed> {
  const { clickhouse: ch } = await freshDatabase(word);
  const sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  await beginHistory(ch, 60);
  await sealAll(sealed, 0);
  return sealed;
}

test('two honest histories are never accused', async () => {
  expect(await runHistories(2, 11)).toEqual([]);
});

test('what comes late is amended, and the amendment says so', async () => {
  const sealed = await sealedHistory('late');
  const beganMs = Date.now();
  await landEvents(sealed.ch, [access(1_001), access(1_002)]);
  expect((await verifyAll(sealed)).problems.length).toBeGreaterThan(0);
  expect(await sealAll(sealed, beganMs)).toBe(0);
  expect(await verifyAll(sealed)).toMatchObject({ problems: [], pending: 0 });
  const amendments = sealed.anchor.published
    .map(({ body }) => JSON.parse(body))
    .filter(({ kind }) => kind === 'amendment');
  const added = amendments.flatMap(({ entries }) => entries).reduce((n, entry) => n + (entry.added ?? 0), 0);
  expect(added).toBe(2);
});

test('a row that was put in by hand before the next pass is not signed over', async () => {
  const sealed = await sealedHistory('byhand');
  await landEvents(sealed.ch, [access(2_001)]);
  expect(await sealAll(sealed, Date.now() + 1_000)).toBe(1);
  expect((await verifyAll(sealed)).problems).toMatchObject([{ table: 'access_events', what: '1 added' }]);
});

test('a sealed database that is migrated again and gains dispositions verifies', async () => {
  const sealed = await sealedHistory('migrated');
  await migrate(sealed.ch, { dryRun: false });
  await dispose(sealed.ch, 'a-9', 'benign');
  expect((await verifyAll(sealed)).problems).toEqual([]);
  await sealAll(sealed, 0);
  expect((await verifyAll(sealed)).problems).toEqual([]);
});

test('of two passes at once one signs, and the chain stays one', async () => {
  const { clickhouse: ch } = await freshDatabase('twopasses');
  const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  await beginHistory(ch, 60);
  const passes = await Promise.allSettled([sealAll(sealed, 0), sealAll(sealed, 0), sealAll(sealed, 0)]);
  const refused = passes.flatMap((pass) => (pass.status === 'rejected' ? [pass.reason.code] : []));
  expect(new Set(refused)).toEqual(new Set(['evidence_busy']));
  expect(refused.length).toBeLessThan(3);
  await sealAll(sealed, 0);
  expect((await verifyAll(sealed)).problems).toEqual([]);
});
