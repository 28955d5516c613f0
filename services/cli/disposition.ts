// keyhole disposition ANOMALY_ID confirmed|benign|duplicate: what an investigator found. It is kept with who said so and why, shows
// beside the anomaly, and feeds each detection's precision; no judgement reads it, so nothing is silenced by it.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { checkReason } from '../core/exceptions/exception.js';
import { openDatabase } from '../platform/stack/database.js';
import { parseId } from '../platform/terminal/arguments.js';
import { findAnomaly } from './disposition/find-anomaly.js';

const DISPOSITIONS = ['confirmed', 'benign', 'duplicate'] as const;

interface Options {
  readonly by: string;
  readonly note: string;
  readonly data?: string;
}

export function registerDisposition(program: Command): void {
  program
    .command('disposition')
    .description('record what an investigator found; a later finding replaces an earlier one, and both are kept')
    .argument('<anomaly_id>', 'as `keyhole anomalies` prints it; the first characters are enough when they name one')
    .argument('<disposition>', DISPOSITIONS.join(', '))
    .requiredOption('--by <who>', 'id of the person who found it')
    .requiredOption('--note <text>', 'why, in words that others can follow')
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(dispose);
}

async function dispose(id: string, word: string, options: Options): Promise<void> {
  const disposition = DISPOSITIONS.find((one) => one === word);
  if (disposition === undefined) throw new UsageError(`${word} is no disposition: give ${DISPOSITIONS.join(', ')}`);
  const by = parseId('--by', options.by);
  const note = checkReason('--note', options.note);
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const anomaly = await findAnomaly(database.clickhouse, id);
    await database.clickhouse.insert(
      'dispositions',
      ['anomaly_id', 'disposition', 'by', 'note'],
      [[anomaly.anomaly_id, disposition, by, note]],
    );
    const before = anomaly.disposition === 'unreviewed' ? '' : `, before ${anomaly.disposition}`;
    process.stdout.write(`${anomaly.anomaly_id} (${anomaly.detection}) is ${disposition}${before}\n`);
  } finally {
    await database.close();
  }
}
