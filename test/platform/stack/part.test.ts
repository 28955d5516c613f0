import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Part, startPart } from '../../../services/platform/stack/part.js';
import { temporaryFolder } from './support/folders.js';
import { allEnded } from './support/processes.js';

const compiled = join(__dirname, '../../../services/platform/stack');
const tether = join(compiled, 'tether.js');
const graceMs = '300';
/** Deaf to SIGTERM, as a Java process that hangs in its shutdown is. */
const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')";

function start(folder: string, script: string, startTimeoutMs = 10_000): Promise<Part> {
  const logPath = join(folder, 'part.log');
  return startPart({
    name: 'the part',
    program: [tether, graceMs, process.execPath, '-e', script],
    env: process.env,
    logPath,
    startTimeoutMs,
    healthy: async () => readFileSync(logPath, 'utf8').includes('ready'),
  });
}

describe('a part of the stack', () => {
  test('is stopped, and killed where it does not listen', async () => {
    const part = await start(temporaryFolder(), stubborn);
    await part.stop();
    await part.ended;
    expect(await allEnded([part.pid])).toBe(true);
  });

  test('that ends while starting is reported with its last twenty lines', async () => {
    const script = "for (let i = 1; i <= 30; i++) console.log('line ' + i); process.exit(3)";
    const failure: unknown = await start(temporaryFolder(), script).catch((error: unknown) => error);
    const message = failure instanceof Error ? failure.message : '';
    expect(message).toMatch(/the part ended while starting \(exit code 3\); its log .*part\.log ends:/);
    expect(message).toContain('line 11\n');
    expect(message).toContain('line 30');
    expect(message).not.toContain('line 10\n');
  });

  test('that never becomes healthy is stopped and reported', async () => {
    const folder = temporaryFolder();
    const pidFile = join(folder, 'pid');
    const script = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    await expect(start(folder, script, 1_000)).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringContaining('did not become healthy within 1 s'),
    });
    expect(await allEnded([Number(readFileSync(pidFile, 'utf8'))])).toBe(true);
  });

  test('that dies later says so', async () => {
    const part = await start(temporaryFolder(), stubborn);
    process.kill(part.pid, 'SIGKILL');
    await part.ended;
    expect(part.deathNotice().message).toMatch(/the part ended unexpectedly/);
    await part.stop();
  });

  test('ends with its supervisor, even when that is killed with -9 and the part is deaf to SIGTERM', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'logs'));
    const supervisor = join(folder, 'supervisor.js');
    writeFileSync(
      supervisor,
      `const { startPart } = require(${JSON.stringify(join(compiled, 'part.js'))});
       const logPath = ${JSON.stringify(join(folder, 'logs', 'part.log'))};
       startPart({
         name: 'the part', program: [${JSON.stringify(tether)}, '${graceMs}', process.execPath, '-e', ${JSON.stringify(stubborn)}],
         env: process.env, logPath, startTimeoutMs: 10000,
         healthy: async () => require('fs').readFileSync(logPath, 'utf8').includes('ready'),
       }).then((part) => console.log(part.pid));`,
    );
    const child = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line]: Buffer[] = await once(child.stdout, 'data');
    const pid = Number(line?.toString('utf8'));
    expect(await allEnded([pid], 0)).toBe(false);
    child.kill('SIGKILL');
    expect(await allEnded([pid])).toBe(true);
  });
});
