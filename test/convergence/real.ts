// The property on a real ClickHouse: the pipeline's own stores, and every statement that they send waits for its turn, is lost, fails
// after it was done, or finds its sender dead.

import { readProgress } from '../../services/pipeline/progress.js';
import { createClickHouseFactStore } from '../../services/pipeline/store/fact-store-clickhouse.js';
import { clickHouseJudgeStore } from '../../services/pipeline/store/judge-store-clickhouse.js';
import type { ClickHouse } from '../../services/platform/clickhouse/client.js';
import type { Proof } from './convergence.js';
import { configurationOf } from './detections.js';
import { createEngine } from './engine.js';
import { CLUSTER } from './machine/process.js';
import { type Backend, JUDGE, runMachine } from './machine/run.js';
import { inTurns } from './machine/turns.js';
import { accessLine, type ComparedAccess, compareOutcomes, expectedOutcome, type Outcome } from './outcome.js';
import { deliveriesOf } from './world/arrival.js';
import { organisationOf } from './world/organisation.js';
import type { RunSpec } from './world/spec.js';

const DETECTIONS = 4;

/** @param ch of a database that nobody else uses; what is in it goes */
export async function proveOnClickHouse(ch: ClickHouse, spec: RunSpec): Promise<Proof> {
  await ch.command('TRUNCATE ALL TABLES FROM {db}');
  const config = configurationOf(spec.organisation.seed, DETECTIONS);
  const deliveries = deliveriesOf(organisationOf(spec.organisation), spec.arrival);
  const backend: Backend = {
    engine: (turn) =>
      createEngine({
        facts: createClickHouseFactStore(inTurns(ch, turn)),
        judging: clickHouseJudgeStore(inTurns(ch, (label, effect) => turn(`${JUDGE} ${label}`, effect))),
        ...{ turn, config, cache: spec.machine.cache },
        progress: () => readProgress(ch, CLUSTER),
      }),
  };
  const run = await runMachine(spec.machine, deliveries, backend);
  const { expected, verdicts } = expectedOutcome(deliveries, config);
  compareOutcomes(expected, await outcomeOf(ch));
  const [row] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.anomalies WHERE status = 'withdrawn'`);
  return { run, verdicts, withdrawn: Number(row?.n ?? 0) };
}

type AccessRow = Omit<ComparedAccess, 'occurred_at' | 'record_count'> & {
  readonly at_ms: string;
  readonly record_count: string;
  readonly explained: string;
};

async function outcomeOf(ch: ClickHouse): Promise<Outcome> {
  const accesses = await ch.query<AccessRow>(
    `SELECT actor_id, toUnixTimestamp64Milli(occurred_at) AS at_ms, event_id, explained, action, outcome, seller_id, customer_ids, record_count, case_id
    FROM {db}.accesses`,
  );
  const anomalies = await ch.query<{ line: string }>(
    `SELECT concat(detection, ' ', toString(intDiv(toUnixTimestamp64Milli(window_end), 86400000) - 1), ' ', anomaly_id, ' ', content) AS line
    FROM {db}.anomaly_details WHERE status = 'open'`,
  );
  const unscored = await ch.query<{ line: string }>(
    `SELECT concat(detection, ' ', toString(toUInt32(window_start) + window_days - 1), ' ', miss.entity, ' ', miss.reason) AS line
    FROM {db}.judgements FINAL ARRAY JOIN unscored AS miss`,
  );
  const [counts] = await ch.query<{ duties: string; letters: string }>(
    `SELECT (SELECT count() FROM {db}.landings FINAL WHERE done = 0) AS duties, (SELECT count() FROM {db}.dead_letters FINAL) AS letters`,
  );
  return {
    accesses: accesses.map(({ at_ms, explained, ...rest }) =>
      accessLine({ ...rest, occurred_at: Number(at_ms), record_count: Number(rest.record_count) }, explained),
    ),
    anomalies: anomalies.map(({ line }) => line),
    unscored: unscored.map(({ line }) => line),
    openDuties: Number(counts?.duties),
    deadLetters: Number(counts?.letters),
  };
}
