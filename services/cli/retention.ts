// keyhole retention plan|apply: what the policy would delete, and deleting it. Decides how it is asked and shown.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { parsePolicy, type Rule } from '../pipeline/retention/policy.js';
import { applyRetention, type PlanRow, planRetention } from '../pipeline/retention/retention.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId, parseInstant } from '../platform/terminal/arguments.js';
import { say } from '../platform/terminal/output.js';
import { holdsDigests, keyToSeal, openEvidence } from './evidence/context.js';

interface Flags {
  readonly keep?: readonly string[];
  readonly asOf?: string;
  readonly by?: string;
  readonly data?: string;
}

export function registerRetention(program: Command): void {
  const retention = program.command('retention').description('how long rows are kept; what a legal hold keeps stays');
  const both = (name: string, description: string): Command =>
    retention
      .command(name)
      .description(description)
      .option(
        '--keep <rules...>',
        'such as access_events=400d; tables not named are kept for ever (default: KEYHOLE_RETENTION)',
      )
      .option('--as-of <time>', 'the time that days are counted back from (default: now)')
      .option('--data <path>', 'data folder (default: settings, else .keyhole)');
  both('plan', 'what would go, by table; nothing is deleted').action(plan);
  both('apply', 'delete it; sealed hours are said anew and signed first')
    .option('--by <who>', 'id of the person who decided it', 'unnamed')
    .action(apply);
}

function rulesOf({ keep }: Flags): Rule[] {
  const texts = keep ?? [readSettings(process.env).retention ?? ''];
  const rules = parsePolicy(texts.filter((text) => text !== ''));
  if (rules.length === 0)
    throw new UsageError(
      'no retention is set, so everything is kept: give --keep TABLE=DAYS, or set KEYHOLE_RETENTION',
    );
  return rules;
}

const asOfMs = ({ asOf }: Flags): number => (asOf === undefined ? Date.now() : parseInstant('--as-of', asOf));

async function plan(flags: Flags): Promise<void> {
  const rules = rulesOf(flags);
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    process.stdout.write(describe(await planRetention(database.reader, rules, asOfMs(flags)), 'would go'));
  } finally {
    await database.close();
  }
}

async function apply(flags: Flags): Promise<void> {
  const rules = rulesOf(flags);
  const by = parseId('--by', flags.by ?? 'unnamed');
  const context = await openEvidence(flags.data);
  try {
    const { clickhouse } = context.database;
    const isSealed = await holdsDigests(clickhouse);
    const key = keyToSeal(context, { isSealed, mayMake: !isSealed, say });
    const rows = await applyRetention(clickhouse, rules, {
      key,
      anchor: context.anchor,
      by,
      nowMs: asOfMs(flags),
      isAlone: context.database.exclusive,
    });
    process.stdout.write(describe(rows, 'are gone'));
  } finally {
    await context.close();
  }
}

const describe = (rows: readonly PlanRow[], verb: string): string =>
  rows
    .map(
      ({ table, keep_days, before, goes, held, from }) =>
        `${table}: kept ${keep_days} days; ${goes} rows ${from === '' ? '' : `from ${from} `}before ${before} ${verb}, ${held} are held\n`,
    )
    .join('');
