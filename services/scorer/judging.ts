// The judge's loop: while this scorer holds partition 0 of access-log, one round after the other, at once while there is work.
// Decides when and up to which event time; how to judge is the pipeline's.

import type { Alignment } from '../core/align/frontier.js';
import type { Judge } from '../pipeline/judge.js';
import * as metrics from '../platform/metrics/metrics.js';
import { sleep } from '../platform/shutdown/wait.js';

export interface JudgingPorts {
  /** Whether judging is this scorer's duty now. */
  hasDuty(): boolean;
  align(): Promise<Alignment>;
  /** A fresh judge knows nothing of earlier rounds: made anew whenever the duty comes. */
  createJudge(): Judge;
  persist<T>(call: () => Promise<T>): Promise<T>;
  readonly signal: AbortSignal;
  readonly idleMs?: number;
}

/** With so many records to be landed nothing that is judged is news, and rounds leave most of the machine to the landing. */
const BACKLOG_EVENTS = 20_000;
const REST_TIMES = 2;
const MAX_REST_MS = 10_000;

/** Idle rounds after which the pause grows to its fourfold: a quiet organisation needs no hurry. */
const CALM_AFTER_ROUNDS = 40;

export async function judgeForever(ports: JudgingPorts): Promise<void> {
  const idleMs = ports.idleMs ?? 150;
  let judge: Judge | null = null;
  let idleRounds = 0;
  while (!ports.signal.aborted) {
    const isJudge = ports.hasDuty();
    metrics.isJudge.set(isJudge ? 1 : 0);
    if (!isJudge) judge = null;
    else {
      judge ??= ports.createJudge();
      const began = performance.now();
      const { hasWorked, lagEvents } = await round(ports, judge);
      idleRounds = hasWorked ? 0 : idleRounds + 1;
      if (hasWorked && lagEvents <= BACKLOG_EVENTS) continue;
      if (hasWorked) {
        await sleep(Math.min(MAX_REST_MS, REST_TIMES * (performance.now() - began)), ports.signal);
        continue;
      }
    }
    await sleep(idleRounds > CALM_AFTER_ROUNDS ? 4 * idleMs : idleMs, ports.signal);
  }
}

/** @returns whether there was something to judge, and how many records wait to be landed */
async function round(ports: JudgingPorts, judge: Judge): Promise<{ hasWorked: boolean; lagEvents: number }> {
  const { frontierMs, lagEvents } = await metrics.timed('frontier', () => ports.persist(() => ports.align()));
  metrics.noteAlignment(frontierMs, lagEvents);
  if (frontierMs === Number.NEGATIVE_INFINITY) return { hasWorked: false, lagEvents };
  const summary = await metrics.timed('judge', () => ports.persist(() => judge.round(frontierMs)));
  metrics.rounds.inc();
  metrics.lastRound.setToCurrentTime();
  metrics.landingsWaiting.set(summary.waiting);
  metrics.sheetsJudged.inc(summary.sheets);
  if (summary.sheets > 0) metrics.openFindings.set(summary.openFindings);
  return { hasWorked: summary.landings > 0 || summary.isUnfinished, lagEvents };
}
