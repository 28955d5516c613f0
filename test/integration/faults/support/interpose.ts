// Loaded before the command line tool (node --require) in a scorer that a fault shall hit: stands between the scorer and its
// database, publisher and consumer group, names what passes, and at the n-th passing of one name sends this very process a signal.
// The product knows nothing of it. What to do comes as JSON in the variable FAULTS.

import { writeFileSync } from 'node:fs';
import type { Batch } from 'kafkajs';
import type { ClickHouse } from '../../../../services/platform/clickhouse/client.js';
import type { Group, GroupHandler } from '../../../../services/platform/kafka/group.js';
import type { Publisher } from '../../../../services/platform/kafka/producer.js';
import { type Hold, holdBack } from './hold.js';

import clickhouse = require('../../../../services/platform/clickhouse/client.js');
import kafka = require('../../../../services/platform/kafka/client.js');
import group = require('../../../../services/platform/kafka/group.js');
import producer = require('../../../../services/platform/kafka/producer.js');

export interface Faults {
  /** `decoded`, `inserting T`, `inserted T`, `rechecked`, `duty`, `fulfilling`, `publishing T`, `published T`, `committing`, `committed`. */
  readonly at?: string;
  /** Which passing of it; 1 is the first. */
  readonly passing?: number;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
  /** Records of a partition that are offered at once: few make many batches of a small folder. */
  readonly records?: number;
  /** How long the broker waits for a silent member; six seconds at least. */
  readonly sessionMs?: number;
  readonly hold?: Hold;
  /** File that is told what happened. */
  readonly report?: string;
}

const RECORDS = 150;
const LOOK_EVERY_MS = 500;
const parent = process.ppid;
setInterval(() => {
  // Whoever killed the test shall not have to look for its scorers.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS).unref();

const faults: Faults = JSON.parse(process.env['FAULTS'] ?? '{}');
let passed = 0;

/** Ends (or stops) this process at the place that was asked for. */
function passing(name: string): void {
  if (name !== faults.at || ++passed !== (faults.passing ?? 1)) return;
  if (faults.report !== undefined) writeFileSync(faults.report, name);
  process.kill(process.pid, faults.signal ?? 'SIGKILL');
}

/** `inserting T` and `inserted T`, whether by insert() or by a statement; `duty` and `fulfilling` by the flag of a landing. */
function around(method: string, args: readonly unknown[]): { readonly before: string; readonly after: string } {
  const sql = typeof args[0] === 'string' ? args[0] : '';
  const table = method.startsWith('insert') ? sql : (/INSERT INTO (?:\{db\}\.)?(\w+)/.exec(sql)?.[1] ?? '');
  if (table === '') return { before: 'asking', after: /\bcase_writes\b/.test(sql) ? 'asked cases' : 'asked' };
  if (table !== 'landings') return { before: `inserting ${table}`, after: `inserted ${table}` };
  const columns: readonly unknown[] = Array.isArray(args[1]) ? args[1] : [];
  const [row]: readonly unknown[] = Array.isArray(args[2]) ? args[2] : [];
  const isDone = Array.isArray(row) && row[columns.indexOf('done')] === 1;
  return isDone ? { before: 'fulfilling', after: 'fulfilled' } : { before: 'obliging', after: 'duty' };
}

function watchDatabase(ch: ClickHouse): ClickHouse {
  let accessesInserted = false;
  return new Proxy(ch, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: readonly unknown[]): unknown => {
        const { before, after } = around(name, args);
        passing(before);
        const result: unknown = Reflect.apply(value, target, args);
        if (!(result instanceof Promise)) return result;
        return result.then((answer: unknown) => {
          passing(after);
          if (after === 'inserted access_events') accessesInserted = true;
          if (after === 'asked cases' && accessesInserted) {
            accessesInserted = false;
            passing('rechecked');
          }
          return answer;
        });
      };
    },
  });
}

function watchPublisher(publisher: Publisher): Publisher {
  return {
    ...publisher,
    async send(topic, messages) {
      passing(`publishing ${topic}`);
      await publisher.send(topic, messages);
      passing(`published ${topic}`);
    },
  };
}

function watchGroup(joined: Group): Group {
  return {
    ...joined,
    async commit(positions) {
      passing('committing');
      const isCurrent = await joined.commit(positions);
      passing('committed');
      return isCurrent;
    },
  };
}

/** The first records of a fetched batch; kafkajs fetches the rest again. */
function firstOf(batch: Batch, count: number): Batch {
  if (batch.messages.length <= count) return batch;
  const messages = batch.messages.slice(0, count);
  const last = messages.at(-1)?.offset ?? '0';
  return Object.assign(Object.create(batch), { messages, lastOffset: () => last });
}

/** Puts a function of ours in the place of one that a module exports. */
function replace<M extends object, Name extends keyof M & string>(
  module: M,
  name: Name,
  make: (was: M[Name]) => M[Name],
): void {
  Reflect.defineProperty(module, name, { value: make(module[name]), writable: true, enumerable: true });
}

replace(clickhouse, 'connectClickHouse', (connect) => (settings) => watchDatabase(connect(settings)));
replace(producer, 'createPublisher', (create) => (settings, options) => watchPublisher(create(settings, options)));
replace(kafka, 'connectKafka', (connect) => (settings, options) => {
  const client = connect(settings, options);
  const consumer = client.consumer.bind(client);
  client.consumer = (config) => {
    const made = consumer({
      ...config,
      groupId: config?.groupId ?? '',
      sessionTimeout: faults.sessionMs ?? 6_000,
      heartbeatInterval: 1_000,
    });
    const run = made.run.bind(made);
    made.run = (given) => {
      const eachBatch = given?.eachBatch;
      if (eachBatch === undefined) return run(given);
      return run({
        ...given,
        eachBatch: (payload) => eachBatch({ ...payload, batch: firstOf(payload.batch, faults.records ?? RECORDS) }),
      });
    };
    held?.use(made);
    return made;
  };
  return client;
});
const held = faults.hold === undefined ? null : holdBack(faults.hold, faults.report);
replace(group, 'joinGroup', (join) => (settings, options, handler) => {
  const watched: GroupHandler = {
    ...handler,
    async batch(batch, heartbeat, pause) {
      if (held !== null && !held.admits(batch)) return false;
      const taken = await handler.batch(batch, heartbeat, pause);
      if (taken) held?.took(batch);
      if (taken) passing('decoded');
      return taken;
    },
  };
  return watchGroup(join(settings, options, watched));
});
