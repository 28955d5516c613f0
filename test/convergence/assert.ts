// Runs a property so many times, says what the runs met on the way, and how to repeat one that failed:
// CONVERGENCE_SEED=… CONVERGENCE_PATH=… npx jest … (CONVERGENCE_RUNS=… for another number of runs).

import fc from 'fast-check';
import type { Proof } from './convergence.js';
import { FAULTS } from './machine/schedule.js';
import { type RunSpec, runSpec, type Sizes } from './world/spec.js';

export interface Coverage {
  runs: number;
  /** runs with at least one of each */
  anomalies: number;
  withdrawn: number;
  calibrated: number;
  killed: number;
  frozen: number;
  repeats: number;
  conflicts: number;
  stragglers: number;
  turns: number;
}

export interface PropertyOptions {
  readonly runs: number;
  readonly sizes: Sizes;
  readonly seed?: number;
}

/** @returns what the runs met; @throws with the seed where one run failed */
export async function assertConverges(
  prove: (spec: RunSpec) => Promise<Proof>,
  options: PropertyOptions,
): Promise<Coverage> {
  const seed = Number(process.env['CONVERGENCE_SEED'] ?? options.seed ?? Date.now() % 2 ** 31);
  const path = process.env['CONVERGENCE_PATH'];
  const numRuns = Number(process.env['CONVERGENCE_RUNS'] ?? options.runs);
  const coverage = nothing();
  const property = fc.asyncProperty(runSpec(options.sizes), async (spec) => note(coverage, spec, await prove(spec)));
  say(`seed ${seed}, ${numRuns} runs`);
  await fc.assert(property, { seed, numRuns, ...(path === undefined ? {} : { path, endOnFailure: true }) });
  say(describe(coverage));
  return coverage;
}

/** What the property says of a fault that was put in on purpose, within so many runs; null: it does not notice. */
export async function complaintOf(
  prove: (spec: RunSpec) => Promise<Proof>,
  { runs, sizes, seed }: Required<PropertyOptions>,
): Promise<string | null> {
  const property = fc.asyncProperty(runSpec(sizes), async (spec) => {
    await prove(spec);
  });
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
  return failed ? String(errorInstance) : null;
}

const nothing = (): Coverage => ({
  runs: 0,
  anomalies: 0,
  withdrawn: 0,
  calibrated: 0,
  killed: 0,
  frozen: 0,
  repeats: 0,
  conflicts: 0,
  stragglers: 0,
  turns: 0,
});

function note(coverage: Coverage, { arrival }: RunSpec, { run, verdicts, withdrawn }: Proof): void {
  const one = (met: boolean): number => (met ? 1 : 0);
  coverage.runs++;
  coverage.turns += run.turns;
  coverage.anomalies += one(verdicts.findings.length > 0);
  coverage.withdrawn += one(withdrawn > 0);
  coverage.calibrated += one(verdicts.calibrated > 0);
  coverage.killed += one(FAULTS.some((fault) => fault.startsWith('killed') && run.faults[fault] > 0));
  coverage.frozen += one(run.faults.frozen > 0);
  coverage.repeats += one(arrival.repeats.length > 0);
  coverage.conflicts += one(arrival.conflicts.length > 0);
  coverage.stragglers += one(arrival.stragglers.length > 0);
}

function describe({ runs, turns, ...met }: Coverage): string {
  const shares = Object.entries(met).map(
    ([name, count]) => `${name} ${Math.round((100 * count) / Math.max(1, runs))} %`,
  );
  return `${runs} runs, ${Math.round(turns / Math.max(1, runs))} turns each, with ${shares.join(', ')}`;
}

const say = (text: string): void => void process.stdout.write(`convergence: ${text}\n`);
