import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../services/core/errors.js';
import { openCaseFolder } from '../../../services/platform/files/case-folder.js';
import { accessLine, caseFolder, readAll, removeFolders } from './folder.js';

afterEach(removeFolders);

const CANARY = '{"customer_id":"cust-0","label":"A","planted_at":"2026-01-01T00:00:00.000Z"}';

describe('opening a case folder', () => {
  test.each<[string, () => string, string]>([
    ['a missing folder', () => join(caseFolder({}), 'nowhere'), 'no such folder'],
    ['a file', () => join(caseFolder({}), 'access-log.ndjson'), 'not a folder'],
    ['a path through a file', () => join(caseFolder({}), 'access-log.ndjson', 'x'), 'folder'],
    ['a feed that is there twice', () => caseFolder({ 'sellers.ndjson': '', 'sellers.ndjson.gz': '' }), 'keep one'],
  ])('%s is wrong usage', (_what, dir, sentence) => {
    const path = dir();
    expect(() => openCaseFolder(path)).toThrow(UsageError);
    expect(() => openCaseFolder(path)).toThrow(sentence);
  });

  test('a folder without access-log is wrong usage', () => {
    const dir = join(caseFolder({}), 'empty');
    mkdirSync(dir);
    expect(() => openCaseFolder(dir)).toThrow(UsageError);
    expect(() => openCaseFolder(dir)).toThrow('access-log.ndjson');
  });

  test('a folder in the place of a file is wrong usage', () => {
    const dir = caseFolder({});
    mkdirSync(join(dir, 'employees.ndjson'));
    expect(() => openCaseFolder(dir)).toThrow('must be a file');
  });
});

describe('reading a feed', () => {
  test('a missing context file is an empty feed', async () => {
    expect(await readAll(caseFolder({}), 'employees')).toEqual([]);
  });

  test('an empty file is an empty feed', async () => {
    expect(await readAll(caseFolder({}), 'access-log')).toEqual([]);
  });

  test('records come with their ranks and the latest event time', async () => {
    const text = `${accessLine(5)}\n${accessLine(9)}\n${accessLine(7)}\n`;
    const [batch] = await readAll(caseFolder({ 'access-log.ndjson': text }), 'access-log');
    expect([...(batch?.records ?? [])].map((record) => record.event_id)).toEqual(['ev-5', 'ev-9', 'ev-7']);
    expect(batch?.ranks).toHaveLength(3);
    expect(batch?.watermarkMs).toBe(Date.UTC(2026, 2, 1, 0, 0, 9));
    expect(batch?.deadLetters).toEqual([]);
  });

  test('context feeds are read too', async () => {
    const batches = await readAll(caseFolder({ 'canaries.ndjson': CANARY }), 'canaries');
    expect(batches.map((batch) => batch.records)).toEqual([
      [{ customer_id: 'cust-0', label: 'A', planted_at: Date.UTC(2026, 0, 1) }],
    ]);
  });

  test('batches hold at most as many as asked for, dead letters included', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => (n % 5 === 0 ? 'broken' : accessLine(n)));
    const dir = caseFolder({ 'access-log.ndjson': lines.join('\n') });
    const batches = await readAll(dir, 'access-log', { maxRecords: 10 });
    expect(batches.map((batch) => batch.records.length + batch.deadLetters.length)).toEqual([10, 10, 5]);
    expect(batches.flatMap((batch) => [...batch.records])).toHaveLength(20);
  });

  test('lines that cross the edges of what is read at once stay whole', async () => {
    const lines = Array.from({ length: 4000 }, (_, n) => accessLine(n, { tool: 'é'.repeat(n % 256) }));
    const batches = await readAll(caseFolder({ 'access-log.ndjson': lines.join('\n') }), 'access-log');
    expect(batches.flatMap((batch) => batch.deadLetters)).toEqual([]);
    expect(batches.flatMap((batch) => [...batch.records]).map((record) => record.event_id)).toEqual(
      lines.map((_, n) => `ev-${n}`),
    );
  });

  test('progress goes from nothing to the whole file', async () => {
    const text = Array.from({ length: 9000 }, (_, n) => `${accessLine(n)}\n`).join('');
    const seen: number[] = [];
    const dir = caseFolder({ 'access-log.ndjson': text });
    await readAll(dir, 'access-log', {
      onProgress(read, total) {
        expect(total).toBe(text.length);
        seen.push(read);
      },
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(text.length);
  });
});

describe('what is no line of its own', () => {
  test.each<[string, string]>([
    ['empty lines', `\n\n${accessLine(1)}\n\n`],
    ['blank lines', `  \t\n${accessLine(1)}\n   `],
    ['carriage returns', `\r\n${accessLine(1)}\r\n\r\n`],
    ['a byte order mark', `\ufeff${accessLine(1)}\n`],
    ['no newline at the end', accessLine(1)],
  ])('%s are ignored', async (_what, text) => {
    const batches = await readAll(caseFolder({ 'access-log.ndjson': text }), 'access-log');
    expect(batches.map((batch) => [batch.records.length, batch.deadLetters.length])).toEqual([[1, 0]]);
  });
});

describe('a bad line is a dead letter with its line and bytes, and the rest goes through', () => {
  const large = accessLine(1, { padding: 'x'.repeat(1_000_000) });
  test.each<[string, string | Buffer, string, string]>([
    ['broken JSON', '{"event_id": "ev-1", ', 'broken_json', 'not one JSON value'],
    ['two values', `${accessLine(1)}${accessLine(2)}`, 'broken_json', 'not one JSON value'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'broken_json', 'not UTF-8'],
    ['a wrong type', accessLine(1, { record_count: 'many' }), 'invalid', 'record_count'],
    ['no object', '"text"', 'invalid', 'record'],
    ['a null', 'null', 'invalid', 'record'],
    ['a negative count', accessLine(1, { record_count: -1 }), 'invalid', 'record_count'],
    ['an id of 65 characters', accessLine(1, { actor_id: 'x'.repeat(65) }), 'invalid', 'actor_id'],
    ['an address for a customer', accessLine(1, { customer_ids: ['jo@doe.test'] }), 'invalid', 'customer_ids[0]'],
    ['a time in 1970', accessLine(1, { occurred_at: '1970-01-01T00:00:00.000Z' }), 'invalid', 'occurred_at'],
    ['a time in 2200', accessLine(1, { occurred_at: '2200-01-01T00:00:00.000Z' }), 'invalid', 'occurred_at'],
    ['over 1,000,000 bytes', large, 'too_large', `${large.length} bytes`],
  ])('%s', async (_what, line, reason, fault) => {
    const bytes = Buffer.from(line);
    const content = Buffer.concat([Buffer.from(`${accessLine(0)}\n\n`), bytes, Buffer.from(`\n${accessLine(9)}`)]);
    const batches = await readAll(caseFolder({ 'access-log.ndjson': content }), 'access-log');
    expect(batches.flatMap((batch) => [...batch.records]).map((record) => record.event_id)).toEqual(['ev-0', 'ev-9']);
    const [letter, ...others] = batches.flatMap((batch) => batch.deadLetters);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ topic: 'access-log.ndjson', partition: 0, offset: '3', reason, key: null });
    expect(letter?.error).toContain(fault);
    expect(letter?.error).not.toContain('jo@doe');
    expect(letter?.payload.equals(bytes)).toBe(true);
  });

  test('a line of exactly 1,000,000 bytes is a record', async () => {
    const bare = accessLine(1, { padding: '' });
    const line = accessLine(1, { padding: 'x'.repeat(1_000_000 - bare.length) });
    const [batch] = await readAll(caseFolder({ 'access-log.ndjson': line }), 'access-log');
    expect([line.length, batch?.records.length]).toEqual([1_000_000, 1]);
  });

  test('of an endless line the first 8,000,000 bytes are kept, and the lines after it are read', async () => {
    const content = Buffer.concat([Buffer.alloc(9_000_000, 'x'), Buffer.from(`\n${accessLine(2)}\n`)]);
    const batches = await readAll(caseFolder({ 'access-log.ndjson': content }), 'access-log');
    expect(batches.flatMap((batch) => [...batch.records])).toHaveLength(1);
    const [letter] = batches.flatMap((batch) => batch.deadLetters);
    expect(letter).toMatchObject({ offset: '1', reason: 'too_large' });
    expect(letter?.error).toContain('9000000 bytes');
    expect(letter?.error).toContain('the first 8000000 bytes are kept');
    expect(letter?.payload).toHaveLength(8_000_000);
  });
});
