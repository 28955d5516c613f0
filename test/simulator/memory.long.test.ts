// A million events are generated in a process that may use 256 MB of heap, fast, and twice the period takes no more memory.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const module_ = (name: string): string => JSON.stringify(join(__dirname, '../../services/simulator', name));

async function generate(days: number): Promise<{ events: number; peakMb: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyhole-simulate-'));
  const program = `
    const { simulate } = require(${module_('simulate.js')});
    const { createFolder } = require(${module_('output/folder.js')});
    (async () => {
      const folder = await createFolder(${JSON.stringify(folder)}, { gzip: true, force: false });
      const size = { seed: 4, employees: 1500, days: ${days}, startMs: Date.UTC(2026, 0, 5), eventsPerEmployeeDay: 11 };
      const { counts } = await simulate({ ...size, campaigns: ['bulk_email'], offenders: 5 }, folder);
      await folder.close();
      const peakMb = process.resourceUsage().maxRSS / 1024;
      process.stdout.write(JSON.stringify({ events: counts.get('access-log'), peakMb }));
    })();`;
  try {
    const { stdout } = await run(process.execPath, ['--max-old-space-size=256', '-e', program]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('memory is bounded by the organisation, not by the period', async () => {
  const short = await generate(20);
  const long = await generate(80);
  expect(long.events).toBeGreaterThan(1_000_000);
  expect(long.peakMb).toBeLessThan(short.peakMb * 1.3 + 20);
  expect(long.peakMb).toBeLessThan(400);
}, 600_000);
