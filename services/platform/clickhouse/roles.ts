// The roles' databases and views, and the key that their pseudonyms are made with. Decides that the key is made once, from the machine's source of
// randomness, and never leaves the database; what the views show, deploy/clickhouse/views.sql says.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';
import { projectRoot } from '../root.js';
import type { ClickHouse } from './client.js';
import { splitStatements } from './migration-files.js';

const folder = join(projectRoot, 'deploy', 'clickhouse');
const KEY_BYTES = 32;

/**
 * Creates the views, and the key where there is none; running it again changes nothing but views that this checkout has otherwise.
 * @throws KeyholeError where views made by this account would show more than they select
 */
export async function applyRoles(ch: ClickHouse): Promise<{ readonly statements: number }> {
  await requireConstantFilters(ch);
  const [key] = await ch.query<{ keys: string }>('SELECT count() AS keys FROM {db}.pseudonym_key');
  if (key?.keys === '0') await ch.insert('pseudonym_key', ['key'], [[randomBytes(KEY_BYTES).toString('base64')]]);
  const statements = splitStatements(readFileSync(join(folder, 'views.sql'), 'utf8'));
  for (const statement of statements) await ch.command(statement);
  return { statements: statements.length };
}

/** A subquery sets what it likes; what reaches a view is held against the bounds of the account that made it alone. */
async function requireConstantFilters(ch: ClickHouse): Promise<void> {
  try {
    await ch.command("SELECT 1 SETTINGS additional_table_filters = {'a.b': '1'}");
  } catch (error) {
    if (error instanceof KeyholeError && error.message.includes('SETTING_CONSTRAINT_VIOLATION')) return;
    throw error;
  }
  throw new KeyholeError(
    'configuration_invalid',
    'views that this account makes could be filtered from outside, so that errors quote customers: run `keyhole roles sql`, ' +
      'give the account the role keyhole_writer (or the profile keyhole_writing), and apply again',
    { retriable: false },
  );
}

/** The statements that an administrator runs where roles are made by SQL. */
export const rolesScript = (database: string): string =>
  readFileSync(join(folder, 'roles.sql'), 'utf8').replaceAll('{db}', database);
