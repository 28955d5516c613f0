// Sealing and verifying on a whole stack: digests in their topic, and the log's topic as the witness of what came late.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { createPublisher } from '../../../services/platform/kafka/producer.js';
import { readWholeTopic } from '../../../services/platform/kafka/read-topic.js';
import { ensureTopics } from '../../../services/platform/kafka/topics.js';
import { createCodec } from '../../../services/platform/registry/codec.js';
import { startScorer } from '../support/scorer.js';
import {
  emptyKafka,
  freshDatabase,
  type IntegrationStack,
  integrationStack,
  keyhole,
  runCli,
  until,
} from '../support/stack.js';
import { access, landEvents } from './history.js';

let stack: IntegrationStack;
let folder: string;

beforeAll(async () => {
  stack = await integrationStack();
  folder = mkdtempSync(join(tmpdir(), 'keyhole-evidence-'));
  await emptyKafka();
  await ensureTopics(stack.kafka, { dryRun: false, partitions: 2 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function produce(events: readonly AccessEvent[]): Promise<void> {
  const encode = await createCodec(stack.registry).encoder('access-log');
  const publisher = createPublisher(stack.kafka);
  await publisher.send(
    'access-log',
    events.map((event) => ({ key: event.actor_id, value: encode(event), timestampMs: event.occurred_at })),
  );
  await publisher.close();
}

test('late records are told from rows put in by hand, and digests are in their topic', async () => {
  const database = await freshDatabase('sealstack');
  const env = { ...database.env, KEYHOLE_SEALING_KEY_FILE: join(folder, 'sealing.pem') };
  const scorer = startScorer(stack, database, 'sealing');
  const stored = async (): Promise<number> =>
    Number((await database.clickhouse.query<{ n: string }>('SELECT count() AS n FROM {db}.accesses'))[0]?.n);
  try {
    await produce(Array.from({ length: 30 }, (_, n) => access(n)));
    await until('30 accesses are stored', async () => (await stored()) === 30);
    await keyhole(['seal', '--all', '--new-key'], env);
    expect(statSync(join(folder, 'sealing.pem')).mode & 0o777).toBe(0o600);
    await keyhole(['verify'], env);
    expect((await readWholeTopic(stack.kafka, 'evidence-digests')).length).toBeGreaterThan(3);

    await produce([access(50)]);
    await until('31 accesses are stored', async () => (await stored()) === 31);
    const late = await runCli(['verify'], env);
    expect(late).toMatchObject({ code: 0, stdout: '' });
    expect(late.stderr).toMatch(/; [1-9]\d* rows came later/);

    await landEvents(database.clickhouse, [access(51)]);
    const forged = await runCli(['verify'], env);
    expect(forged.code).toBe(1);
    expect(forged.stdout).toMatch(/^access_events 2026-03-02T\d\d:00:00.000Z: 1 added\n$/);

    await produce([access(51)]);
    await until('the late records are amended', async () => {
      await keyhole(['seal', '--all'], env);
      const { code, stderr } = await runCli(['verify'], env);
      return code === 0 && stderr.includes('; 0 rows came later');
    });
    const more = 'SELECT * REPLACE (version + 1 AS version, entities + 1 AS entities)';
    await database.clickhouse.command(
      `INSERT INTO {db}.judgements ${more} FROM {db}.judgements FINAL ORDER BY detection LIMIT 1`,
    );
    const rejudged = await runCli(['verify'], env);
    expect(rejudged.code).toBe(1);
    expect(rejudged.stdout).toMatch(/^judgements 2026-\d\d-\d\dT00:00:00.000Z: 1 changed\n$/);

    await database.clickhouse.command(
      'ALTER TABLE {db}.evidence_digests DELETE WHERE seq = (SELECT max(seq) FROM {db}.evidence_digests)',
    );
    const cut = await runCli(['verify'], env);
    expect(cut.code).toBe(1);
    expect(cut.stdout).toContain('it was published, and is not stored as published');
  } finally {
    await scorer.stop();
  }
});
