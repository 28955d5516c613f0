// keyhole sql: a question to the database, read-only. The answer goes to stdout as ClickHouse formats it; a FORMAT clause in
// the question wins. Decides only which format is meant where none is said.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { openDatabase } from '../platform/stack/database.js';
import { writeOut } from '../platform/terminal/output.js';

/** A table where a person looks, tab-separated values with a header line elsewhere. */
export function defaultFormat(isTerminal: boolean): string {
  return isTerminal ? 'PrettyCompactMonoBlock' : 'TabSeparatedWithNames';
}

export function registerSql(program: Command): void {
  program
    .command('sql')
    .description('ask the database, read-only; tables and views may be named without their database')
    .argument(
      '<query>',
      'such as "SELECT * FROM anomalies ORDER BY score DESC LIMIT 10"; FORMAT and SETTINGS are heeded',
    )
    .option('--data <path>', 'data folder (default .keyhole)')
    .action(async (query: string, options: { readonly data?: string }) => {
      if (query.trim() === '')
        throw new UsageError('the query is empty; give one such as "SELECT count() FROM accesses"');
      const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
      try {
        await writeOut(await database.reader.queryStream(query, defaultFormat(process.stdout.isTTY === true)));
      } finally {
        await database.close();
      }
    });
}
