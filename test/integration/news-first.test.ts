// News first: what a judge beside a landing puts off, and that it comes to it. On the real database, by a clock of its own.

import { dayOf } from '../../services/core/time.js';
import { createJudge, type RoundSummary } from '../../services/pipeline/judge.js';
import { loadJudgingConfig } from '../../services/pipeline/judging-config.js';
import { clickHouseJudgeStore } from '../../services/pipeline/store/judge-store-clickhouse.js';
import { Touched } from '../../services/pipeline/touched.js';
import { DAY_START, land } from './sigma/accesses.js';
import { freshDatabase } from './support/stack.js';

async function judgeOf(name: string, isLive: boolean) {
  const { clickhouse: ch } = await freshDatabase(name);
  const store = clickHouseJudgeStore(ch);
  const clock = { ms: 0 };
  const config = loadJudgingConfig({ alertBudget: 2 });
  const judge = createJudge(store, { config, isLive, tell: async () => {}, nowMs: () => clock.ms });
  await land(ch, [{ event_id: 'e-1', actor_id: 'emp-1', occurred_at: DAY_START }]);
  const touched = new Touched();
  touched.add(dayOf(DAY_START), 'emp-1');
  await store.oblige({ label: 'test', touched, touchedFrom: null });
  const round = (): Promise<RoundSummary> => judge.round(Number.POSITIVE_INFINITY);
  return { clock, round, openDuties: () => store.countOpenDuties() };
}

test('beside a landing, what is no news waits while more news may come, and is judged once none do', async () => {
  const { clock, round, openDuties } = await judgeOf('newsfirst', true);
  const news = await round();
  expect(news).toMatchObject({ landings: 1, waiting: 1, isUnfinished: true, isResting: true });
  expect(news.sheets).toBeGreaterThan(0);
  expect(await round()).toMatchObject({ landings: 0, sheets: 0, isUnfinished: true, isResting: true });
  expect(await openDuties()).toBe(1);

  clock.ms += 1_000;
  const rest = await round();
  expect(rest).toMatchObject({ landings: 0, isUnfinished: false, isResting: false });
  expect(rest.sheets).toBeGreaterThan(0);
  expect(await openDuties()).toBe(0);
});

test('alone, all is judged in one round', async () => {
  const { round, openDuties } = await judgeOf('alone', false);
  expect(await round()).toMatchObject({ landings: 1, isUnfinished: false, isResting: false });
  expect(await openDuties()).toBe(0);
});
