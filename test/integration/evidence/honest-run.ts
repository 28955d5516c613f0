// So many honest histories: a random order of what happens in the ordinary way, each step sealed or not, none of which may be accused once
// a pass has gone over it. Half of them are an embedded database, alone with its replay; half are a stack, whose log vouches for what came.

import { batchOf } from '../../../services/core/feeds/batch.js';
import { contentRank } from '../../../services/core/feeds/canonical.js';
import type { AccessEvent, SupportCase } from '../../../services/core/feeds/records.js';
import type { Witness } from '../../../services/pipeline/evidence/differences.js';
import { explainedRight } from '../../../services/pipeline/evidence/explained-right.js';
import { topicWitness } from '../../../services/pipeline/evidence/topic-witness.js';
import { arrivalWitness } from '../../../services/pipeline/evidence/witnesses.js';
import { createLander, type Lander } from '../../../services/pipeline/lander.js';
import { eraseCustomer } from '../../../services/pipeline/retention/erase.js';
import { parsePolicy } from '../../../services/pipeline/retention/policy.js';
import { applyRetention } from '../../../services/pipeline/retention/retention.js';
import { sweepErased } from '../../../services/pipeline/retention/sweep.js';
import { createClickHouseFactStore } from '../../../services/pipeline/store/fact-store-clickhouse.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import { freshDatabase } from '../support/stack.js';
import { access, alert, beginHistory, dispose, judge, START_MS } from './history.js';
import { chance, memoryAnchor, newKey, type Sealed, sealAll, verifyAll } from './tampering.js';

const DAY_MS = 86_400_000;
const EVENTS = 60;

/** What is sealed, and the log that a stack would hold of it. */
interface Story {
  readonly sealed: Sealed;
  readonly lander: Lander;
  readonly log: AccessEvent[];
  /** seals, vouched for by whoever vouches in this story; hours that it refuses */
  seal(): Promise<number>;
}

type Step = (story: Story, pick: (below: number) => number, n: number) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  repeated: (story, pick) => {
    const from = pick(50);
    return land(
      story,
      Array.from({ length: 5 }, (_, i) => access(from + i)),
    );
  },
  late: (story, pick, n) => land(story, [access(10_000 + n * 10 + pick(10)), access(20_000 + n)]),
  explained: ({ lander }, pick, n) => {
    const case_id = `case-${2 * pick(5)}`;
    return landCase(lander, { case_id, assignee_id: `emp-${pick(7)}`, updated_at: START_MS + n });
  },
  replaced: (story, pick) => land(story, [access(pick(50), { record_count: 7 + pick(90) })]),
  rescored: ({ sealed: { ch } }, pick, n) =>
    judge(ch, `2026-03-0${1 + pick(2)}`, 200 + n, [[`a-${pick(2)}`, `content-new-${n}`]]),
  disposed: ({ sealed: { ch } }, pick) => dispose(ch, `a-${pick(5)}`, 'benign'),
  alerted: ({ sealed: { ch } }, _pick, n) => alert(ch, 100 + n),
  migrated: async ({ sealed: { ch } }) => void (await migrate(ch, { dryRun: false })),
  erased: async ({ sealed, seal }, pick) => {
    await seal();
    await eraseCustomer(sealed.ch, `customer-${pick(50)}`, statementOf(sealed, Date.now()));
  },
  forgotten: async ({ sealed, seal }, pick) => {
    await seal();
    const nowMs = START_MS + (1 + pick(3)) * DAY_MS;
    await applyRetention(sealed.ch, parsePolicy(['access_events=1d']), statementOf(sealed, nowMs));
  },
  'repeated after an erasure': async (story, pick) => {
    await land(story, [access(pick(50))]);
    await sweepErased(story.sealed.ch);
  },
};

const statementOf = ({ key, anchor }: Sealed, nowMs: number) => ({ key, anchor, by: 'officer-1', note: 'x', nowMs });

async function land({ lander, log }: Pick<Story, 'lander' | 'log'>, events: readonly AccessEvent[]): Promise<void> {
  log.push(...events);
  const ranks = events.map((event) => contentRank('access-log', event));
  await lander.land({ batchId: 'b', batches: [batchOf('access-log', events, ranks)] });
}

async function landCase(
  lander: Lander,
  { case_id, assignee_id, updated_at }: Pick<SupportCase, 'case_id' | 'assignee_id' | 'updated_at'>,
): Promise<void> {
  const record: SupportCase = {
    ...{ case_id, kind: 'support', status: 'open', opened_at: START_MS - DAY_MS, closed_at: null, opened_by: 'emp-9' },
    ...{ assignee_id, seller_id: 'seller-1', customer_ids: [], approved_by: 'emp-8', record_limit: null, updated_at },
  };
  const ranks = [contentRank('support-cases', record)];
  await lander.land({
    batchId: 'c',
    batches: [{ feed: 'support-cases', records: [record], ranks, deadLetters: [], watermarkMs: START_MS }],
  });
}

const STEPS_A_HISTORY = 4;
/** Histories that go on from one another: each has the past of those before it. */
const A_PAST = 10;
/** Databases that live side by side: one waits for its parts to be rewritten while the other works. */
const LANES = 2;

export async function runHistories(runs: number, seed: number): Promise<string[]> {
  const pasts = Array.from({ length: Math.ceil(runs / A_PAST) }, (_, past) => past);
  const lane = async (): Promise<string[]> => {
    const { clickhouse: ch } = await freshDatabase('honest');
    const accused: string[] = [];
    for (let past = pasts.shift(); past !== undefined; past = pasts.shift()) {
      await emptyTables(ch);
      const histories = Math.min(A_PAST, runs - past * A_PAST);
      accused.push(...(await runPast(await begin(ch, past % 2 === 0), histories, chance(seed * 100 + past))));
    }
    return accused;
  };
  return (await Promise.all(Array.from({ length: Math.min(LANES, pasts.length) }, lane))).flat();
}

async function runPast(story: Story, histories: number, pick: ReturnType<typeof chance>): Promise<string[]> {
  const names = Object.keys(STEPS);
  const told: string[] = [];
  const accused: string[] = [];
  for (let run = 0; run < histories; run++) {
    for (let n = 0; n < STEPS_A_HISTORY; n++) {
      const name = names[pick(names.length)] as string;
      told.push(name);
      await STEPS[name]?.(story, pick, run * STEPS_A_HISTORY + n);
      if (pick(2) === 0) continue;
      told.push('sealed');
      if ((await story.seal()) > 0) accused.push(`${told.join(', ')}: not sealed`);
    }
    await story.seal();
    const { problems, pending } = await verifyAll(story.sealed);
    told.push('verified');
    if (problems.length + pending > 0) accused.push(`${told.join(', ')}: ${JSON.stringify(problems)}`);
  }
  return accused;
}

async function begin(ch: ClickHouse, isStack: boolean): Promise<Story> {
  const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  const store = createClickHouseFactStore(ch);
  const lander = createLander(store);
  const log: AccessEvent[] = [];
  let sinceMs = Date.now();
  const seal = async (): Promise<number> => {
    const witness: Witness = isStack
      ? topicWitness(ch, async (onAccess) => log.forEach(onAccess), {
          explainedRight: explainedRight(store),
          // Judgements of these histories rest on nothing: test/integration/evidence/stack tries real ones.
          judgedRight: async () => true,
        })
      : arrivalWitness(ch, sinceMs);
    const refused = await sealAll(sealed, sinceMs, witness);
    sinceMs = Date.now();
    return refused;
  };
  await beginHistory(ch, 0);
  await land(
    { lander, log },
    Array.from({ length: EVENTS }, (_, n) => access(n)),
  );
  await seal();
  return { sealed, lander, log, seal };
}

async function emptyTables(ch: ClickHouse): Promise<void> {
  const tables = await ch.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree' AND name != 'schema_migrations' AND total_rows > 0`,
    { database: ch.database },
  );
  for (const { name } of tables) await ch.command(`TRUNCATE TABLE {db}.${name}`);
}
