// keyhole replay DIR: a case folder through the same path as the stream, into the embedded database. Context first, then the log,
// then the judge once over everything; running it again changes nothing.

import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { DeadLetter } from '../core/feeds/batch.js';
import { FEEDS, type Feed } from '../core/feeds/records.js';
import { createJudge } from '../pipeline/judge.js';
import { type JudgingConfig, loadJudgingConfig } from '../pipeline/judging-config.js';
import { createExclusiveLander, createLander, type Lander } from '../pipeline/lander.js';
import { createClickHouseFactStore } from '../pipeline/store/fact-store-clickhouse.js';
import { clickHouseJudgeStore } from '../pipeline/store/judge-store-clickhouse.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { readSettings } from '../platform/config/settings.js';
import { type CaseFolder, openCaseFolder, readFeed } from '../platform/files/case-folder.js';
import { type OpenDatabase, openDatabase } from '../platform/stack/database.js';
import { createProgress, type Progress } from '../platform/terminal/progress.js';
import { sealReplayed } from './evidence/seal-replayed.js';

interface Counts {
  read: number;
  dead: number;
  landed: number;
}

const MAX_RECORDS = 25_000;
/** Batches landing while the next is read: one keeps the database busy, one the reader. */
const LANDINGS_IN_FLIGHT = 2;
const DEAD_LETTERS_SHOWN = 5;

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('judge a case folder in an embedded database: no Kafka, no Java')
    .argument('<dir>', 'case folder: access-log.ndjson and context files, .gz allowed')
    .option('--no-seal', 'leave what was stored unsealed: `keyhole verify` finds it, until it is replayed again')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(async (dir: string, options: { seal: boolean; data?: string }) => {
      const folder = openCaseFolder(dir);
      const settings = readSettings(process.env);
      const config = loadJudgingConfig(settings);
      const database = await openDatabase({ data: options.data, env: process.env });
      const beganMs = Date.now();
      try {
        await replay(folder, database, config, options.data);
        if (options.seal && database.exclusive) await sealReplayed(database, options.data, beganMs);
      } finally {
        await database.close();
      }
    });
}

async function replay(
  folder: CaseFolder,
  { clickhouse: ch, exclusive }: OpenDatabase,
  config: JudgingConfig,
  data: string | undefined,
): Promise<void> {
  const progress = createProgress();
  const counts: Counts = { read: 0, dead: 0, landed: 0 };
  const before = await countStored(ch);
  const store = createClickHouseFactStore(ch);
  const alone = exclusive ? await createExclusiveLander(store) : null;
  const lander = alone ?? createLander(store);
  try {
    for (const feed of [...FEEDS].sort((a, b) => Number(a === 'access-log') - Number(b === 'access-log'))) {
      await landFeed({ folder, feed, lander, progress, counts });
    }
    await alone?.finish();
    const judge = createJudge(clickHouseJudgeStore(ch), {
      config,
      tell: async () => {},
      onProgress: (done, total) => progress.update('judging', done, total),
    });
    let waiting = 1;
    while (waiting > 0) ({ waiting } = await judge.round(Number.POSITIVE_INFINITY));
  } finally {
    progress.stop();
  }
  const stored = (await countStored(ch)) - before;
  const [found] = await ch.query<{ open: string; conflicts: string }>(
    `SELECT (SELECT count() FROM {db}.anomalies WHERE status = 'open') AS open,
      (SELECT count() FROM {db}.content_conflicts) + (SELECT count() FROM {db}.conflicts) AS conflicts`,
  );
  process.stderr.write(
    `${counts.read} records read: ${stored} stored, ${counts.landed - stored} repeats, ${counts.dead} dead letters\n` +
      `${conflictText(Number(found?.conflicts ?? 0))}${found?.open ?? 0} open anomalies; see them with: npx keyhole anomalies${data === undefined ? '' : ` --data ${data}`}\n`,
  );
}

const conflictText = (conflicts: number): string =>
  conflicts === 0
    ? ''
    : `${conflicts} identities in conflict; see them with: npx keyhole sql "SELECT * FROM content_conflicts", or FROM conflicts\n`;

interface LandFeedInput {
  readonly folder: CaseFolder;
  readonly feed: Feed;
  readonly lander: Lander;
  readonly progress: Progress;
  readonly counts: Counts;
}

async function landFeed({ folder, feed, lander, progress, counts }: LandFeedInput): Promise<void> {
  const inFlight: Promise<unknown>[] = [];
  let part = 0;
  const run = randomUUID().slice(0, 8);
  const onProgress = (done: number, total: number): void => progress.update(`reading ${feed}`, done, total);
  for await (const batch of readFeed(folder, feed, { maxRecords: MAX_RECORDS, onProgress })) {
    counts.read += batch.records.length + batch.deadLetters.length;
    counts.dead += batch.deadLetters.length;
    counts.landed += batch.records.length;
    for (const letter of batch.deadLetters.slice(0, DEAD_LETTERS_SHOWN)) progress.note(describe(letter));
    if (inFlight.length >= LANDINGS_IN_FLIGHT) await inFlight.shift();
    const landing = lander.land({ batchId: `replay/${run}/${feed}/${part++}`, batches: [batch] });
    landing.catch(() => {});
    inFlight.push(landing);
  }
  await Promise.all(inFlight);
}

const describe = ({ topic, offset, reason, error }: DeadLetter): string =>
  `${topic} line ${offset}: ${reason}: ${error}`;

async function countStored(ch: ClickHouse): Promise<number> {
  const tables = [
    'access_events',
    'employees',
    'support_cases',
    'seller_enforcements',
    'customer_complaints',
    'seller_links',
    'sellers',
    'canaries',
  ];
  const [row] = await ch.query<{ n: string }>(
    `SELECT ${tables.map((table) => `(SELECT count() FROM {db}.${table} FINAL)`).join(' + ')} AS n`,
  );
  return Number(row?.n ?? 0);
}
