import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKafka } from '../../services/platform/kafka/client.js';
import { registerSchemas } from '../../services/platform/registry/register.js';
import { answers } from '../../services/platform/stack/engine.js';
import { dataFolder } from '../../services/platform/stack/folder.js';
import { kafkaAnswers } from '../../services/platform/stack/kafka.js';
import { identify } from '../../services/platform/stack/process-identity.js';
import { registryAnswers } from '../../services/platform/stack/registry.js';
import { findStack, type StackState } from '../../services/platform/stack/state.js';
import { cleanEnv, freshDatabase, integrationStack, keyhole, runCli, startCli, until } from './support/stack.js';

const data = mkdtempSync(join(tmpdir(), 'keyhole-up-'));

afterAll(async () => {
  await runCli(['down', '--data', data]);
  // On a busy machine a database still writes while it ends.
  await until('the folder is gone', async () => {
    try {
      rmSync(data, { recursive: true, force: true });
    } catch {
      return false;
    }
    return true;
  });
});

function running(): StackState {
  const state = findStack(data);
  if (state === null) throw new Error('no stack runs where one should');
  return state;
}

function pidsOf(state: StackState): number[] {
  return [state.supervisor.pid, ...state.parts.map((part) => part.pid)];
}

async function noneLeft(pids: readonly number[]): Promise<void> {
  await until('every process of the stack has ended', async () => pids.every((pid) => identify(pid) === null));
}

/** Processes that seal the folder. */
function sealers(): number[] {
  const wordsOf = (pid: string): string[] => {
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0');
    } catch {
      return [];
    }
  };
  const isSealer = (words: readonly string[]): boolean =>
    words.includes('seal') && words.includes(data) && !words.some((word) => word.endsWith('tether.js'));
  return readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) && isSealer(wordsOf(pid)) ? [Number(pid)] : []));
}

async function write(state: StackState): Promise<{ schemas: unknown; topics: string[] }> {
  const admin = connectKafka({ brokers: state.kafkaBrokers }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'test-kept', numPartitions: 3 }] });
  await admin.disconnect();
  await keyhole(['migrate', '--data', data]);
  return await read(state);
}

async function read(state: StackState): Promise<{ schemas: unknown; topics: string[] }> {
  const admin = connectKafka({ brokers: state.kafkaBrokers }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__')).sort();
  await admin.disconnect();
  const schemas = await registerSchemas({ url: state.registryUrl }, { dryRun: true });
  return { schemas: schemas.map(({ subject, id }) => [subject, id]), topics };
}

describe('the stack of this run', () => {
  test('answers in all three parts', async () => {
    const stack = await integrationStack();
    expect(await answers(stack.clickhouse)).toBe(true);
    expect(await kafkaAnswers(stack.kafkaBrokers)).toBe(true);
    expect(await registryAnswers(stack.registryUrl)).toBe(true);
  });

  test('gives each test a migrated database of its own', async () => {
    const [one, two] = [await freshDatabase('one'), await freshDatabase('two')];
    expect(one.name).toMatch(/test/);
    expect(one.name).not.toBe(two.name);
    expect(await one.clickhouse.query('SELECT count() AS n FROM {db}.access_events')).toEqual([{ n: '0' }]);
  });

  test('listens on this machine alone', async () => {
    const { parts } = await integrationStack();
    for (const { address } of parts) expect(address).toMatch(/^(http:\/\/)?127\.0\.0\.1:\d+/);
  });
});

describe('keyhole up, status and down', () => {
  test('up returns once all is healthy, keeps its secrets to itself, and is found by status', async () => {
    const up = await runCli(['up', '--data', data]);
    expect(up.code).toBe(0);
    const state = running();
    expect(statSync(join(data, 'run', 'stack.json')).mode & 0o077).toBe(0);
    for (const part of state.parts) expect(up.stdout).toContain(part.address);
    for (const text of [up.stdout, up.stderr]) expect(text).not.toContain(state.clickhouse.password);
    const status = await keyhole(['status', '--data', data]);
    expect(status.match(/healthy/g)).toHaveLength(3);
    expect(status).toContain(`people log in at ${state.gateUrl} as keyhole_analyst`);
    expect((await fetch(state.gateUrl)).status).toBe(403);
  });

  test('a second up finds the first', async () => {
    const before = pidsOf(running());
    await keyhole(['up', '--data', data]);
    expect(pidsOf(running())).toEqual(before);
  });

  test('status --settled names what is missing until it is there', async () => {
    const early = await runCli(['status', '--settled', '--timeout', '0', '--data', data]);
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('no topic yet for access-log');
  });

  test('topics, schema ids and rows survive down and up', async () => {
    const written = await write(running());
    expect(written.topics).toContain('test-kept');
    const before = pidsOf(running());
    await keyhole(['down', '--data', data]);
    expect(before.filter((pid) => identify(pid) !== null)).toEqual([]);
    expect((await runCli(['status', '--data', data])).code).toBe(1);
    await keyhole(['up', '--data', data]);
    expect(await read(running())).toEqual(written);
    const question = 'SELECT count() > 0 FROM schema_migrations FORMAT TSV';
    expect(await keyhole(['sql', '--data', data, question])).toBe('1\n');
    expect(await keyhole(['status', '--settled', '--timeout', '60', '--data', data])).toContain('settled');
  });

  test('what is stored is sealed by a process of the stack, which ends with it', async () => {
    const [sealer] = sealers();
    expect(sealers()).toHaveLength(1);
    await until('digests have been signed', async () => {
      const signed = 'SELECT count() > 0 FROM evidence_digests FORMAT TSV';
      return (await keyhole(['sql', '--data', data, signed])) === '1\n';
    });
    expect(await runCli(['verify', '--data', data])).toMatchObject({ code: 0, stdout: '' });
    await keyhole(['down', '--data', data]);
    expect(identify(sealer ?? 0)).toBeNull();
    expect(sealers()).toEqual([]);
    await keyhole(['up', '--no-seal', '--data', data]);
    expect(sealers()).toEqual([]);
  });

  test('a part that dies ends the stack, and status tells why', async () => {
    const state = running();
    const kafka = state.parts.find((part) => part.name === 'Kafka');
    process.kill(kafka?.pid ?? 0, 'SIGKILL');
    await noneLeft(pidsOf(state));
    const status = await runCli(['status', '--data', data]);
    expect(status.code).toBe(1);
    expect(status.stderr).toContain('Kafka ended unexpectedly');
    expect(readFileSync(join(dataFolder(data).logs, 'supervisor.log'), 'utf8')).toContain('Kafka ended unexpectedly');
  });

  test('down where nothing runs is done at once', async () => {
    expect(await keyhole(['down', '--data', data])).toBe('');
  });
});

describe('keyhole up --foreground', () => {
  let supervisor: ChildProcess;

  test('killed with -9 leaves no process, and the folder free for the next', async () => {
    supervisor = startCli(['up', '--foreground', '--data', data]);
    await until('the stack is up', async () => findStack(data) !== null, 120_000);
    const state = running();
    expect(await keyhole(['sql', '--data', data, 'SELECT 1 FORMAT TSV'])).toBe('1\n');
    supervisor.kill('SIGKILL');
    await noneLeft(pidsOf(state));
    expect(await keyhole(['sql', '--data', data, 'SELECT 1 FORMAT TSV'])).toBe('1\n');
  });

  test('another that wants the same folder meanwhile is told who has it', async () => {
    supervisor = startCli(['up', '--foreground', '--data', data]);
    await until('the stack is up', async () => findStack(data) !== null, 120_000);
    const second = await runCli(['up', '--foreground', '--data', data]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/is in use by `keyhole up` \(process \d+\)/);
    const state = running();
    const ended = once(supervisor, 'exit');
    supervisor.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(pidsOf(state).filter((pid) => identify(pid) !== null)).toEqual([]);
  });
});

describe('keyhole up that cannot', () => {
  test('shows what is missing, with the programs it needs, and leaves nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'keyhole-path-'));
    writeFileSync(join(empty, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    const env = { ...cleanEnv(), PATH: empty, JAVA_HOME: '' };
    const up = await runCli(['up', '--data', data], env);
    rmSync(empty, { recursive: true });
    expect(up.code).toBe(1);
    expect(up.stderr).toContain('Java 17 or newer (not found)');
    expect(up.stderr).toContain('`keyhole replay` needs neither');
    expect(findStack(data)).toBeNull();
  });

  test('shows the last lines of the part that failed', async () => {
    const stub = mkdtempSync(join(tmpdir(), 'keyhole-java-'));
    const java =
      '#!/bin/sh\n[ "$1" = -version ] && echo \'openjdk version "17.0.1"\' && exit\necho \'no memory for you\'; exit 3\n';
    writeFileSync(join(stub, 'java'), java, { mode: 0o755 });
    const up = await runCli(['up', '--data', data], {
      ...cleanEnv(),
      PATH: `${stub}:${process.env['PATH']}`,
      JAVA_HOME: '',
    });
    rmSync(stub, { recursive: true });
    expect(up.code).toBe(1);
    expect(up.stderr).toMatch(/ended while starting \(exit code 3\); its log .*\n(.*\n)* {2}\| no memory for you/);
    expect(findStack(data)).toBeNull();
  });
});

test('a supervisor whose command is interrupted while it starts goes too', async () => {
  const child = spawn(process.execPath, [join(__dirname, '../../services/cli/main.js'), 'up', '--data', data], {
    env: cleanEnv(),
    stdio: 'ignore',
  });
  const lock = join(data, 'run', 'lock.json');
  const holder = (): { owner: { pid: number } } => JSON.parse(readFileSync(lock, 'utf8'));
  await until('the supervisor has begun', async () => statSync(lock, { throwIfNoEntry: false }) !== undefined);
  const { pid } = holder().owner;
  child.kill('SIGKILL');
  await noneLeft([pid]);
  expect(findStack(data)).toBeNull();
});
