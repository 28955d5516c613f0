// The Java parts (Kafka's and the registry's jars): fetched once by Maven into a cache of this user, shared by all clones.
// The cache folder is named by the digest of the pom and appears complete or not at all; two clones may fetch at once.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import { projectRoot } from '../root.js';
import { requireInstalled } from './requirements.js';

export interface Artifacts {
  /** Class path of Kafka. */
  readonly kafkaClassPath: string;
  /** The registry's runnable jar. */
  readonly registryJar: string;
}

const pomPath = join(projectRoot, 'deploy', 'local', 'pom.xml');
const TAIL_CHARACTERS = 3_000;

/** Null while they have not been fetched. */
export function findArtifacts(env = process.env): Artifacts | null {
  const folder = artifactsFolder(env);
  if (!existsSync(folder)) return null;
  const registry = join(folder, 'registry');
  const runner = readdirSync(registry).find((name) => name.endsWith('-runner.jar'));
  if (runner === undefined)
    throw new KeyholeError('stack_failed', `${registry} holds no registry: remove ${folder} and run \`make setup\``, {
      retriable: false,
    });
  return { kafkaClassPath: join(folder, 'kafka', '*'), registryJar: join(registry, runner) };
}

/** Fetches what is missing. Throws KeyholeError('requirement_missing') without Java or Maven. */
export async function installArtifacts(say: (line: string) => void, env = process.env): Promise<Artifacts> {
  const present = findArtifacts(env);
  if (present !== null) return present;
  await requireInstalled(['java', 'maven'], env);
  const folder = artifactsFolder(env);
  mkdirSync(cacheRoot(env), { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(`${folder}.`);
  try {
    say(`fetching Kafka and the schema registry with Maven, once, to ${folder} (190 MB)`);
    await runMaven(draft, env);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  const fetched = findArtifacts(env);
  if (fetched === null) throw new Error(`${folder} vanished`);
  return fetched;
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another clone was first: what it fetched is the same.
    if (!existsSync(folder)) throw error;
  }
}

function artifactsFolder(env: NodeJS.ProcessEnv): string {
  const digest = createHash('sha256').update(readFileSync(pomPath)).digest('hex').slice(0, 12);
  return join(cacheRoot(env), `stack-${digest}`);
}

function cacheRoot(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'keyhole');
}

function runMaven(output: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['--batch-mode', '--quiet', '--file', pomPath, `-Dstack.output=${output}`, 'generate-resources'];
    const maven = spawn('mvn', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const keep = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-TAIL_CHARACTERS);
    };
    maven.stdout.on('data', keep);
    maven.stderr.on('data', keep);
    maven.once('error', reject);
    maven.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new KeyholeError('stack_failed', `Maven could not fetch the local stack (exit ${code}):\n${said.trim()}`, {
            retriable: true,
          }),
        );
    });
  });
}
