import { KeyholeError } from '../../../services/core/errors.js';
import type { Outages } from '../../../services/platform/log/outages.js';
import { createBell, retryForever, settledWithin } from '../../../services/platform/shutdown/wait.js';

const away = new KeyholeError('clickhouse_unavailable', 'away', { retriable: true });
const wrong = new KeyholeError('clickhouse_rejected', 'no', { retriable: false });

function failing(...errors: readonly unknown[]) {
  const left = [...errors];
  return async () => {
    if (left.length > 0) throw left.shift();
    return 'done';
  };
}

function recorder(): Outages & { readonly story: string[] } {
  const story: string[] = [];
  return {
    story,
    away: ({ code }) => void story.push(`away ${code}`),
    back: (code) => void story.push(`back ${code}`),
    current: () => [],
  };
}

describe('retrying', () => {
  test('goes on while a fault passes, and reports each part back once it succeeds', async () => {
    const outages = recorder();
    const { signal } = new AbortController();
    expect(await retryForever(failing(away, away), { outages, signal, firstDelayMs: 1 })).toBe('done');
    expect(outages.story.at(-1)).toBe('back clickhouse_unavailable');
    expect(outages.story.filter((line) => line.startsWith('back')).length).toBe(1);
  });

  test.each([
    ['a fault that lasts', wrong],
    ['a bug', new TypeError('x')],
  ])('%s is thrown at once', async (_title, error) => {
    const outages = recorder();
    const { signal } = new AbortController();
    await expect(retryForever(failing(error), { outages, signal })).rejects.toBe(error);
    expect(outages.story).toEqual([]);
  });

  test('ends with the last error when it is called off, even in the middle of a pause', async () => {
    const controller = new AbortController();
    const retrying = retryForever(failing(away), {
      outages: recorder(),
      signal: controller.signal,
      firstDelayMs: 60_000,
    });
    controller.abort();
    await expect(retrying).rejects.toBe(away);
  });

  test('gives up when what must be done meanwhile fails', async () => {
    const gone = new Error('the group moved on');
    const { signal } = new AbortController();
    const meanwhile = () => Promise.reject(gone);
    await expect(retryForever(failing(away), { outages: recorder(), signal, meanwhile })).rejects.toBe(gone);
  });
});

describe('waiting with a bound', () => {
  test('says whether the work settled, be it by failing', async () => {
    expect(await settledWithin(Promise.resolve(), 60_000)).toBe(true);
    expect(await settledWithin(Promise.reject(new Error('x')), 60_000)).toBe(true);
    expect(await settledWithin(new Promise(() => undefined), 1)).toBe(false);
  });
});

describe('a bell', () => {
  const LONG_MS = 60_000;
  const { signal } = new AbortController();

  test('ends the sleep during which it rings', async () => {
    const bell = createBell();
    const sleeping = bell.sleep(LONG_MS, signal);
    bell.ring();
    await sleeping;
  });

  test('that rang unheard ends the next sleep, and that one only', async () => {
    const bell = createBell();
    bell.ring();
    bell.ring();
    await bell.sleep(LONG_MS, signal);
    const slept = bell.sleep(LONG_MS, signal);
    expect(await settledWithin(slept, 20)).toBe(false);
    bell.ring();
    await slept;
  });

  test('ends by time and by the signal, too', async () => {
    const bell = createBell();
    await bell.sleep(1, signal);
    const stop = new AbortController();
    const sleeping = bell.sleep(LONG_MS, stop.signal);
    stop.abort();
    await sleeping;
    await bell.sleep(LONG_MS, stop.signal);
  });
});
