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
      const worked = await round(ports, judge);
      idleRounds = worked ? 0 : idleRounds + 1;
      if (worked) continue;
    }
    await sleep(idleRounds > CALM_AFTER_ROUNDS ? 4 * idleMs : idleMs, ports.signal);
  }
}

/** True if there was something to judge. */
async function round(ports: JudgingPorts, judge: Judge): Promise<boolean> {
  const { frontierMs, lagEvents } = await metrics.timed('frontier', () => ports.persist(() => ports.align()));
  metrics.noteAlignment(frontierMs, lagEvents);
  if (frontierMs === Number.NEGATIVE_INFINITY) return false;
  const summary = await metrics.timed('judge', () => ports.persist(() => judge.round(frontierMs)));
  metrics.rounds.inc();
  metrics.lastRound.setToCurrentTime();
  metrics.landingsWaiting.set(summary.waiting);
  metrics.sheetsJudged.inc(summary.sheets);
  if (summary.sheets > 0) metrics.openFindings.set(summary.openFindings);
  return summary.landings > 0 || summary.sheets > 0;
}
