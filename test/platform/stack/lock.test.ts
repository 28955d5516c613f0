import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeDataFolder } from '../../../services/platform/stack/folder.js';
import { findHolder, lockFolder } from '../../../services/platform/stack/lock.js';
import { identify } from '../../../services/platform/stack/process-identity.js';
import { temporaryFolder } from './support/folders.js';
import { allEnded } from './support/processes.js';

const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function sleeper(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}

async function end(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  expect(await allEnded([pid])).toBe(true);
}

describe('the lock of a data folder', () => {
  test('a second holder is told who the first is and what to do, and gets in once it is released', async () => {
    const folder = makeDataFolder(temporaryFolder());
    const lock = await lockFolder(folder, 'keyhole replay');
    expect(findHolder(folder)?.what).toBe('keyhole replay');
    await expect(lockFolder(folder, 'keyhole sql')).rejects.toMatchObject({
      code: 'stack_failed',
      retriable: true,
      message: expect.stringMatching(/in use by `keyhole replay` \(process \d+\).*keyhole up --data/),
    });
    lock.release();
    expect(findHolder(folder)).toBeNull();
    (await lockFolder(folder, 'keyhole sql')).release();
    expect(readdirSync(folder.run)).toEqual([]);
  });

  test('a lock left by a killed process is taken over, but only after its parts have ended', async () => {
    const folder = makeDataFolder(temporaryFolder());
    const [owner, part] = [sleeper(), sleeper()];
    const left = { what: 'keyhole replay', owner: identify(owner), parts: [identify(part)] };
    writeFileSync(join(folder.run, 'lock.json'), JSON.stringify(left));
    await end(owner);
    let taken = false;
    const taking = lockFolder(folder, 'keyhole sql').then((lock) => {
      taken = true;
      return lock;
    });
    try {
      await delay(0);
      expect(taken).toBe(false);
    } finally {
      await end(part);
      (await taking).release();
    }
  });

  test('a pid that was given to another process since does not keep a lock', async () => {
    const folder = makeDataFolder(temporaryFolder());
    const left = { what: 'keyhole up', owner: { pid: process.pid, began: 'long ago' }, parts: [] };
    writeFileSync(join(folder.run, 'lock.json'), JSON.stringify(left));
    expect(findHolder(folder)).toBeNull();
    (await lockFolder(folder, 'keyhole sql')).release();
  });

  test('of many that want it at once exactly one holds it at any moment', async () => {
    const folder = makeDataFolder(temporaryFolder());
    writeFileSync(
      join(folder.run, 'lock.json'),
      JSON.stringify({ what: 'keyhole up', owner: { pid: process.pid, began: 'long ago' }, parts: [] }),
    );
    let holding = 0;
    const most: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await lockFolder(folder, 'keyhole sql');
        most.push(++holding);
        await delay(0);
        holding--;
        lock.release();
      }),
    );
    expect(most).toEqual(Array.from({ length: 8 }, () => 1));
  });
});
