import { constants, gunzipSync, gzipSync } from 'node:zlib';
import type { DeadLetter } from '../../../services/core/feeds/batch.js';
import { accessLine, caseFolder, readAll, removeFolders } from './folder.js';

afterEach(removeFolders);

const LINES = Array.from({ length: 20_000 }, (_, n) =>
  accessLine(n, { session_id: `s-${(n * 2654435761) % 2 ** 32}` }),
);
const WHOLE = gzipSync(LINES.map((line) => `${line}\n`).join(''));
const FILE = 'access-log.ndjson.gz';

async function read(archive: Buffer): Promise<{ events: string[]; letters: DeadLetter[] }> {
  const batches = await readAll(caseFolder({ [FILE]: archive }), 'access-log', { maxRecords: 999 });
  return {
    events: batches.flatMap((batch) => [...batch.records]).map((record) => record.event_id),
    letters: batches.flatMap((batch) => batch.deadLetters),
  };
}

function eventsBefore(count: number): string[] {
  return LINES.slice(0, count).map((_, n) => `ev-${n}`);
}

describe('a compressed feed', () => {
  test('is read as if it were plain', async () => {
    expect(await read(WHOLE)).toEqual({ events: eventsBefore(LINES.length), letters: [] });
  });

  test('may be several archives one after another', async () => {
    const parts = [LINES.slice(0, 3), LINES.slice(3, 4), LINES.slice(4, 10)];
    const archive = Buffer.concat(parts.map((part) => gzipSync(part.map((line) => `${line}\n`).join(''))));
    expect(await read(archive)).toEqual({ events: eventsBefore(10), letters: [] });
  });
});

describe('a cut-off archive', () => {
  test.each([0.05, 0.31, 0.5, 0.77, 0.999])(
    'keeps all that lies before the cut, at %d of its length',
    async (share) => {
      const cut = WHOLE.subarray(0, Math.floor(WHOLE.length * share));
      const left = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1').split('\n');
      const rest = left.pop() ?? '';

      const { events, letters } = await read(cut);
      expect(events).toEqual(eventsBefore(left.length));
      const line = left.length + 1;
      expect(letters).toMatchObject([{ topic: FILE, partition: 0, offset: String(line), reason: 'truncated_file' }]);
      expect(letters[0]?.error).toContain(`${FILE} line ${line}: the compressed file ends too early`);
      expect(letters[0]?.payload.toString('latin1')).toBe(rest);
    },
  );

  test.each([0, 1, 9, 10])('of %d bytes is cut off at line 1', async (length) => {
    const { events, letters } = await read(WHOLE.subarray(0, length));
    expect(events).toEqual([]);
    expect(letters).toMatchObject([{ offset: '1', reason: 'truncated_file' }]);
  });

  test('without its last eight bytes gives every line, and says that it was cut off', async () => {
    const { events, letters } = await read(WHOLE.subarray(0, -8));
    expect(events).toHaveLength(LINES.length);
    expect(letters).toMatchObject([{ offset: String(LINES.length + 1), reason: 'truncated_file' }]);
  });
});

describe('a corrupt archive', () => {
  test('gives the lines before the damage, in order, and one dead letter', async () => {
    const damaged = Buffer.from(WHOLE);
    damaged.fill(0xff, damaged.length / 2, damaged.length / 2 + 64);
    const { events, letters } = await read(damaged);
    expect(events.length).toBeGreaterThan(LINES.length / 3);
    expect(letters.at(-1)).toMatchObject({ topic: FILE, reason: 'truncated_file' });
    expect(letters.at(-1)?.error).toContain('is corrupt');
  });

  test('with a wrong checksum gives every line, and says that it is corrupt', async () => {
    const damaged = Buffer.from(WHOLE);
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
    const { events, letters } = await read(damaged);
    expect(events).toHaveLength(LINES.length);
    expect(letters).toMatchObject([{ reason: 'truncated_file', error: expect.stringContaining('is corrupt') }]);
  });

  test.each<[string, Buffer]>([
    ['that is plain text', Buffer.from(`${accessLine(1)}\n`)],
    ['that is nothing but zeros', Buffer.alloc(100)],
  ])('%s is corrupt at line 1', async (_what, content) => {
    const { events, letters } = await read(content);
    expect(events).toEqual([]);
    expect(letters).toMatchObject([{ offset: '1', reason: 'truncated_file' }]);
  });

  test.each<[string, Buffer]>([
    ['few other bytes', Buffer.from('this is no archive')],
    ['zeros', Buffer.alloc(100)],
    ['many other bytes', Buffer.alloc(200_000, 'z')],
  ])('followed by %s gives every line, and says that something follows', async (_what, tail) => {
    const { events, letters } = await read(Buffer.concat([WHOLE, tail]));
    expect(events).toHaveLength(LINES.length);
    expect(letters).toMatchObject([{ reason: 'truncated_file', error: expect.stringContaining('is corrupt') }]);
  });
});
