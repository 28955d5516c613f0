// The reading side against a group that is played by the test: what is taken, what is offered again, what ends it.

import { KeyholeError } from '../../services/core/errors.js';
import type { FetchedBatch, GroupHandler, Position } from '../../services/platform/kafka/group.js';
import type { AvroCodec } from '../../services/platform/registry/codec.js';
import { createBacklog } from '../../services/scorer/backlog.js';
import { createMembership } from '../../services/scorer/membership.js';
import { createReader } from '../../services/scorer/reading.js';
import { event } from './support.js';

const PARTITION = { topic: 'access-log', partition: 0 };
const noPause = () => () => undefined;
const calm = async (): Promise<void> => undefined;

function fetched(...payloads: readonly string[]): FetchedBatch {
  return {
    ...PARTITION,
    records: payloads.map((payload, i) => ({
      offset: String(i),
      key: Buffer.from('E1'),
      value: Buffer.from(payload),
      timestampMs: Date.parse('2026-03-01T09:00:00Z'),
      headers: { n: String(i) },
    })),
    firstOffset: '0',
    nextOffset: String(payloads.length),
    highWatermark: '99',
  };
}

/** Payloads are words: `good`, `invalid`, anything else is not Avro. */
const words: AvroCodec = {
  prepare: async () => undefined,
  decode: (_feed, payload) => {
    const word = payload?.toString();
    if (word === 'good') return { ok: true, value: event('a') };
    if (word === 'invalid') return { ok: true, value: { ...event('a'), record_count: -1 } };
    return { ok: false, reason: 'not_avro', error: 'no' };
  },
  addPlain: () => false,
  encoder: () => Promise.reject(new Error('not asked for')),
};

interface World {
  readonly maxBytes?: number;
  readonly codec?: AvroCodec;
  readonly rewinds?: readonly Position[];
}

function setUp({ maxBytes = 1e9, codec = words, rewinds = [] }: World = {}) {
  const backlog = createBacklog({ maxBytes, maxRows: 1000, lingerMs: 0, paceMs: 0 });
  const membership = createMembership();
  const stop = new AbortController();
  const fatal: unknown[] = [];
  const reader: GroupHandler = createReader({
    backlog,
    membership,
    codec,
    resume: async () => rewinds,
    persist: (call) => call(),
    alive: () => undefined,
    failed: () => undefined,
    fatal: (error) => fatal.push(error),
    signal: stop.signal,
  });
  reader.assigned([PARTITION]);
  return { backlog, membership, reader, stop, fatal };
}

describe('the reader', () => {
  test('hands on good records and dead letters, which add up, with the original bytes, key and headers', async () => {
    const { reader, backlog } = setUp();
    expect(await reader.batch(fetched('good', 'rubbish', 'invalid', 'good'), calm, noPause)).toBe(true);
    backlog.end();
    const [part] = (await backlog.take()) ?? [];
    expect(part?.batch.records.length).toBe(2);
    expect(part?.batch.deadLetters).toEqual([
      {
        ...PARTITION,
        offset: '1',
        reason: 'not_avro',
        error: 'no',
        key: Buffer.from('E1'),
        payload: Buffer.from('rubbish'),
        headers: { n: '1' },
      },
      expect.objectContaining({ offset: '2', reason: 'invalid', payload: Buffer.from('invalid') }),
    ]);
    expect(part?.nextOffset).toBe('4');
  });

  test('waits for room, and takes nothing when it is stopped while it waits', async () => {
    const { reader, stop, backlog } = setUp({ maxBytes: 1 });
    await reader.batch(fetched('good'), calm, noPause);
    const before = backlog.bytes;
    const waiting = reader.batch(fetched('good'), calm, noPause);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(backlog.bytes).toBe(before);
  });

  test('keeps the membership alive while it waits, and lets the group’s word through: kafkajs must hear of a rebalance', async () => {
    const { reader, backlog, fatal } = setUp({ maxBytes: 1 });
    await reader.batch(fetched('good'), calm, noPause);
    const rebalance = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });
    await expect(reader.batch(fetched('good'), () => Promise.reject(rebalance), noPause)).rejects.toBe(rebalance);
    expect(backlog.bytes).toBeGreaterThan(0);
    expect(fatal).toEqual([]);
  });

  test('does not take what was fetched before it went back: that would leave a gap', async () => {
    const { reader, backlog } = setUp({ rewinds: [{ ...PARTITION, offset: '0' }] });
    expect(await reader.batch(fetched('good'), calm, noPause)).toBe(false);
    expect(await reader.batch(fetched('good'), calm, noPause)).toBe(true);
    expect(backlog.bytes).toBeGreaterThan(0);
  });

  test('forgets what it had decoded when the group begins a new generation', async () => {
    const { reader, backlog, membership } = setUp();
    await reader.batch(fetched('good'), calm, noPause);
    reader.assigned([PARTITION]);
    expect([membership.epoch, backlog.bytes]).toEqual([2, 0]);
  });

  test('a fault that lasts ends the scorer instead of crashing the consumer', async () => {
    const fault = new KeyholeError('registry_rejected', 'no', { retriable: false });
    const { reader, fatal } = setUp({ codec: { ...words, prepare: () => Promise.reject(fault) } });
    expect(await reader.batch(fetched('good'), calm, noPause)).toBe(false);
    expect(fatal).toEqual([fault]);
  });

  test('goes on behind offsets that hold no record', async () => {
    const { reader, backlog } = setUp();
    reader.skipped({ ...PARTITION, offset: '17' });
    backlog.end();
    expect((await backlog.take())?.map(({ nextOffset }) => nextOffset)).toEqual(['17']);
  });

  test('puts accesses off while their cases are still coming, and lets the partition rest until then', async () => {
    const { reader } = setUp();
    const cases = { topic: 'support-cases', partition: 0 };
    const early = { ...fetched(), ...cases, records: [], highWatermark: '99', nextOffset: '1' };
    reader.assigned([PARTITION, cases]);
    await reader.batch(early, calm, noPause);
    const story: string[] = [];
    const pause = () => {
      story.push('rests');
      return () => void story.push('goes on');
    };
    expect(await reader.batch(fetched('good'), calm, pause)).toBe(false);
    expect(story).toEqual(['rests']);
    await reader.batch({ ...early, nextOffset: '99' }, calm, noPause);
    await new Promise(setImmediate);
    expect(story).toEqual(['rests', 'goes on']);
    expect(await reader.batch(fetched('good'), calm, pause)).toBe(true);
  });
});
