// A rule from its file to its anomaly: judged with the others on stored accesses, calibrated by the days before, capped by an exception,
// and the same when recomputed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Day, dayOf, startOf } from '../../../services/core/time.js';
import { storeException } from '../../../services/pipeline/exceptions.js';
import { createJudge } from '../../../services/pipeline/judge.js';
import { loadJudgingConfig } from '../../../services/pipeline/judging-config.js';
import { checkRange } from '../../../services/pipeline/rescore.js';
import { clickHouseJudgeStore } from '../../../services/pipeline/store/judge-store-clickhouse.js';
import { Touched } from '../../../services/pipeline/touched.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { freshDatabase } from '../support/stack.js';
import { type Access, DAY_START, land } from './accesses.js';

const FIRST = dayOf(DAY_START);
const LAST = FIRST + 11;
const RULE = `
title: Night reads of one seller
name: night_reads
level: critical
date: 2026-01-02
correlation: { type: event_count, rules: [night_read], group-by: [actor_id, seller_id], timespan: 1h, condition: { gte: 3 } }
---
title: A read at night
name: night_read
logsource: { product: keyhole }
detection: { s: { action: customer_email.read, occurred_at|hour|lt: 5 }, condition: s }
`;

const at = (day: Day, hour: number, minute: number): number => startOf(day) + (60 * hour + minute) * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'keyhole-sigma-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a rule’s match is an anomaly of its own, until an exception caps it, and recomputes the same', async () => {
  writeFileSync(join(folder, 'night.yml'), RULE);
  const { clickhouse: ch } = await freshDatabase('sigmajudged');
  const store = clickHouseJudgeStore(ch);
  const config = loadJudgingConfig({ alertBudget: 2, sigmaRules: folder });
  const judge = createJudge(store, { config, tell: async () => {} });
  const settle = async (): Promise<void> => {
    for (let open = true; open; ) {
      const { waiting, isUnfinished } = await judge.round(Number.POSITIVE_INFINITY);
      open = waiting > 0 || isUnfinished;
    }
  };
  const arrive = async (accesses: readonly Partial<Access>[]): Promise<void> => {
    await land(ch, accesses);
    const touched = new Touched();
    for (const access of accesses) touched.add(dayOf(access.occurred_at ?? 0), access.actor_id ?? '');
    await store.oblige({ label: 'test', touched, touchedFrom: null });
    await settle();
  };
  const reads = (actor_id: string, day: Day, hour: number, many: number): Partial<Access>[] =>
    Array.from({ length: many }, (_, i) => ({
      event_id: `${actor_id}-${day}-${hour}-${i}`,
      actor_id,
      occurred_at: at(day, hour, i),
    }));

  const ordinary = Array.from({ length: 12 }, (_, i) => FIRST + i).flatMap((day) =>
    ['emp-1', 'emp-2', 'emp-3'].flatMap((actor) => reads(actor, day, 10, 2)),
  );
  await arrive(ordinary);
  expect(await ruleRows(ch)).toEqual([]);

  await arrive(reads('emp-2', LAST, 3, 3));
  const [found] = await ruleRows(ch);
  expect(found).toMatchObject({
    detection: 'sigma_night_reads',
    detection_version: 20_260_102,
    severity: 'critical',
    actor_id: 'emp-2',
    seller_id: 's-1',
    evidence_event_ids: [0, 1, 2].map((i) => `emp-2-${LAST}-3-${i}`),
    detected_at: new Date(at(LAST, 3, 2)).toISOString().replace('T', ' ').slice(0, -1),
    summary: expect.stringContaining('emp-2 matched the rule "Night reads of one seller" (critical) with 3 accesses'),
  });

  // A further access of the same hour, to a judge that keeps what it has read.
  await arrive([{ event_id: 'late', actor_id: 'emp-2', occurred_at: at(LAST, 3, 30) }]);
  expect(await ruleRows(ch)).toMatchObject([{ event_count: 4 }]);
  expect(await check()).toEqual([]);

  await storeException(ch, {
    exception_id: 'x-1',
    revision: 1,
    detections: [],
    actor_id: 'emp-2',
    seller_id: '',
    cluster_id: '',
    tool: 'desk',
    marketplace: '',
    from: LAST,
    until: LAST + 3,
    decided_by: 'lead-1',
    why: 'a drill of the night shift',
  });
  await settle();
  expect(await ruleRows(ch)).toMatchObject([
    { severity: 'low', summary: expect.stringContaining('by lead-1, exception x-1)') },
  ]);
  expect(await check()).toEqual([]);
  expect(await ch.query('SELECT covered_anomalies > 0 AS covers FROM {db}.exceptions_in_force')).toEqual([
    { covers: 1 },
  ]);

  async function check() {
    return (await checkRange(store, config, { from: LAST - 1, to: LAST }, () => {})).differences;
  }
});

const ruleRows = (ch: ClickHouse) =>
  ch.query(`SELECT * FROM {db}.anomalies WHERE status = 'open' AND startsWith(detection, 'sigma_')`);
