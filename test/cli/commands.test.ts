import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../services/cli/commands.js';
import { projectRoot } from '../../services/platform/root.js';

const main = join(__dirname, '../../services/cli/main.js');

function keyhole(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('the catalogue of commands', () => {
  test('has every file of services/cli that registers a command, each once', () => {
    const folder = join(projectRoot, 'services/cli');
    const texts = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const registered = texts.flatMap((text) => /export function register(\w+)/.exec(text)?.[1] ?? []);
    const listed = COMMANDS.map(({ name }) => name.replace(/-/g, ''));
    expect([...listed].sort()).toEqual(registered.map((name) => name.toLowerCase()).sort());
  });

  test.each(COMMANDS.map(({ name }) => [name]))('%s is answered by the file it names', async (name) => {
    const help = await keyhole(name, '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: keyhole ${name} `);
  });
});

describe('the command line', () => {
  test.each([
    ['no command', [], 2, 'Usage: keyhole'],
    ['an unknown command', ['nope'], 2, "unknown command 'nope'"],
    ['an unknown flag', ['up', '--nope'], 2, "unknown option '--nope'"],
    ['a flag without its value', ['status', '--timeout'], 2, 'argument missing'],
    ['a value that is no number', ['status', '--timeout', 'soon'], 2, 'a number of seconds'],
    ['a data folder that cannot be made', ['up', '--data', '/dev/null/x'], 2, '--data: the folder'],
    ['a stack that does not run', ['status', '--data', '/nonexistent'], 1, 'no stack runs in /nonexistent'],
  ])('answers %s with the right code and a sentence', async (_what, args, code, sentence) => {
    const answer = await keyhole(...args);
    expect(answer).toMatchObject({ code, stdout: '' });
    expect(answer.stderr).toContain(sentence);
  });

  test('lists every command and prints a command’s options', async () => {
    const all = await keyhole('--help');
    expect(all.code).toBe(0);
    for (const { name } of COMMANDS) expect(all.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const args of [
      ['status', '--help'],
      ['help', 'status'],
    ]) {
      const one = await keyhole(...args);
      expect(one.code).toBe(0);
      expect(one.stdout).toContain('--settled');
    }
  });

  test('does not load Kafka’s client for a question to the database', async () => {
    const script = `process.argv.splice(1, 0, 'keyhole'); require(${JSON.stringify(main)});
      process.on('exit', () => process.stderr.write(Object.keys(require.cache).some((path) => path.includes('/kafkajs/')) ? 'loaded' : 'not loaded'));`;
    const stderr = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['-e', script, 'sql', '--help'], (_error, _stdout, text) => resolve(text));
    });
    expect(stderr).toBe('not loaded');
  });
});
