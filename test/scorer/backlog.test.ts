import { type Backlog, createBacklog, type Part } from '../../services/scorer/backlog.js';
import { letter, part } from './support.js';

const NEVER_MS = 60_000;
const firsts = (run: readonly Part[] | null): string[] | undefined => run?.map(({ firstOffset }) => firstOffset);

/** What a promise has become after everything that can run has run. */
async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'settled'> {
  let state: 'pending' | 'settled' = 'pending';
  promise.then(
    () => {
      state = 'settled';
    },
    () => undefined,
  );
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return state;
}

describe('the backlog', () => {
  let backlog: Backlog;
  beforeEach(() => {
    backlog = createBacklog({ maxBytes: 100, maxRows: 10, lingerMs: NEVER_MS, paceMs: 0 });
  });

  test('waits for more while a run is neither full nor old', async () => {
    const run = backlog.take();
    backlog.add(part({ rows: 9 }));
    expect(await stateOf(run)).toBe('pending');
    backlog.add(part({ first: 9, rows: 1 }));
    expect(firsts(await run)).toEqual(['0', '9']);
  });

  test('hands over what there is once it has lingered', async () => {
    const soon = createBacklog({ maxBytes: 100, maxRows: 10, lingerMs: 1, paceMs: 0 });
    soon.add(part());
    expect(firsts(await soon.take())).toEqual(['0']);
  });

  test('hands over the next run that is not full only after its pace, and a full one at once', async () => {
    const paced = createBacklog({ maxBytes: 100, maxRows: 10, lingerMs: 1, paceMs: NEVER_MS });
    paced.add(part({ rows: 1 }));
    expect(firsts(await paced.take())).toEqual(['0']);
    paced.add(part({ first: 1, rows: 1 }));
    const run = paced.take();
    expect(await stateOf(run)).toBe('pending');
    paced.add(part({ first: 2, rows: 9 }));
    expect(firsts(await run)).toEqual(['1', '2']);
  });

  test('hands over what is left without its pace once it has ended', async () => {
    const paced = createBacklog({ maxBytes: 100, maxRows: 10, lingerMs: 1, paceMs: NEVER_MS });
    paced.add(part({ rows: 1 }));
    await paced.take();
    paced.add(part({ first: 1, rows: 1 }));
    const run = paced.take();
    paced.end();
    expect(firsts(await run)).toEqual(['1']);
    expect(await paced.take()).toBeNull();
  });

  test('does not hand over what was dropped while it kept its pace', async () => {
    const paced = createBacklog({ maxBytes: 100, maxRows: 10, lingerMs: 1, paceMs: NEVER_MS });
    paced.add(part({ rows: 1 }));
    await paced.take();
    paced.add(part({ first: 1, rows: 1 }));
    const run = paced.take();
    paced.dropBefore(1e9);
    expect(await stateOf(run)).toBe('pending');
    paced.end();
    expect(await run).toBeNull();
  });

  test('counts dead letters as rows', async () => {
    const run = backlog.take();
    backlog.add(part({ rows: 5, letters: ['5', '6', '7', '8', '9'].map((offset) => letter(offset)) }));
    expect(firsts(await run)).toEqual(['0']);
  });

  test('keeps a run within the rows, in order of arrival, but never splits or refuses a part', async () => {
    for (const [first, rows] of [
      [0, 6],
      [6, 6],
      [12, 25],
    ] as const)
      backlog.add(part({ first, rows }));
    backlog.end();
    expect(firsts(await backlog.take())).toEqual(['0']);
    expect(firsts(await backlog.take())).toEqual(['6']);
    expect(firsts(await backlog.take())).toEqual(['12']);
    expect(await backlog.take()).toBeNull();
  });

  test('has no room while bytes are taken and not released, and says so until they are', async () => {
    backlog.add(part({ bytes: 100 }));
    const room = backlog.room();
    const run = (await backlog.take()) ?? [];
    expect(await stateOf(room)).toBe('pending');
    backlog.release(run);
    await room;
    expect(backlog.bytes).toBe(0);
  });

  test('does not linger when it is full in bytes: nothing more could come', async () => {
    backlog.add(part({ bytes: 100 }));
    expect(firsts(await backlog.take())).toEqual(['0']);
  });

  test('forgets what an earlier generation read and nobody took, and frees its bytes', async () => {
    backlog.add(part({ epoch: 1, bytes: 60 }));
    backlog.add(part({ epoch: 2, first: 5, bytes: 30 }));
    backlog.dropBefore(2);
    backlog.end();
    expect(backlog.bytes).toBe(30);
    expect(firsts(await backlog.take())).toEqual(['5']);
  });

  test('ends at once when it is empty, even for one who waits already', async () => {
    const run = backlog.take();
    backlog.end();
    expect(await run).toBeNull();
  });
});
