// The roles' databases and views, and the key that their pseudonyms are made with. Decides that the key is made once, from the machine's source of
// randomness, and never leaves the database; what the views show, deploy/clickhouse/views.sql says.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../root.js';
import type { ClickHouse } from './client.js';
import { splitStatements } from './migration-files.js';

const folder = join(projectRoot, 'deploy', 'clickhouse');
const KEY_BYTES = 32;

/** Creates the views, and the key where there is none; running it again changes nothing but views that this checkout has otherwise. */
export async function applyRoles(ch: ClickHouse): Promise<{ readonly statements: number }> {
  const [key] = await ch.query<{ keys: string }>('SELECT count() AS keys FROM {db}.pseudonym_key');
  if (key?.keys === '0') await ch.insert('pseudonym_key', ['key'], [[randomBytes(KEY_BYTES).toString('base64')]]);
  const statements = splitStatements(readFileSync(join(folder, 'views.sql'), 'utf8'));
  for (const statement of statements) await ch.command(statement);
  return { statements: statements.length };
}

/** The statements that an administrator runs where roles are made by SQL. */
export const rolesScript = (database: string): string =>
  readFileSync(join(folder, 'roles.sql'), 'utf8').replaceAll('{db}', database);
