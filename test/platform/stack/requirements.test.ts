import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../../services/core/errors.js';
import { type Requirement, requireInstalled } from '../../../services/platform/stack/requirements.js';
import { temporaryFolder } from './support/folders.js';

/** A PATH with programs that say what the real ones would. */
function machine(programs: Record<string, string>): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  install(folder, programs);
  return { PATH: folder };
}

function install(folder: string, programs: Record<string, string>): void {
  for (const [name, says] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' '${says}'\n`);
    chmodSync(path, 0o755);
  }
}

async function complaint(env: NodeJS.ProcessEnv, needed: readonly Requirement[]): Promise<string> {
  try {
    await requireInstalled(needed, env);
    return '';
  } catch (error) {
    if (error instanceof KeyholeError && error.code === 'requirement_missing') return error.message;
    throw error;
  }
}

const all: readonly Requirement[] = ['node', 'java', 'maven'];
const good = { node: 'v20.20.2', java: 'openjdk version "17.0.15" 2025-04-15', mvn: 'Apache Maven 3.8.7' };

describe('what the machine must have', () => {
  test.each([
    [
      'nothing at all',
      {},
      ['Node.js 20 or newer (not found)', 'Java 17 or newer (not found)', 'Maven 3.6 or newer (not found)'],
    ],
    ['an old Node', { ...good, node: 'v18.20.4' }, ['Node.js 20 or newer (found 18.20.4)']],
    ['Java 8', { ...good, java: 'java version "1.8.0_292"' }, ['Java 17 or newer (found 8.0)']],
    ['Java 11', { ...good, java: 'openjdk version "11.0.2" 2019-01-15' }, ['Java 17 or newer (found 11.0.2)']],
    [
      'a java that is only a stub',
      { ...good, java: 'Unable to locate a Java Runtime.' },
      ['Java 17 or newer (not found)'],
    ],
    ['an old Maven', { ...good, mvn: 'Apache Maven 3.5.4 (1edded)' }, ['Maven 3.6 or newer (found 3.5.4)']],
    [
      'old Java, no Maven',
      { node: good.node, java: 'openjdk version "11.0.2"' },
      ['Java 17 or newer (found 11.0.2)', 'Maven 3.6 or newer (not found)'],
    ],
  ])('with %s, one message names each fault and no other', async (_what, programs, faults) => {
    const lines = (await complaint(machine(programs), all)).split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line.includes(' or newer '))).toEqual(faults);
    expect(lines).toContainEqual(expect.stringContaining('`keyhole replay` needs neither'));
  });

  test.each([
    ['what is asked for', good],
    ['a Java without minor version', { ...good, java: 'openjdk version "21" 2023-09-19' }],
    ['a Maven 4 in colours', { ...good, mvn: '\u001b[1mApache Maven 4.0.0\u001b[m' }],
    ['a later Node', { ...good, node: 'v22.1.0' }],
  ])('with %s, all is well', async (_what, programs) => {
    expect(await complaint(machine(programs), all)).toBe('');
  });

  test('a java named by JAVA_HOME comes before the one in the PATH', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'bin'));
    install(join(home, 'bin'), { java: good.java });
    const env = { ...machine({ java: 'openjdk version "11.0.2"' }), JAVA_HOME: home };
    expect(await complaint(env, ['java'])).toBe('');
  });

  test('only what is asked about is looked at', async () => {
    expect(await complaint(machine({ java: good.java }), ['java'])).toBe('');
  });
});
