import fc from 'fast-check';
import type { Item } from '../../../services/core/alerting/item.js';
import { createQueue, type Next, type QueueRules } from '../../../services/core/alerting/queue.js';
import { item } from './notices.js';

const MINUTE = 60_000;
const rules: QueueRules = {
  capPerHour: 3,
  gather: 'none',
  groupMs: 0,
  digestPauseMs: 30_000,
  quiet: undefined,
  maxItems: 40,
};
const free = (): number => 0;
const ids = (next: Next): string[] => (next.kind === 'wait' ? [] : next.items.map(({ anomaly_id }) => anomaly_id));

test('an item that is added twice is sent once', () => {
  const queue = createQueue(rules);
  queue.add(item());
  queue.add(item());
  const next = queue.next(2_000, free);
  expect(ids(next)).toEqual(['a-1']);
  queue.sent(next, 2_000);
  expect(queue.next(2_000, free)).toEqual({ kind: 'wait', untilMs: Number.POSITIVE_INFINITY });
});

test('the worst goes first, then the oldest', () => {
  const queue = createQueue(rules);
  queue.add(item({ anomaly_id: 'old' }, { createdAt: 1 }));
  queue.add(item({ anomaly_id: 'new' }, { createdAt: 2 }));
  queue.add(item({ anomaly_id: 'worst', severity: 'critical' }, { createdAt: 3 }));
  expect([queue.next(10, free), queue.next(10, free), queue.next(10, free)].flatMap(ids)).toEqual([
    'worst',
    'old',
    'new',
  ]);
});

test('over the cap, the rest becomes one digest that counts each, once the flood has paused', () => {
  const queue = createQueue(rules);
  for (let i = 0; i < 10; i++) queue.add(item({ anomaly_id: `a-${i}` }, { createdAt: i }));
  for (let i = 0; i < 3; i++) queue.sent(queue.next(100, free), 100);
  const wait = queue.next(100, free);
  expect(wait).toEqual({ kind: 'wait', untilMs: 100 + 30_000 });
  const digest = queue.next(100 + 30_000, free);
  expect(digest.kind).toBe('digest');
  expect(ids(digest).sort()).toEqual(['a-3', 'a-4', 'a-5', 'a-6', 'a-7', 'a-8', 'a-9']);
  queue.sent(digest, 31_000);
  expect(queue.size).toBe(0);
});

test('a flood that does not pause is counted all the same after ten minutes', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.add(item({ anomaly_id: 'first' }));
  queue.sent(queue.next(0, free), 0);
  let digests = 0;
  for (let now = 0; now < 11 * MINUTE; now += 20_000) {
    queue.add(item({ anomaly_id: `a-${now}` }, { createdAt: now }));
    const next = queue.next(now, free);
    if (next.kind === 'digest') digests++;
    if (next.kind !== 'wait') queue.sent(next, now);
  }
  expect(digests).toBe(1);
});

test('an hour after a message its place in the cap is free again', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.add(item({ anomaly_id: 'a' }));
  queue.sent(queue.next(0, free), 0);
  queue.add(item({ anomaly_id: 'b' }));
  expect(ids(queue.next(60 * MINUTE + 1, free))).toEqual(['b']);
});

test('messages on their way take their place in the cap', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.add(item({ anomaly_id: 'a' }));
  queue.add(item({ anomaly_id: 'b' }));
  expect(ids(queue.next(0, free))).toEqual(['a']);
  expect(queue.next(0, free).kind).toBe('wait');
});

test('what was not accepted comes again at its time, and takes no place', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.add(item());
  const next = queue.next(0, free);
  queue.again(next, 5_000);
  expect(queue.next(1_000, free)).toEqual({ kind: 'wait', untilMs: 5_000 });
  expect(ids(queue.next(5_000, free))).toEqual(['a-1']);
});

test('further anomalies of one employee are gathered into one message', () => {
  const queue = createQueue({ ...rules, gather: 'entity', groupMs: 5 * MINUTE });
  queue.add(item({ anomaly_id: 'a' }));
  queue.sent(queue.next(0, free), 0);
  for (const id of ['b', 'c']) queue.add(item({ anomaly_id: id }));
  queue.add(item({ anomaly_id: 'other', actor_id: 'e-2' }));
  const other = queue.next(1_000, free);
  expect(ids(other)).toEqual(['other']);
  expect(queue.next(1_000, free)).toEqual({ kind: 'wait', untilMs: 5 * MINUTE });
  expect(ids(queue.next(5 * MINUTE, free)).sort()).toEqual(['b', 'c']);
});

test('the end of an anomaly never overtakes its beginning', () => {
  const queue = createQueue(rules);
  queue.add(item());
  queue.add(item({}, { action: 'resolve', createdAt: 2_000 }));
  const fire = queue.next(3_000, free);
  expect(fire.kind === 'message' && fire.items[0]?.action).toBe('fire');
  expect(queue.next(3_000, free).kind).toBe('wait');
  queue.again(fire, 4_000);
  expect(queue.next(3_000, free).kind).toBe('wait');
  const again = queue.next(4_000, free);
  queue.sent(again, 4_000);
  const end = queue.next(4_000, free);
  expect(end.kind === 'message' && end.items[0]?.action).toBe('resolve');
});

test('the end of what only a digest has counted needs no message', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.add(item({ anomaly_id: 'a' }));
  queue.sent(queue.next(0, free), 0);
  queue.add(item({ anomaly_id: 'b' }));
  queue.next(0, free);
  const digest = queue.next(30_000, free);
  queue.sent(digest, 30_000);
  queue.add(item({ anomaly_id: 'b' }, { action: 'resolve', createdAt: 40_000 }));
  expect(queue.next(40_000, free)).toMatchObject({ kind: 'moot' });
});

test('a silence holds back and lets go', () => {
  const queue = createQueue(rules);
  queue.add(item());
  expect(queue.next(0, () => 9_000)).toEqual({ kind: 'wait', untilMs: 9_000 });
  expect(ids(queue.next(9_000, () => 9_000))).toEqual(['a-1']);
});

test('after a restart the cap counts what was sent in the last hour', () => {
  const queue = createQueue({ ...rules, capPerHour: 1 });
  queue.remember({ sentAtMs: [0], lastByEntity: new Map(), digested: [] });
  queue.add(item());
  expect(queue.next(1_000, free).kind).toBe('wait');
});

test('whatever is added comes out exactly once, however sending goes', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      anomaly: fc.integer({ min: 0, max: 30 }),
      actor: fc.integer({ min: 0, max: 3 }),
    }),
    fc.record({ do: fc.constant('send' as const), accepted: fc.boolean() }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20 * MINUTE }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.constantFrom('none', 'entity', 'all'), (steps, gather) => {
      const queue = createQueue({
        ...rules,
        gather: gather as QueueRules['gather'],
        groupMs: gather === 'entity' ? MINUTE : 0,
      });
      const added = new Set<string>();
      const out: string[] = [];
      let now = 0;
      const take = (accepted: boolean): void => {
        const next = queue.next(now, free);
        if (next.kind === 'wait') return;
        if (!accepted) {
          queue.again(next, now + 1_000);
          return;
        }
        queue.sent(next, now);
        out.push(...next.items.map(({ item_id }) => item_id));
      };
      for (const one of steps) {
        if (one.do === 'pass') now += one.ms;
        else if (one.do === 'send') take(one.accepted);
        else {
          const fresh: Item = item(
            { anomaly_id: `a-${one.anomaly}`, actor_id: `e-${one.actor}` },
            { createdAt: one.anomaly },
          );
          if (!added.has(fresh.item_id)) queue.add(fresh);
          added.add(fresh.item_id);
        }
      }
      for (let i = 0; i < 400 && queue.size > 0; i++) {
        now += MINUTE;
        take(true);
      }
      expect(out.sort()).toEqual([...added].sort());
    }),
    { numRuns: 200 },
  );
});
