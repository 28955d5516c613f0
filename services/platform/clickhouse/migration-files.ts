// What a migration is on disk: NNNN_name.sql in schemas/clickhouse, statements ended by semicolons, `{db}` for the
// database. Decides order, splitting and checksum; knows nothing of what is already applied.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';

export interface Migration {
  readonly version: number;
  /** The file's name, such as 0001_facts.sql. */
  readonly name: string;
  /** SHA-256 of the whole text, comments included, line endings aside. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

function broken(message: string): KeyholeError {
  return new KeyholeError('internal', message, { retriable: false });
}

/** Quoted strings, quoted names and comments, none of which end a statement; then the end of one; then anything. */
const pieces =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|(--[^\n]*|\/\*[\s\S]*?\*\/)|(;)|[\s\S]/g;

/** The statements of a script, without comments, without their semicolons, blank lines and trailing blanks. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [piece, comment, end] of script.matchAll(pieces)) {
    if (end !== undefined) {
      statements.push(statement);
      statement = '';
    } else statement += comment === undefined ? piece : ' ';
  }
  statements.push(statement);
  return statements.map((text) => text.replace(/[ \t]*\n(?:[ \t]*\n)*/g, '\n').trim()).filter((text) => text !== '');
}

export function parseMigration(name: string, script: string): Migration {
  const match = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name);
  if (match === null) throw broken(`schemas/clickhouse/${name} must be named like 0001_facts.sql`);
  const text = script.replace(/\r\n/g, '\n');
  return {
    version: Number(match[1]),
    name,
    checksum: createHash('sha256').update(text).digest('hex'),
    statements: splitStatements(text),
  };
}

/** All migrations of a folder by ascending number; two files with one number are a fault. */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const migrations = names.map((name) => parseMigration(name, readFileSync(join(folder, name), 'utf8')));
  for (const [i, migration] of migrations.entries()) {
    const before = migrations[i - 1];
    if (before?.version === migration.version)
      throw broken(
        `schemas/clickhouse/${before.name} and ${migration.name} have one number; give the newer the next one`,
      );
  }
  return migrations;
}
