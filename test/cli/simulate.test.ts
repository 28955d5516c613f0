// `keyhole simulate`: what it writes where, and what it refuses before it touches anything.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Command } from 'commander';
import { registerSimulate } from '../../services/cli/simulate.js';
import { FEEDS } from '../../services/core/feeds/records.js';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'keyhole-cli-simulate-'));
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(base, { recursive: true, force: true });
});

async function simulate(...args: string[]): Promise<void> {
  const program = new Command().exitOverride();
  registerSimulate(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(['node', 'keyhole', 'simulate', ...args]);
}

const size = ['--seed', '3', '--employees', '20', '--days', '8'];
const files = FEEDS.map((feed) => `${feed}.ndjson`);
const hash = async (folder: string): Promise<string> => {
  const digest = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) digest.update(name).update(await readFile(join(folder, name)));
  return digest.digest('hex');
};

test('a case folder has the eight feeds and the truth, and equal options give equal bytes', async () => {
  await simulate(join(base, 'a'), ...size);
  await simulate(join(base, 'b'), ...size);
  expect((await readdir(join(base, 'a'))).sort()).toEqual([...files, 'truth.ndjson'].sort());
  expect(await hash(join(base, 'a'))).toBe(await hash(join(base, 'b')));
  await simulate(join(base, 'c'), ...size, '--start', '2026-03-02');
  expect(await hash(join(base, 'c'))).not.toBe(await hash(join(base, 'a')));
});

test('every default family is in the truth, and more offenders on demand', async () => {
  await simulate(base, '--force', ...size, '--offenders', '7');
  const truth = (await readFile(join(base, 'truth.ndjson'), 'utf8')).trim().split('\n');
  expect(truth.length).toBeGreaterThanOrEqual(7);
  expect(new Set(truth.map((line) => JSON.parse(line).campaign)).size).toBe(5);
});

test('--gzip writes the same records, compressed; the truth stays readable', async () => {
  await simulate(join(base, 'plain'), ...size);
  await simulate(join(base, 'packed'), ...size, '--gzip');
  for (const name of files) {
    const packed = gunzipSync(await readFile(join(base, 'packed', `${name}.gz`)));
    expect(packed.equals(await readFile(join(base, 'plain', name)))).toBe(true);
  }
  expect(await readFile(join(base, 'packed', 'truth.ndjson'), 'utf8')).toContain('"campaign"');
});

test('a folder that holds something is refused, and with --force only its case folder is replaced', async () => {
  await writeFile(join(base, 'mine.txt'), 'keep');
  await writeFile(join(base, 'sellers.ndjson.gz'), 'old');
  await expect(simulate(base, ...size)).rejects.toThrow(/is not empty.*--force/);
  await simulate(base, ...size, '--force', '--campaign', 'none');
  expect((await readdir(base)).sort()).toEqual([...files, 'mine.txt', 'truth.ndjson'].sort());
  expect(await readFile(join(base, 'truth.ndjson'), 'utf8')).toBe('');
});

test('a file in the place of the folder is refused by name', async () => {
  await writeFile(join(base, 'file'), '');
  await expect(simulate(join(base, 'file'), ...size)).rejects.toThrow(/file is a file/);
});

test.each([
  [['--campaign', 'bulk_mail'], /bulk_mail.*choose among bulk_email/],
  [['--campaign', 'none', '--offenders', '3'], /--offenders has no meaning/],
  [['--employees', '0'], /--employees.*whole number/],
  [['--silence', 'helpdesk'], /--silence.*helpdesk:2026-02-01:2026-02-03/],
  [['--silence', 'helpdesk:2026-02-03:2026-02-01'], /--silence.*must be before/],
  [['--days', '1.5'], /--days.*whole number/],
  [['--seed', '-1'], /--seed.*whole number/],
  [['--start', '2026-02-30'], /--start.*Give a day/],
  [['--events-per-employee-day', 'many'], /--events-per-employee-day.*Give a number/],
])('wrong usage is refused and nothing is written: %j', async (args, message) => {
  await mkdir(join(base, 'out'));
  await expect(simulate(join(base, 'out'), ...size, ...args)).rejects.toThrow(message);
  expect(await readdir(join(base, 'out'))).toEqual([]);
});
