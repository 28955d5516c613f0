// One destination's queue: what may be sent now, gathered per employee, capped per hour, the overflow counted into a digest.
// Pure: time is an argument, sending is the caller's. Every item that goes in comes out once, in a message or in a digest.

import type { Item } from './item.js';
import { SEVERITIES } from './notice.js';
import { type QuietHours, sendableAt } from './quiet.js';

export interface QueueRules {
  /** messages an hour; null: no cap, as for an archive */
  readonly capPerHour: number | null;
  /** what one message may hold: an item alone, all of an entity, or anything */
  readonly gather: 'none' | 'entity' | 'all';
  /** further items of an entity wait for so long after its last message */
  readonly groupMs: number;
  /** a digest goes out once nothing has been added to it for so long */
  readonly digestPauseMs: number;
  readonly quiet: QuietHours | undefined;
  /** items in one message, at most */
  readonly maxItems: number;
}

export type Next =
  | { readonly kind: 'message'; readonly items: readonly Item[] }
  | { readonly kind: 'digest'; readonly items: readonly Item[] }
  /** nobody needs to be told: the end of what only a digest had counted */
  | { readonly kind: 'moot'; readonly items: readonly Item[] }
  /** nothing before this time; Infinity when the queue is empty */
  | { readonly kind: 'wait'; readonly untilMs: number };

export interface Queue {
  add(item: Item): void;
  /** Takes out what may go now; `sent` or `again` must follow. */
  next(nowMs: number, heldUntil: (item: Item) => number): Next;
  /** It was accepted. */
  sent(next: Next, nowMs: number): void;
  /** It was not: it comes again at this time. */
  again(next: Next, atMs: number): void;
  /** Messages accepted before, as read back after a restart. */
  remember(past: {
    readonly sentAtMs: readonly number[];
    readonly lastByEntity: ReadonlyMap<string, number>;
    /** anomalies that only a digest has counted */
    readonly digested: Iterable<string>;
  }): void;
  readonly size: number;
}

const HOUR_MS = 3_600_000;
/** A digest waits for its flood to pause, but not longer than this; and so far apart are two digests. */
const DIGEST_LONGEST_MS = 600_000;

interface Waiting {
  readonly item: Item;
  notBeforeMs: number;
}

export function createQueue(rules: QueueRules): Queue {
  const waiting = new Map<string, Waiting>();
  const overflow = new Map<string, Item>();
  let overflowSince = 0;
  let overflowLast = 0;
  let digestNotBefore = 0;
  let sentAt: number[] = [];
  let inFlight = 0;
  let isOrdered = true;
  let newestMs = 0;
  const digested = new Set<string>();
  const busy = new Set<string>();
  const lastByEntity = new Map<string, number>();

  const used = (nowMs: number): number => {
    sentAt = sentAt.filter((at) => at > nowMs - HOUR_MS);
    return sentAt.length + inFlight;
  };
  const readyAt = ({ item, notBeforeMs }: Waiting, nowMs: number, held: (item: Item) => number): number => {
    const grouped =
      item.action === 'resolve' ? 0 : (lastByEntity.get(item.entity) ?? Number.NEGATIVE_INFINITY) + rules.groupMs;
    const at = Math.max(notBeforeMs, grouped, held(item));
    return at > nowMs ? at : sendableAt(nowMs, item.severity, rules.quiet);
  };

  function digestDueAt(): number {
    if (overflow.size === 0) return Number.POSITIVE_INFINITY;
    return Math.max(digestNotBefore, Math.min(overflowLast + rules.digestPauseMs, overflowSince + DIGEST_LONGEST_MS));
  }

  function takeDigest(): Next {
    const items = [...overflow.values()];
    overflow.clear();
    for (const { anomaly_id } of items) busy.add(anomaly_id);
    return { kind: 'digest', items };
  }

  /** Oldest first, so that of an anomaly's items none overtakes another. */
  function order(): void {
    if (isOrdered) return;
    const sorted = [...waiting.values()].sort(byAge);
    waiting.clear();
    for (const one of sorted) waiting.set(one.item.item_id, one);
    isOrdered = true;
  }

  function takeMoot({ item }: Waiting): Next {
    waiting.delete(item.item_id);
    return { kind: 'moot', items: [item] };
  }

  const free = (items: readonly Item[]): void => {
    for (const { anomaly_id } of items) busy.delete(anomaly_id);
  };

  function overflowing(items: readonly Waiting[], nowMs: number): void {
    for (const { item } of items) {
      waiting.delete(item.item_id);
      if (overflow.size === 0) overflowSince = nowMs;
      overflowLast = nowMs;
      overflow.set(item.item_id, item);
    }
  }

  return {
    get size() {
      return waiting.size + overflow.size;
    },
    add(item) {
      if (overflow.has(item.item_id) || waiting.has(item.item_id)) return;
      waiting.set(item.item_id, { item, notBeforeMs: 0 });
      if (item.createdAt < newestMs) isOrdered = false;
      newestMs = Math.max(newestMs, item.createdAt);
    },
    next(nowMs, held) {
      if (digestDueAt() <= nowMs) return takeDigest();
      let soonest = digestDueAt();
      const ready: Waiting[] = [];
      const ahead = new Set([...busy, ...[...overflow.values()].map(({ anomaly_id }) => anomaly_id)]);
      order();
      for (const one of waiting.values()) {
        const { anomaly_id: anomaly } = one.item;
        const comesAfter = ahead.has(anomaly);
        ahead.add(anomaly);
        if (comesAfter) continue;
        if (one.item.action === 'resolve' && digested.has(anomaly)) return takeMoot(one);
        const at = readyAt(one, nowMs, held);
        if (at <= nowMs) ready.push(one);
        else soonest = Math.min(soonest, at);
      }
      if (ready.length === 0) return { kind: 'wait', untilMs: soonest };
      const room = rules.capPerHour === null ? Number.POSITIVE_INFINITY : rules.capPerHour - used(nowMs);
      const first = ready.reduce((best, one) => (isBefore(one, best) ? one : best));
      if (room <= 0 && first.item.action !== 'resolve') {
        overflowing(
          ready.filter(({ item }) => item.action !== 'resolve'),
          nowMs,
        );
        return this.next(nowMs, held);
      }
      const items = gatherWith(first, ready, rules);
      for (const { item } of items) {
        waiting.delete(item.item_id);
        busy.add(item.anomaly_id);
      }
      if (counts(items.map(({ item }) => item))) inFlight++;
      return { kind: 'message', items: items.map(({ item }) => item) };
    },
    sent(next, nowMs) {
      if (next.kind === 'wait') return;
      free(next.items);
      if (next.kind === 'digest') {
        digestNotBefore = nowMs + DIGEST_LONGEST_MS;
        for (const { anomaly_id } of next.items) digested.add(anomaly_id);
      }
      if (next.kind !== 'message' || !counts(next.items)) return;
      inFlight--;
      if (rules.capPerHour !== null) sentAt.push(nowMs);
      for (const { entity, anomaly_id } of next.items) {
        lastByEntity.set(entity, nowMs);
        digested.delete(anomaly_id);
      }
    },
    again(next, atMs) {
      if (next.kind === 'wait') return;
      free(next.items);
      if (next.kind === 'digest') {
        for (const item of next.items) overflow.set(item.item_id, item);
        digestNotBefore = atMs;
        return;
      }
      if (next.kind === 'message' && counts(next.items)) inFlight--;
      for (const item of next.items) waiting.set(item.item_id, { item, notBeforeMs: atMs });
      isOrdered = false;
    },
    remember(past) {
      sentAt.push(...past.sentAtMs);
      for (const [entity, at] of past.lastByEntity) lastByEntity.set(entity, at);
      for (const anomaly of past.digested) digested.add(anomaly);
    },
  };
}

/** Resolves take no place in the cap. */
const counts = (items: readonly Item[]): boolean => items.some(({ action }) => action !== 'resolve');

const byAge = ({ item: a }: Waiting, { item: b }: Waiting): number =>
  a.createdAt - b.createdAt ||
  (a.action === 'resolve' ? 1 : 0) - (b.action === 'resolve' ? 1 : 0) ||
  (a.item_id < b.item_id ? -1 : 1);

/** The worst first, then the oldest; resolves before all, since they take no place in the cap. */
function isBefore({ item: a }: Waiting, { item: b }: Waiting): boolean {
  const rank = (item: Item): number =>
    item.action === 'resolve' ? SEVERITIES.length : SEVERITIES.indexOf(item.severity);
  return rank(a) !== rank(b)
    ? rank(a) > rank(b)
    : a.createdAt !== b.createdAt
      ? a.createdAt < b.createdAt
      : a.item_id < b.item_id;
}

/** What goes with the first; resolves apart from the rest. */
function gatherWith(first: Waiting, ready: readonly Waiting[], { gather, maxItems }: QueueRules): Waiting[] {
  if (gather === 'none') return [first];
  const isResolve = first.item.action === 'resolve';
  const fits = ({ item }: Waiting): boolean =>
    (gather === 'all' || item.entity === first.item.entity) && (item.action === 'resolve') === isResolve;
  return [first, ...ready.filter((one) => one !== first && fits(one))].slice(0, maxItems);
}
