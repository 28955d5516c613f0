// One destination's loop: take what may go, send it, note how it ended. A destination that does not answer is left alone with a
// growing pause; the others never notice. What was not accepted comes again, for ever, under the same key.

import { setTimeout as delay } from 'node:timers/promises';
import type { Item } from '../core/alerting/item.js';
import type { Next, Queue } from '../core/alerting/queue.js';
import type { Message } from '../core/alerting/render/message.js';
import type { Logger } from '../platform/log/logger.js';
import type { Delivery } from '../platform/notify/delivery.js';
import { CONCURRENCY, type Send } from './destination.js';
import type { Attempt } from './outbox.js';

export interface DeliveringPorts {
  readonly name: string;
  readonly queue: Queue;
  readonly send: Send;
  /** Notes an attempt; resolves when it is durable. */
  record(attempt: Attempt): Promise<void>;
  /** until when a silence holds the item back; milliseconds, 0 for none */
  heldUntil(item: Item): number;
  now(): number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Delivering {
  /** There may be something new to send. */
  wake(): void;
  /** Ends when the signal aborts and what is on its way has ended. */
  readonly done: Promise<void>;
  /** since when it has not answered; null when it does */
  readonly failingSinceMs: number | null;
}

type Sendable = Extract<Next, { kind: 'message' | 'digest' }>;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 300_000;
const LONGEST_SLEEP_MS = 1_000;

export function deliverForever(ports: DeliveringPorts): Delivering {
  const { queue, signal } = ports;
  const tries = new Map<string, number>();
  const underway = new Set<Promise<void>>();
  let pausedUntilMs = 0;
  let failures = 0;
  let failingSinceMs: number | null = null;
  let awaken: AbortController = new AbortController();

  const wake = (): void => awaken.abort();
  signal.addEventListener('abort', wake, { once: true });

  async function attempt(next: Sendable): Promise<void> {
    const delivery = await ports.send(messageOf(next), ports.now());
    const atMs = ports.now();
    const ids = next.items.map(({ item_id }) => item_id);
    const frame = { destination: ports.name, kind: next.kind, item_ids: ids, atMs };
    if (delivery.outcome === 'accepted') {
      if (failingSinceMs !== null)
        ports.log.info({ destination: ports.name, away_ms: atMs - failingSinceMs }, 'destination accepts again');
      failures = 0;
      failingSinceMs = null;
      for (const id of ids) tries.delete(id);
      queue.sent(next, atMs);
      await ports.record({ ...frame, outcome: 'accepted', reason: '' });
    } else {
      queue.again(next, later(delivery, ids, atMs));
      await ports.record({ ...frame, outcome: 'later', reason: delivery.reason });
    }
  }

  function later(delivery: Exclude<Delivery, { outcome: 'accepted' }>, ids: readonly string[], nowMs: number): number {
    const tried = (tries.get(ids[0] ?? '') ?? 0) + 1;
    for (const id of ids) tries.set(id, tried);
    const pause = Math.max(delivery.retryAfterMs ?? 0, pauseAfter(delivery.scope === 'message' ? tried : failures + 1));
    if (delivery.scope === 'message') return nowMs + pause;
    if (failingSinceMs === null)
      ports.log.warn({ destination: ports.name, reason: delivery.reason }, 'destination does not accept: trying on');
    failingSinceMs ??= nowMs;
    if (nowMs >= pausedUntilMs) failures++;
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + pause);
    return pausedUntilMs;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      awaken = new AbortController();
      const nowMs = ports.now();
      const next: Next =
        pausedUntilMs > nowMs ? { kind: 'wait', untilMs: pausedUntilMs } : queue.next(nowMs, ports.heldUntil);
      if (next.kind === 'wait') {
        const ms = Math.min(LONGEST_SLEEP_MS, Math.max(1, next.untilMs - nowMs));
        await delay(ms, undefined, { signal: awaken.signal }).catch(() => undefined);
        continue;
      }
      if (next.kind === 'moot') {
        queue.sent(next, nowMs);
        await ports.record({
          destination: ports.name,
          kind: 'moot',
          outcome: 'accepted',
          reason: '',
          item_ids: next.items.map(({ item_id }) => item_id),
          atMs: nowMs,
        });
        continue;
      }
      const one = attempt(next).finally(() => underway.delete(one));
      underway.add(one);
      if (underway.size >= CONCURRENCY || failingSinceMs !== null) await Promise.race(underway);
    }
    await Promise.all(underway);
  }

  return {
    wake,
    done: run(),
    get failingSinceMs() {
      return failingSinceMs;
    },
  };
}

/** Doubling, with up to a quarter more, so that many alerters do not knock at once. */
const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20)) * (1 + Math.random() / 4);

function messageOf(next: Sendable): Message {
  const items = next.items as readonly [Item, ...Item[]];
  return next.kind === 'digest' ? { kind: 'digest', items } : { kind: 'alert', items };
}
