// keyhole demo: the main job from beginning to end. Real Kafka, registry and ClickHouse; a synthetic organisation with hidden
// offenders streams through; findings are shown as they come; at the end planted is held against found. Everything it starts
// ends with it. Its story is here; what is shown is demo/screen, what is asked is demo/watch.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import colors from 'picocolors';
import { KeyholeError, UsageError } from '../core/errors.js';
import { type ClickHouse, connectClickHouse } from '../platform/clickhouse/client.js';
import { migrate } from '../platform/clickhouse/migrate.js';
import { readSettings } from '../platform/config/settings.js';
import { produceFolder } from '../platform/kafka/produce-folder.js';
import { createLogger } from '../platform/log/logger.js';
import { projectRoot } from '../platform/root.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { type Part, startPart } from '../platform/stack/part.js';
import { isSettled, readBacklog } from '../platform/stack/settled.js';
import { type Stack, startStack } from '../platform/stack/stack.js';
import { chooseCampaigns } from '../simulator/campaigns/catalogue.js';
import { createFolder } from '../simulator/output/folder.js';
import { type Simulated, simulate } from '../simulator/simulate.js';
import { sealAndVerify } from './demo/evidence.js';
import { Screen } from './demo/screen.js';
import { Announcements, readFigures } from './demo/watch.js';
import { type Evaluation, evaluate } from './evaluate.js';

const DATA_PATH = '.keyhole/demo';
const ORGANISATION = { seed: 2021, employees: 300, days: 40, offenders: 8, eventsPerEmployeeDay: 11 };
/** One alert in two days, offenders' own included: what an organisation of this size can read. */
const ALERT_BUDGET = '0.5';
const DEFAULT_SECONDS = 120;
const MIN_STREAM_SECONDS = 20;
/** Kept for settling and the summary. */
const RESERVED_SECONDS = 20;
const POLL_MS = 500;
const SETTLE_TIMEOUT_MS = 180_000;

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('stream a synthetic organisation with hidden offenders through a real stack and show what is found')
    .option('--seconds <n>', 'end by itself after about this long; without it the stack stays up until Ctrl-C')
    .action(async (options: { seconds?: string }) => {
      const seconds = options.seconds === undefined ? null : parseSeconds(options.seconds);
      const found = await demo(seconds, new Screen(process.stdout));
      if (!found)
        throw new KeyholeError('internal', 'not every planted offender was found: see the list above', {
          retriable: false,
        });
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 30) return seconds;
  throw new UsageError(`--seconds ${text}: give a number of seconds, at least 30`);
}

async function demo(seconds: number | null, screen: Screen): Promise<boolean> {
  const beganMs = Date.now();
  const shutdown = onShutdown(() => screen.line('stopping…'));
  const data = join(process.cwd(), DATA_PATH);
  await rm(data, { recursive: true, force: true });
  screen.step('starting Kafka, the schema registry and ClickHouse');
  const stack = await startStack({ dataPath: data, holder: 'keyhole demo', say: (line) => screen.line(`  ${line}`) });
  const ch = connectClickHouse(stack.clickhouse);
  try {
    await migrate(ch, { dryRun: false });
    const folder = join(data, 'case');
    const simulated = await invent(folder, screen);
    const scorer = await startScorer(data);
    try {
      await stream({
        folder,
        simulated,
        stack,
        ch,
        screen,
        scorer,
        endMs: beganMs + (seconds ?? DEFAULT_SECONDS) * 1_000,
        signal: shutdown.signal,
      });
      if (shutdown.signal.aborted) return true;
      const evaluation = await evaluate(ch, await readFile(join(folder, 'truth.ndjson'), 'utf8'), 0);
      summarise(evaluation, screen);
      screen.step(await sealAndVerify(data));
      await lookAround(ch, screen, seconds === null);
      if (seconds === null) await untilAborted(shutdown.signal);
      return evaluation.keyhole.found === evaluation.keyhole.offenders;
    } finally {
      await scorer.stop();
    }
  } finally {
    await ch.close();
    await stack.stop();
    shutdown.release();
  }
}

async function invent(path: string, screen: Screen): Promise<Simulated> {
  const folder = await createFolder(path, { gzip: false, force: false });
  try {
    const simulated = await simulate(
      { ...ORGANISATION, startMs: Date.UTC(2026, 0, 5), campaigns: chooseCampaigns([]) },
      folder,
    );
    const events = simulated.counts.get('access-log') ?? 0;
    screen.step(
      `an organisation of ${ORGANISATION.employees} people over ${ORGANISATION.days} days: ${events.toLocaleString('en')} accesses, ` +
        `${simulated.truth.length} offenders hidden among them (seed ${ORGANISATION.seed})`,
    );
    return simulated;
  } finally {
    await folder.close();
  }
}

/** A scorer process of its own, as in production; it ends with this one, however this one ends. */
function startScorer(data: string): Promise<Part> {
  const tether = join(projectRoot, 'dist', 'services', 'platform', 'stack', 'tether.js');
  return startPart({
    name: 'the scorer',
    program: [tether, '12000', process.execPath, join(projectRoot, 'bin', 'keyhole.js'), 'score', '--data', data],
    env: { ...process.env, KEYHOLE_ALERT_BUDGET: ALERT_BUDGET },
    logPath: join(data, 'logs', 'scorer.log'),
    startTimeoutMs: 10_000,
    healthy: async () => true,
  });
}

interface Streaming {
  readonly folder: string;
  readonly simulated: Simulated;
  readonly stack: Stack;
  readonly ch: ClickHouse;
  readonly screen: Screen;
  readonly scorer: Part;
  readonly endMs: number;
  readonly signal: AbortSignal;
}

async function stream({ folder, simulated, stack, ch, screen, scorer, endMs, signal }: Streaming): Promise<void> {
  const total = simulated.counts.get('access-log') ?? 0;
  const streamSeconds = Math.max(MIN_STREAM_SECONDS, (endMs - Date.now()) / 1_000 - RESERVED_SECONDS);
  const rate = Math.max(500, Math.ceil(total / streamSeconds));
  screen.step(
    `streaming ${rate.toLocaleString('en')} accesses a second; an alert budget of ${ALERT_BUDGET} a day; findings as they come:`,
  );
  let published = 0;
  const producing = produceFolder({
    dir: folder,
    kafka: { brokers: stack.kafkaBrokers },
    registry: { url: stack.registryUrl },
    rate,
    log: createLogger('demo', { level: 'error' }),
    signal,
    onProgress: (progress) => {
      if (progress.feed === 'access-log') published = progress.published - contextCount(simulated);
    },
  });
  const watching = new AbortController();
  const watched = watch({ ch, screen, total, published: () => published, signal: watching.signal });
  try {
    await Promise.race([producing, failure(stack, scorer)]);
    await Promise.race([settled(stack, ch, signal), failure(stack, scorer)]);
  } finally {
    watching.abort();
    await watched;
    await producing.catch(() => undefined);
  }
}

const contextCount = ({ counts }: Simulated): number =>
  [...counts].reduce((sum, [feed, count]) => (feed === 'access-log' ? sum : sum + count), 0);

const failure = (stack: Stack, scorer: Part): Promise<never> =>
  Promise.race([
    stack.failed.then((error) => Promise.reject(error)),
    scorer.ended.then(() => Promise.reject(scorer.deathNotice())),
  ]);

interface Watching {
  readonly ch: ClickHouse;
  readonly screen: Screen;
  readonly total: number;
  readonly published: () => number;
  readonly signal: AbortSignal;
}

async function watch({ ch, screen, total, published, signal }: Watching): Promise<void> {
  const announcements = new Announcements(ch);
  let last = { atMs: Date.now(), landed: 0 };
  for (let _round = 0; ; _round++) {
    const isLast = signal.aborted;
    const { landed, eventDay, anomalies, alerts } = await readFigures(ch);
    const now = Date.now();
    const eventsPerSecond = (1_000 * Math.max(0, landed - last.landed)) / Math.max(1, now - last.atMs);
    last = { atMs: now, landed };
    for (const one of await announcements.fresh()) screen.announce(one);
    screen.status({
      eventsPerSecond,
      landed,
      total,
      lag: Math.max(0, published() - landed),
      eventDay,
      anomalies,
      alerts,
    });
    if (isLast) return;
    await pause(POLL_MS, signal);
  }
}

/** Until everything published has been read and judged. */
async function settled(stack: Stack, ch: ClickHouse, signal: AbortSignal): Promise<void> {
  const { groupId } = readSettings(process.env);
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (!signal.aborted) {
    if (isSettled(await readBacklog({ brokers: stack.kafkaBrokers }, ch, groupId))) return;
    if (Date.now() > deadline)
      throw new KeyholeError('internal', 'the scorer did not settle: see .keyhole/demo/logs/scorer.log', {
        retriable: false,
      });
    await pause(POLL_MS, signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

function summarise({ keyhole }: Evaluation, screen: Screen): void {
  screen.line();
  screen.step('planted against found');
  for (const { campaign, planted, found, median_days_to_detection: days } of keyhole.families) {
    const mark = found === planted ? colors.green('✓') : colors.red('✗');
    const after = days === null ? '' : `, after ${days.toFixed(1)} days (median)`;
    screen.line(`  ${mark} ${campaign.padEnd(24)} ${found} of ${planted}${after}`);
  }
  screen.line(
    `  ${keyhole.found} of ${keyhole.offenders} offenders found; ${keyhole.alerts} alerts, ${keyhole.false_alerts} of them false; ` +
      `honest people alerted: ${keyhole.honest_people_alerted}`,
  );
}

async function lookAround(ch: ClickHouse, screen: Screen, stays: boolean): Promise<void> {
  const [top] = await ch.query<{ anomaly_id: string; actor_id: string }>(
    "SELECT anomaly_id, actor_id FROM {db}.anomalies WHERE status = 'open' ORDER BY score DESC LIMIT 1",
  );
  screen.line();
  screen.step(`look around${stays ? ' in another terminal; Ctrl-C here ends the stack' : ''}`);
  screen.line(`  npx keyhole anomalies --data ${DATA_PATH}`);
  if (top !== undefined) {
    screen.line(`  npx keyhole explain ${top.anomaly_id} --data ${DATA_PATH}`);
    screen.line(`  npx keyhole who-read --actor ${top.actor_id} --data ${DATA_PATH}`);
  }
  screen.line(`  npx keyhole verify --data ${DATA_PATH}`);
  screen.line(
    `  npx keyhole sql --data ${DATA_PATH} "SELECT actor_id, count() AS reads, countIf(explained != 'yes') AS unexplained FROM accesses GROUP BY actor_id ORDER BY unexplained DESC LIMIT 10"`,
  );
}
