// keyhole roles: the views that other roles see, and the SQL that an administrator runs. Users of the local server come from its own file.

import type { Command } from 'commander';
import { applyRoles, rolesScript } from '../platform/clickhouse/roles.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { say } from '../platform/terminal/output.js';

export function registerRoles(program: Command): void {
  const roles = program.command('roles').description('who may see what');
  roles
    .command('apply')
    .description('create or renew the views of the roles, and the key of pseudonyms where there is none')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(async ({ data }: { data?: string }) => {
      const database = await openDatabase({ data, env: process.env, mustExist: true });
      try {
        const { statements } = await applyRoles(database.clickhouse);
        say(`${statements} statements; the views of the roles are as this checkout has them`);
      } finally {
        await database.close();
      }
    });
  roles
    .command('sql')
    .description('print the roles, grants, bounds and row policies for an administrator to run')
    .action(() => {
      process.stdout.write(rolesScript(readSettings(process.env).database));
    });
}
