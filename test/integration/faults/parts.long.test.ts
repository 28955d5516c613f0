// kill -9 and restart of ClickHouse, of the broker and of the registry, under a scorer that goes on living.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCli, until } from '../support/stack.js';
import { type Bed, makeBed, type Run, type Scorer } from './support/bed.js';
import { type OwnStack, startOwnStack } from './support/parts.js';
import { faultRows, SETUP_MS } from './support/rows.js';
import { expectNoOffsetAhead } from './support/unharmed.js';

let stack: OwnStack;
let bed: Bed;

beforeAll(async () => {
  stack = await startOwnStack(mkdtempSync(join(tmpdir(), 'keyhole-parts-')));
  bed = await makeBed(stack, { produce: false });
}, SETUP_MS);
afterAll(async () => {
  await bed?.close();
  await stack?.stop();
});

async function count(run: Run, table: string): Promise<number> {
  const [row] = await run.clickhouse.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table}`);
  return Number(row?.n);
}

/** Kills the part, waits until the scorer has noticed, and starts the part again. */
async function away(name: 'clickhouse' | 'kafka' | 'registry', words: string, scorer: Scorer): Promise<string> {
  const times = (text: string): number => scorer.log().split(text).length - 1;
  const [before, backBefore] = [times(`${words} is away`), times(`${words} is back`)];
  await stack.kill(name);
  await until(`the scorer says that ${words} is away`, async () => times(`${words} is away`) > before);
  await stack.start(name);
  await until(`the scorer says that ${words} is back`, async () => times(`${words} is back`) > backBefore, 90_000);
  const all = [...scorer.log().matchAll(/"away_ms":(\d+)/g)];
  return `${words} away for ${(Number(all.at(-1)?.[1]) / 1_000).toFixed(1)} s`;
}

faultRows('parts', () => bed, [
  {
    fault: 'kill -9 of the broker while records are produced and read',
    async break(run) {
      const scorer = run.scorer();
      const producer = startCli(['produce', bed.folder, '--rate', '1500'], run.env);
      await until('accesses are stored', async () => (await count(run, 'access_events')) > 1_000);
      const seen = await away('kafka', 'Kafka', scorer);
      await until('all is produced', async () => producer.exitCode !== null, 120_000);
      expect(producer.exitCode).toBe(0);
      await bed.readAgain();
      return `${seen}; produce ended with 0`;
    },
  },
  {
    fault: 'kill -9 of ClickHouse while the scorer lands',
    async break(run) {
      const scorer = run.scorer();
      await until('accesses are stored', async () => (await count(run, 'access_events')) > 1_000);
      const seen = await away('clickhouse', 'ClickHouse', scorer);
      const acknowledged = await expectNoOffsetAhead(run);
      return `${seen}; ${acknowledged} of ${bed.entries.length} records committed when it was back, all stored`;
    },
  },
  {
    fault: 'kill -9 of ClickHouse while the scorer judges',
    async break(run) {
      const scorer = run.scorer();
      await until('judgements are written', async () => (await count(run, 'judgements')) > 0, 120_000);
      return away('clickhouse', 'ClickHouse', scorer);
    },
  },
  {
    fault: 'kill -9 of the registry before the scorer has asked it anything',
    async break(run) {
      await stack.kill('registry');
      const scorer = run.scorer();
      await until('the scorer waits for it', async () => scorer.log().includes('the schema registry is away'));
      expect(await count(run, 'dead_letters')).toBe(0);
      await stack.start('registry');
      return 'waited for it; no record was taken for broken meanwhile';
    },
  },
]);
