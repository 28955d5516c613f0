// Walks every import of services/ and holds it to the room table of ARCHITECTURE.md.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { projectRoot } from '../services/platform/root.js';

/** What each room may import, besides itself. */
const ROOMS: Record<string, readonly string[]> = {
  core: [],
  platform: ['core'],
  pipeline: ['core', 'platform'],
  scorer: ['core', 'platform', 'pipeline'],
  alerter: ['core', 'platform', 'pipeline'],
  reporter: ['core', 'platform', 'pipeline'],
  simulator: ['core', 'platform'],
  cli: ['core', 'platform', 'pipeline'],
};

/** The files that may import another shell: the switchboard with its catalogue, and commands that are a thin cover of one. */
const MAY_IMPORT_SHELLS = /^cli\/(main|commands|score|simulate|demo|alert|restrict|report|alert\/\w+)\.ts$/;

/** Libraries that speak to the outside; a directory is the only place that knows them. */
const CLIENT_LIBRARIES = [
  'kafkajs',
  '@clickhouse/client',
  '@confluentinc/',
  'chdb',
  'ffi-rs',
  'avsc',
  'nodemailer',
  'pino',
  'prom-client',
];

/** core has no I/O, clock, environment or randomness: of Node it may use only what computes. */
const CORE_MAY_USE = ['zod', 'node:crypto'];

interface Import {
  readonly from: string;
  readonly room: string;
  readonly target: string;
}

const services = join(projectRoot, 'services');
const imports = sourceFiles().flatMap(importsOf);

function sourceFiles(): string[] {
  return readdirSync(services, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => path.split(sep).join('/'));
}

function importsOf(from: string): Import[] {
  const text = readFileSync(join(services, from), 'utf8');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\brequire\(\s*)'([^'\n]+)'/g);
  return [...found].map((match) => ({ from, room: from.split('/')[0] ?? '', target: match[1] ?? '' }));
}

/** The room that a relative import leads to; null for a package. */
function roomOf({ from, target }: Import): string | null {
  if (!target.startsWith('.')) return null;
  const path = relative(services, join(services, dirname(from), target));
  return path.split(sep)[0] ?? '';
}

function said({ from, target }: Import): string {
  return `${from} imports ${target}`;
}

describe('the rooms of services/', () => {
  test('are those of the table', () => {
    expect([...new Set(imports.map(({ room }) => room))].sort()).toEqual(Object.keys(ROOMS).sort());
  });

  test('import only what the table lets them', () => {
    const wrong = imports.filter((one) => {
      const room = roomOf(one);
      if (room === null || room === one.room) return false;
      if (MAY_IMPORT_SHELLS.test(one.from) && room in ROOMS) return false;
      return !ROOMS[one.room]?.includes(room);
    });
    expect(wrong.map(said)).toEqual([]);
  });

  test('leave client libraries to platform', () => {
    const wrong = imports.filter(
      ({ room, target }) => room !== 'platform' && CLIENT_LIBRARIES.some((name) => isOf(target, name)),
    );
    expect(wrong.map(said)).toEqual([]);
  });

  test('keep core pure', () => {
    const wrong = imports.filter(
      (one) => one.room === 'core' && roomOf(one) === null && !CORE_MAY_USE.includes(one.target),
    );
    expect(wrong.map(said)).toEqual([]);
    const impure = /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|setTimeout|setInterval|fetch\()/;
    const files = sourceFiles().filter((path) => path.startsWith('core/'));
    const reaching = files.filter((path) => impure.test(withoutComments(readFileSync(join(services, path), 'utf8'))));
    expect(reaching).toEqual([]);
  });
});

function isOf(target: string, library: string): boolean {
  return target === library || target.startsWith(library.endsWith('/') ? library : `${library}/`);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
