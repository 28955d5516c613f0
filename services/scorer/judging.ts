// The judge's loop: while this scorer holds partition 0 of access-log, one round after the other, at once while there is work.
// Decides when and up to which event time; how to judge is the pipeline's.

import type { Alignment } from '../core/align/frontier.js';
import type { Judge } from '../pipeline/judge.js';
import * as metrics from '../platform/metrics/metrics.js';
import { type Bell, createBell } from '../platform/shutdown/wait.js';

export interface JudgingPorts {
  /** Whether judging is this scorer's duty now. */
  hasDuty(): boolean;
  align(): Promise<Alignment>;
  /** A fresh judge knows nothing of earlier rounds: made anew whenever the duty comes. */
  createJudge(): Judge;
  persist<T>(call: () => Promise<T>): Promise<T>;
  /** Rung where this scorer has landed something: no need to wait until the next look. */
  readonly landed?: Bell;
  readonly signal: AbortSignal;
  readonly idleMs?: number;
  /** a clock that never goes back */
  readonly nowMs?: () => number;
}

/**
 * With so many records to be landed nothing that is judged is news, and what is judged is soon stale again: a round then waits so
 * many times as long as the last one took, at most so long, and no longer than records wait. Where the backlog will be gone within the
 * longest of these rests, at the pace at which it shrinks, it is waited for.
 */
const BACKLOG_EVENTS = 20_000;
const REST_TIMES = 4;
const MIN_REST_MS = 15_000;
const MAX_REST_MS = 60_000;

/** Idle rounds after which the pause grows to its fourfold: a quiet organisation needs no hurry. */
const CALM_AFTER_ROUNDS = 40;

export async function judgeForever(ports: JudgingPorts): Promise<void> {
  const idleMs = ports.idleMs ?? 150;
  const landed = ports.landed ?? createBell();
  const rest = createRest(ports.nowMs ?? (() => performance.now()));
  let judge: Judge | null = null;
  let idleRounds = 0;
  let isResting = false;
  while (!ports.signal.aborted) {
    const isJudge = ports.hasDuty();
    metrics.isJudge.set(isJudge ? 1 : 0);
    if (!isJudge) judge = null;
    else {
      judge ??= ports.createJudge();
      const { frontierMs, lagEvents } = await metrics.timed('frontier', () => ports.persist(() => ports.align()));
      metrics.noteAlignment(frontierMs, lagEvents);
      isResting = rest.isDue(lagEvents);
      const mayJudge = frontierMs !== Number.NEGATIVE_INFINITY && !isResting;
      const hasWorked = mayJudge && (await rest.after(() => round(ports, judge as Judge, frontierMs)));
      idleRounds = hasWorked || lagEvents > 0 ? 0 : idleRounds + 1;
      if (hasWorked) continue;
    }
    await landed.sleep(isResting || idleRounds > CALM_AFTER_ROUNDS ? 4 * idleMs : idleMs, ports.signal);
  }
}

/** How long judging leaves the machine to the landing. */
function createRest(nowMs: () => number) {
  let until = Number.NEGATIVE_INFINITY;
  let backlog: { readonly sinceMs: number; readonly most: number } | null = null;
  /** At the pace since the backlog was at its largest; Infinity while it grows. */
  const goneInMs = (lagEvents: number): number => {
    if (backlog === null || lagEvents >= backlog.most) return Number.POSITIVE_INFINITY;
    return (lagEvents * (nowMs() - backlog.sinceMs)) / (backlog.most - lagEvents);
  };
  return {
    isDue(lagEvents: number): boolean {
      const now = nowMs();
      if (lagEvents <= BACKLOG_EVENTS) {
        backlog = null;
        return false;
      }
      if (backlog === null) until = Math.max(until, now + MIN_REST_MS);
      if (backlog === null || lagEvents > backlog.most) backlog = { sinceMs: now, most: lagEvents };
      return now < until || (now < until + MAX_REST_MS && goneInMs(lagEvents) < MAX_REST_MS);
    },
    async after<T>(work: () => Promise<T>): Promise<T> {
      const began = nowMs();
      const done = await work();
      const tookMs = nowMs() - began;
      until = nowMs() + Math.min(MAX_REST_MS, Math.max(MIN_REST_MS, REST_TIMES * tookMs));
      return done;
    },
  };
}

/** @returns whether there was something to judge, and there may be more at once */
async function round(ports: JudgingPorts, judge: Judge, frontierMs: number): Promise<boolean> {
  const summary = await metrics.timed('judge', () => ports.persist(() => judge.round(frontierMs)));
  metrics.rounds.inc();
  metrics.lastRound.setToCurrentTime();
  metrics.landingsWaiting.set(summary.waiting);
  metrics.sheetsJudged.inc(summary.sheets);
  if (summary.sheets > 0) metrics.openFindings.set(summary.openFindings);
  return summary.landings > 0 || (summary.isUnfinished && !summary.isResting);
}
