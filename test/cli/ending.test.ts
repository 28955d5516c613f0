// A command that is done ends its process, also when something in it does not let go.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'keyhole-ending-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const MAIN = join(__dirname, '../../services/cli/main.js');

test.each([
  ['what succeeded', ['--version'], 0],
  ['what was wrong usage', ['no-such-command'], 2],
])('ends %s with its exit code, though a handle is left open', async (_, args, expected) => {
  const clinging = join(folder, 'clinging.js');
  writeFileSync(clinging, 'setInterval(() => undefined, 1_000);');
  const child = spawn(process.execPath, ['--require', clinging, MAIN, ...args], { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(expected);
});
