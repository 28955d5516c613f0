// A sealer that is killed with -9 in the middle of a pass: the next pass goes on, verify passes, and no hour and no number of a digest is
// ever said twice in different words. The points are named by the fault matrix's interposer.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealOnce } from '../../../services/cli/evidence/seal-once.js';
import { topicAnchor } from '../../../services/cli/evidence/topic-anchor.js';
import { parseBody, type SignedDigest } from '../../../services/core/evidence/digest.js';
import { NOBODY } from '../../../services/pipeline/evidence/differences.js';
import { readDigests } from '../../../services/pipeline/evidence/digests.js';
import { verifyEvidence } from '../../../services/pipeline/evidence/verify.js';
import { createSealingKey, readSealingKey, sealingKeyFiles } from '../../../services/platform/files/sealing-key.js';
import { readWholeTopic } from '../../../services/platform/kafka/read-topic.js';
import { ensureTopics } from '../../../services/platform/kafka/topics.js';
import { emptyKafka, type FreshDatabase, freshDatabase, integrationStack } from '../support/stack.js';
import { access, beginHistory, dispose, landEvents } from './history.js';

const INTERPOSER = join(__dirname, '../faults/support/interpose.js');
const CLI = join(__dirname, '../../../services/cli/main.js');

let folder: string;
let database: FreshDatabase;
let env: NodeJS.ProcessEnv;
let landed = 0;

beforeAll(async () => {
  const stack = await integrationStack();
  folder = mkdtempSync(join(tmpdir(), 'keyhole-killed-'));
  await emptyKafka();
  await ensureTopics(stack.kafka, { dryRun: false, partitions: 1 });
  database = await freshDatabase('sealkilled');
  env = { ...database.env, KEYHOLE_SEALING_KEY_FILE: join(folder, 'sealing.pem') };
  await beginHistory(database.clickhouse, 40);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns how it ended */
function sealUntil(point: string, passing: number): Promise<string> {
  const args = ['--require', INTERPOSER, CLI, 'seal', '--all', '--new-key'];
  const child = spawn(process.execPath, args, {
    env: { ...env, FAULTS: JSON.stringify({ at: point, passing }) },
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? `exit ${code}`)));
}

/** Rows of hours that are not sealed yet, and rows of one that is. */
async function goOn(): Promise<void> {
  landed += 10;
  const later = (n: number) => access(n, { occurred_at: access(0).occurred_at + (30 + landed) * 3_600_000 + n });
  await landEvents(
    database.clickhouse,
    Array.from({ length: 10 }, (_, n) => later(1_000 * landed + n)),
  );
  await dispose(database.clickhouse, `a-${landed}`, 'benign');
}

/** A dead pass is waited for two minutes; these are over. */
const forgetPasses = (): Promise<void> => database.clickhouse.command('TRUNCATE TABLE {db}.evidence_passes');

/** The next pass, and what verify says after it. */
async function sealAgain(): Promise<void> {
  const { kafka, registry } = await integrationStack();
  const { clickhouse } = database;
  const files = sealingKeyFiles(folder, join(folder, 'sealing.pem'));
  const key = readSealingKey(files) ?? createSealingKey(files);
  const anchor = topicAnchor(kafka, null);
  const opened = { clickhouse, reader: clickhouse, exclusive: false, close: async () => undefined };
  await sealOnce({ database: opened, anchor, kafka, registry }, { key, all: true });
  const { problems, pending } = await verifyEvidence(clickhouse, { publicKey: key.publicKey, anchor, witness: NOBODY });
  expect({ problems, pending }).toEqual({ problems: [], pending: 0 });
}

async function publishedDigests(): Promise<SignedDigest[]> {
  const { kafka } = await integrationStack();
  const values = await readWholeTopic(kafka, 'evidence-digests');
  return values.map((value): SignedDigest => JSON.parse(value.toString('utf8')));
}

test.each([
  ['inserted customer_secrets', 1],
  ['inserting evidence_leaves', 2],
  ['inserted evidence_leaves', 1],
  ['inserting evidence_digests', 1],
  ['inserted evidence_digests', 1],
  ['publishing evidence-digests', 1],
  ['published evidence-digests', 1],
])('a sealer killed at “%s” leaves what the next pass completes', async (point, passing) => {
  await goOn();
  expect(await sealUntil(point, passing)).toBe('SIGKILL');
  await forgetPasses();
  await sealAgain();

  const stored = await readDigests(database.clickhouse);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i));
  const hashes = new Map(stored.map(({ seq, hash }) => [seq, hash]));
  const published = await publishedDigests();
  expect(new Set(published.map(({ seq }) => seq))).toEqual(new Set(hashes.keys()));
  expect(published.filter(({ seq, hash }) => hashes.get(seq) !== hash)).toEqual([]);
  const first = stored
    .flatMap(({ body }) => parseBody(body)?.entries ?? [])
    .filter(({ full }) => full)
    .map(({ table, hour }) => `${table} ${hour}`);
  expect(first.length).toBe(new Set(first).size);
});
