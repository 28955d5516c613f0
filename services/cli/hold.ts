// keyhole hold add|lift|list: about whom, or which case, nothing may be deleted, who said so and why.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { checkReason } from '../core/exceptions/exception.js';
import { addHold, liftHold, readHolds } from '../pipeline/retention/holds.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId } from '../platform/terminal/arguments.js';
import { say } from '../platform/terminal/output.js';

interface AddFlags {
  readonly actor?: string;
  readonly case?: string;
  readonly by: string;
  readonly why: string;
  readonly data?: string;
}

export function registerHold(program: Command): void {
  const hold = program.command('hold').description('legal holds: what is about an employee or a case is not deleted');
  hold
    .command('add')
    .description('hold what is about an employee or a case; neither retention nor erasure touches it')
    .option('--actor <id>', 'the employee')
    .option('--case <id>', 'the case')
    .requiredOption('--by <who>', 'id of the person who decided it')
    .requiredOption('--why <text>', 'in words that others can follow')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(add);
  hold
    .command('lift')
    .description('let a hold go; that it was held stays on record')
    .argument('<hold_id>', 'as `keyhole hold list` prints it')
    .requiredOption('--by <who>', 'id of the person who decided it')
    .requiredOption('--why <text>', 'in words that others can follow')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(lift);
  hold
    .command('list')
    .description('holds in force')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(list);
}

async function add(flags: AddFlags): Promise<void> {
  if ((flags.actor === undefined) === (flags.case === undefined))
    throw new UsageError('hold add takes either --actor or --case');
  const hold = {
    actor_id: flags.actor === undefined ? '' : parseId('--actor', flags.actor),
    case_id: flags.case === undefined ? '' : parseId('--case', flags.case),
    by: parseId('--by', flags.by),
    why: checkReason('--why', flags.why),
  };
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    process.stdout.write(`${await addHold(database.clickhouse, hold)} is in force\n`);
  } finally {
    await database.close();
  }
}

async function lift(id: string, flags: { by: string; why: string; data?: string }): Promise<void> {
  const said = { by: parseId('--by', flags.by), why: checkReason('--why', flags.why) };
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    await liftHold(database.clickhouse, id, said);
    process.stdout.write(`${id} is lifted\n`);
  } finally {
    await database.close();
  }
}

async function list(flags: { data?: string }): Promise<void> {
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    const holds = await readHolds(database.reader);
    process.stdout.write(
      holds
        .map(
          ({ hold_id, actor_id, case_id, by, why }) =>
            `${hold_id}  ${actor_id === '' ? `case ${case_id}` : `actor ${actor_id}`}  by ${by}: ${why}\n`,
        )
        .join(''),
    );
    if (holds.length === 0) say('no holds');
  } finally {
    await database.close();
  }
}
