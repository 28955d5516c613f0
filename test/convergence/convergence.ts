// The property of CONTRACT §3.1 on the model: whatever happens on the way, the accesses with their explanations and the open anomalies
// are those that the oracle computes from the set of records.

import { chance } from '../../services/core/detections/cases/chance.js';
import type { FactStore } from '../../services/pipeline/store/fact-store.js';
import type { JudgeStore } from '../../services/pipeline/store/judge-store.js';
import { configurationOf } from './detections.js';
import { createEngine } from './engine.js';
import { type Backend, JUDGE, type RunOptions, type RunSummary, runMachine } from './machine/run.js';
import { inTurns } from './machine/turns.js';
import { ModelDatabase } from './model/database.js';
import { createModelFactStore } from './model/fact-store.js';
import { createModelJudgeStore } from './model/judge-store.js';
import type { Verdicts } from './oracle/anomalies.js';
import { accessLine, compareOutcomes, expectedOutcome, type Outcome } from './outcome.js';
import { deliveriesOf } from './world/arrival.js';
import { organisationOf } from './world/organisation.js';
import type { RunSpec } from './world/spec.js';

/** What is broken on purpose, by a test of the tests. */
export interface Sabotage extends Pick<RunOptions, 'spoil'> {
  readonly facts?: (store: FactStore) => FactStore;
  readonly judge?: (store: JudgeStore) => JudgeStore;
  /** to which day the model's database says that a time belongs */
  readonly dayOf?: (timeMs: number) => number;
}

export interface Proof {
  readonly run: RunSummary;
  readonly verdicts: Verdicts;
  /** anomalies that were open at some time and are not in the end */
  readonly withdrawn: number;
}

const DETECTIONS = 3;

/** @throws where what is stored in the end is not what the oracle expects */
export async function prove(spec: RunSpec, sabotage: Sabotage = {}): Promise<Proof> {
  const config = configurationOf(spec.organisation.seed, DETECTIONS);
  const deliveries = deliveriesOf(organisationOf(spec.organisation), spec.arrival);
  const db = new ModelDatabase(chance(spec.machine.seed + 1));
  const backend: Backend = {
    engine(turn) {
      const facts = inTurns(createModelFactStore(db), turn);
      const judging = inTurns(createModelJudgeStore(db, sabotage.dayOf), (label, effect) =>
        turn(`${JUDGE} ${label}`, effect),
      );
      const stores = { facts: sabotage.facts?.(facts) ?? facts, judging: sabotage.judge?.(judging) ?? judging };
      return createEngine({ ...stores, turn, config, cache: spec.machine.cache, progress: () => progressOf(db) });
    },
  };
  const run = await runMachine(spec.machine, deliveries, backend, sabotage);
  const { expected, verdicts } = expectedOutcome(deliveries, config);
  compareOutcomes(expected, outcomeOf(db));
  const open = new Set(verdicts.findings.map((one) => one.anomaly_id));
  const ever = new Set([...db.findings.values()].map((one) => one.anomaly_id));
  return { run, verdicts, withdrawn: [...ever].filter((id) => !open.has(id)).length };
}

const progressOf = (db: ModelDatabase) =>
  [...db.progress.final()].map(({ row: { next_offset, ...row } }) => ({ ...row, nextOffset: next_offset }));

function outcomeOf(db: ModelDatabase): Outcome {
  const judgements = [...db.judgements.final()].map(({ row }) => row);
  return {
    accesses: [...db.accesses.final()].map(({ row }) => accessLine(row.event, row.explained)),
    anomalies: judgements.flatMap(({ detection, day, findings }) =>
      findings.map(({ anomaly_id, content }) => {
        if (!db.findings.has(`${anomaly_id} ${content}`))
          throw new Error(`${detection} ${day} names a content that is not stored`);
        return `${detection} ${day} ${anomaly_id} ${content}`;
      }),
    ),
    unscored: judgements.flatMap(({ detection, day, unscored }) =>
      unscored.map(({ entity, reason }) => `${detection} ${day} ${entity} ${reason}`),
    ),
    openDuties: [...db.duties.final()].filter(({ version }) => version === 0).length,
    deadLetters: db.deadLetters.size,
  };
}
